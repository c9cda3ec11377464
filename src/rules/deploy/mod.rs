//! Deployments that change the database on their own.

pub mod deploy_migration;
mod forbidden;
mod reach;
mod routes;
pub mod unresolvable_command;

use std::collections::BTreeSet;

use super::{Found, Rule};
use crate::parse::command::Command;
use crate::source::RepoPath;

pub(super) const RULES: &[&Rule] = &[&deploy_migration::RULE, &unresolvable_command::RULE];

/// Judges the commands of many files at once, since one runs another; what is said begins in a changed one.
pub fn findings(commands: &[Command], changed: &BTreeSet<RepoPath>) -> Vec<Found> {
    let migrations = deploy_migration::check(commands, changed);
    let unresolvable = unresolvable_command::check(commands, changed);
    let migrations =
        migrations.into_iter().map(|finding| Found { rule: &deploy_migration::RULE, finding });
    let unresolvable = unresolvable
        .into_iter()
        .map(|finding| Found { rule: &unresolvable_command::RULE, finding });
    migrations.chain(unresolvable).collect()
}
