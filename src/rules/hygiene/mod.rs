//! Files that are not what their folder promises.

mod empty_migration;

use super::Rule;

pub(super) const RULES: &[&Rule] = &[&empty_migration::RULE];
