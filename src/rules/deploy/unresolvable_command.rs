//! # unresolvable-command
//!
//! A deployment that runs a command which is only known at that moment may run anything, migrations too.
//!
//! Write the command out, or let the one who answers for the deployment decide.
//!
//! ## Fails
//!
//! ```json package.json
//! { "scripts": { "setup": "echo bnB4IHByaXNtYSBtaWdyYXRl | base64 -d | sh" } }
//! ```
//!
//! ```toml fly.toml
//! [deploy]
//! release_command = "sh -c $RELEASE"
//! ```
//!
//! ## Passes
//!
//! The program is known, and it is no tool for migrations.
//!
//! ```json package.json
//! { "scripts": { "start": "node server.js --port $PORT" } }
//! ```

use crate::rules::{Check, Rule, declare};
use std::collections::BTreeSet;

use super::deploy_migration::{short, told};
use super::forbidden::What;
use super::reach::{Reached, reached};
use crate::parse::command::Command;
use crate::rules::Finding;
use crate::source::RepoPath;

pub const RULE: Rule = declare!(
    "deploy",
    "unresolvable_command.rs",
    "unresolvable-command",
    Approve,
    Check::Elsewhere
);

/// Judges every command of the repository as it will be. `changed` are the files that the change adds or edits.
pub fn check(commands: &[Command], changed: &BTreeSet<RepoPath>) -> Vec<Finding> {
    reached(commands, changed).iter().filter_map(finding).collect()
}

fn finding(reached: &Reached<'_>) -> Option<Finding> {
    let What::Opaque { word } = &reached.hit.what else { return None };
    let name = short(reached.chain.last()?.host);
    let message = format!("nobody can tell what `{word}` runs on every deployment");
    Some(told(reached, word, message).help(format!("write out the command in `{name}`")))
}
