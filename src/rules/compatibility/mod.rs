//! What breaks the clients that run while a migration is applied.

use super::Rule;

pub(super) const RULES: &[&Rule] = &[];
