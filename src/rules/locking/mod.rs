//! Statements that make everyone else wait, and files that one of the two ways to apply them breaks.

mod begin_without_commit;
mod commit_in_the_middle;
mod concurrently_in_transaction;
mod half_applied;
mod ignored_prisma_pragma;
mod local_setting_without_transaction;
mod server_configuration;
mod session_setting_left;
mod table_lock;

use super::Rule;

pub(super) const RULES: &[&Rule] = &[
    &concurrently_in_transaction::RULE,
    &begin_without_commit::RULE,
    &commit_in_the_middle::RULE,
    &half_applied::RULE,
    &local_setting_without_transaction::RULE,
    &ignored_prisma_pragma::RULE,
    &session_setting_left::RULE,
    &server_configuration::RULE,
    &table_lock::RULE,
];
