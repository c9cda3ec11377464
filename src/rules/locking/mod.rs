//! Statements that make everyone else wait, and files that one of the two ways to apply them breaks.

use super::Rule;

pub(super) const RULES: &[&Rule] = &[];
