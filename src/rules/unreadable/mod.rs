//! What nobody can vouch for.

mod opaque_statement;
mod unreadable_file;

use super::Rule;

pub(super) const RULES: &[&Rule] = &[&opaque_statement::RULE, &unreadable_file::RULE];
