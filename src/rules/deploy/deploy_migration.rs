//! # deploy-migration
//!
//! A deployment that runs migrations changes the database before anybody has looked, and again on every retry.
//!
//! Let the deployment generate the client and nothing more; apply migrations by hand, after review. Commands are
//! followed through `npx`, `sh -c`, variables and scripts that call scripts. A word that is only known when the
//! command runs counts as what it may be.
//!
//! ## Fails
//!
//! ```toml fly.toml
//! [deploy]
//! release_command = "npx prisma migrate deploy"
//! ```
//!
//! `setup` runs on every deployment, and so does what it calls.
//!
//! ```json package.json
//! { "scripts": { "setup": "prisma generate && npm run migrate", "migrate": "prisma migrate deploy" } }
//! ```
//!
//! ```toml fly.toml
//! [processes]
//! app = "sh -c 'npx prisma db push && npm start'"
//! ```
//!
//! Nobody can tell what this will do.
//!
//! ```json package.json
//! { "scripts": { "start": "prisma $PRISMA_COMMAND && node server.js" } }
//! ```
//!
//! ## Passes
//!
//! ```toml fly.toml
//! [deploy]
//! release_command = "npx prisma generate"
//! ```
//!
//! Scripts that only people run are theirs.
//!
//! ```json package.json
//! { "scripts": { "setup": "npx prisma generate", "db:migrate": "prisma migrate dev" } }
//! ```
//!
//! Words are not commands.
//!
//! ```json package.json
//! { "scripts": { "setup": "prisma generate && echo 'now ask for prisma migrate deploy'" } }
//! ```

use crate::rules::{Check, Rule, declare};
use std::collections::BTreeSet;

use super::forbidden::What;
use super::reach::{Reached, Step, reached};
use crate::parse::command::{Command, Host, Kind};
use crate::rules::Finding;
use crate::source::RepoPath;

pub const RULE: Rule =
    declare!("deploy", "deploy_migration.rs", "deploy-migration", Deny, Check::Elsewhere);

/// Judges every command of the repository as it will be. `changed` are the files that the change adds or edits.
pub fn check(commands: &[Command], changed: &BTreeSet<RepoPath>) -> Vec<Finding> {
    reached(commands, changed).iter().filter_map(finding).collect()
}

fn finding(reached: &Reached<'_>) -> Option<Finding> {
    let (message, help) = match &reached.hit.what {
        What::Forbidden(what) => {
            (format!("`{what}` runs on every deployment"), instead(reached, what))
        }
        What::Hidden { program, word } => (
            format!("nobody can tell what `{program} {word}` does on every deployment"),
            format!("write out what stands for `{word}`"),
        ),
        What::Opaque { .. } => return None,
    };
    let what = match &reached.hit.what {
        What::Forbidden(what) => what.as_str(),
        What::Hidden { word, .. } | What::Opaque { word } => word.as_str(),
    };
    Some(told(reached, what, message).help(help))
}

/// A finding at the beginning of the chain, with a label for each further step.
pub(super) fn told(reached: &Reached<'_>, what: &str, message: String) -> Finding {
    let chain = &reached.chain;
    let message = if chain.len() == 1 { message } else { format!("{message}: {}", way(chain)) };
    let subject = format!("{}:{}", chain[0].host.path, chain[0].host.key);
    let mut finding = Finding::new(subject, chain[0].span.clone(), message).evidence(reached.text);
    for (at, step) in chain.iter().enumerate().skip(1) {
        let next = chain.get(at + 1).map_or(what, |it| short(it.host));
        finding = finding.label(step.span.clone(), format!("`{}` runs `{next}`", short(step.host)));
    }
    finding
}

fn way(chain: &[Step<'_>]) -> String {
    let names: Vec<String> = chain.iter().map(|it| format!("`{}`", short(it.host))).collect();
    names.join(" → ")
}

/// The name that a reader of the file would use: `setup`, `release_command`.
pub(super) fn short(host: &Host) -> &str {
    let key = host.key.strip_prefix("scripts.").unwrap_or(&host.key);
    if host.kind == Kind::Fly { key.rsplit(' ').next().unwrap_or(key) } else { key }
}

fn instead(reached: &Reached<'_>, what: &str) -> String {
    let name = short(reached.chain[0].host);
    let generates = what.starts_with("prisma ") && matches!(name, "setup" | "release_command");
    if generates {
        format!("let `{name}` be `npx prisma generate`; apply migrations by hand")
    } else {
        let last = reached.chain.last().map_or(name, |it| short(it.host));
        format!("take `{what}` out of `{last}`; apply migrations by hand")
    }
}
