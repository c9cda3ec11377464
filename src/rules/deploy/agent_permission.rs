//! # agent-permission
//!
//! What an agent or an editor may run without asking it will run, also when the database behind it is the live one.
//!
//! The settings that a repository brings along count for everyone who opens it. Leave the commands that change a
//! database out of them, or under what is denied: then a person is asked each time. An entry that covers more than one
//! command counts as what it lets through. Read are Claude Code's `.claude/settings*.json`, Cursor's `.cursor/cli.json`
//! and `.cursor/permissions.json`, and the tasks of `.vscode/tasks.json`.
//!
//! ## Fails
//!
//! ```json .claude/settings.json
//! { "permissions": { "allow": ["Bash(npx prisma migrate deploy:*)"] } }
//! ```
//!
//! Everything that begins so is allowed, also `prisma migrate reset`.
//!
//! ```json .claude/settings.local.json
//! { "permissions": { "allow": ["Bash(npx prisma:*)"] } }
//! ```
//!
//! ```json .cursor/permissions.json
//! { "terminalAllowlist": ["npx:prisma db push"] }
//! ```
//!
//! ```json .vscode/tasks.json
//! {
//!   // one click
//!   "tasks": [{ "label": "reset", "command": "npx", "args": ["prisma", "migrate", "reset"] }]
//! }
//! ```
//!
//! ## Passes
//!
//! ```json .claude/settings.json
//! {
//!   "permissions": {
//!     "allow": ["Bash(npx prisma generate:*)", "Bash(npm test)"],
//!     "ask": ["Bash(npx prisma migrate dev:*)"],
//!     "deny": ["Bash(npx prisma migrate reset:*)"]
//!   }
//! }
//! ```

use super::Judging;
use super::forbidden::What;
use crate::parse::command::{Command, Kind};
use crate::rules::{Check, Finding, Rule, declare};
use crate::source::Span;

pub const RULE: Rule =
    declare!("deploy", "agent_permission.rs", "agent-permission", Warn, Check::Elsewhere);

pub(super) fn finding(command: &Command, judging: &Judging<'_>) -> Option<Finding> {
    let host = &command.host;
    if host.kind != Kind::Agent || !(judging.changed)(host) {
        return None;
    }
    let hit = judging.forbidden.judge(command)?;
    let what = match &hit.what {
        What::Forbidden(what) => what.clone(),
        What::Hidden { program, .. } => format!("{program} …"),
        // Whoever allows everything has decided to.
        What::Opaque { .. } => return None,
    };
    let task = host.key.starts_with("tasks");
    let list = host.key.split(' ').next().unwrap_or_default();
    let (message, help) = if task {
        let message = format!("a task lets everyone's editor run `{what}`");
        (message, format!("take it out of `{}`; run it by hand, after review", host.path))
    } else {
        let message = format!("an agent may run `{what}` without asking");
        (message, format!("take it out of `{list}`, or put it where the agent has to ask"))
    };
    let span = Span::new(host.path.clone(), hit.range);
    let finding = Finding::new(format!("{}:{}", host.path, host.key), span, message);
    Some(finding.evidence(&command.text).help(help))
}
