//! Files that are not what their folder promises.

use super::Rule;

pub(super) const RULES: &[&Rule] = &[];
