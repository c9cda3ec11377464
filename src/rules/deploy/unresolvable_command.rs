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

use super::forbidden::What;
use super::reach::Reached;
use super::told::{told, when};
use crate::rules::{Check, Finding, Rule, declare};

pub const RULE: Rule = declare!(
    "deploy",
    "unresolvable_command.rs",
    "unresolvable-command",
    Approve,
    Check::Elsewhere
);

pub(super) fn finding(reached: &Reached<'_>) -> Option<Finding> {
    let What::Opaque { word } = &reached.hit.what else { return None };
    let name = reached.chain.last()?.host.name();
    let message = format!("nobody can tell what `{word}` runs {}", when(reached));
    Some(told(reached, message)?.help(format!("write out the command in `{name}`")))
}
