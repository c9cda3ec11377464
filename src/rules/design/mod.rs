//! Tables that will be regretted: keys, types and indexes that cost dear to change later.

use super::Rule;

pub(super) const RULES: &[&Rule] = &[];
