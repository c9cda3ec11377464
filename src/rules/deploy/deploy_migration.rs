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

use super::forbidden::What;
use super::reach::Reached;
use super::told::{told, when};
use crate::rules::{Check, Finding, Rule, declare};

pub const RULE: Rule =
    declare!("deploy", "deploy_migration.rs", "deploy-migration", Deny, Check::Elsewhere);

pub(super) fn finding(reached: &Reached<'_>) -> Option<Finding> {
    let when = when(reached);
    let (message, help) = match &reached.hit.what {
        What::Forbidden(what) => (format!("`{what}` runs {when}"), instead(reached, what)),
        What::Hidden { program, word } => (
            format!("nobody can tell what `{program} {word}` does {when}"),
            format!("write out what stands for `{word}`"),
        ),
        What::Opaque { .. } => return None,
    };
    Some(told(reached, message)?.help(help))
}

fn instead(reached: &Reached<'_>, what: &str) -> String {
    let name = reached.chain.last().map(|it| it.host.name()).unwrap_or_default();
    let generates = what.starts_with("prisma ");
    if generates && matches!(&*name, "setup" | "release_command") {
        format!("let `{name}` be `npx prisma generate`; apply migrations by hand")
    } else {
        format!("take `{what}` out of `{name}`; apply migrations by hand")
    }
}
