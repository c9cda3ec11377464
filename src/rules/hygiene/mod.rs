//! Files that are not what their folder promises.

mod empty_migration;
mod invalid_allow;
mod unused_allow;

use super::Rule;

pub(super) const RULES: &[&Rule] =
    &[&empty_migration::RULE, &invalid_allow::RULE, &unused_allow::RULE];
