//! Who may read and write.

mod disabled_rls;
mod opened;
mod table_without_rls;

use super::Rule;

pub(super) const RULES: &[&Rule] = &[&table_without_rls::RULE, &disabled_rls::RULE];
