//! # client-generation-missing
//!
//! Where nothing runs `prisma generate` any more, the next deployment ships the client of an older schema.
//!
//! This is asked only where the policy lists `prisma generate` among what a deployment may run. Put it back into the
//! release command, the `setup` script or the build.
//!
//! ## Fails
//!
//! ```toml policy.toml
//! [deploy]
//! allow = ["npx prisma generate"]
//! ```
//! ```prisma prisma/schema.prisma
//! generator client {
//!   provider = "prisma-client-js"
//! }
//! ```
//! ```json package.json
//! { "scripts": { "build": "next build", "start": "next start" } }
//! ```
//!
//! ## Passes
//!
//! ```toml policy.toml
//! [deploy]
//! allow = ["npx prisma generate"]
//! ```
//! ```prisma prisma/schema.prisma
//! generator client {
//!   provider = "prisma-client-js"
//! }
//! ```
//! ```json package.json
//! { "scripts": { "setup": "npx prisma generate", "start": "next start" } }
//! ```
//!
//! Where the policy lists nothing, nothing is missed.
//!
//! ```prisma prisma/schema.prisma
//! generator client {
//!   provider = "prisma-client-js"
//! }
//! ```

use crate::parse::command::{Command, Kind, Link, Reading};
use crate::rules::{Check, Finding, Found, Rule, declare};

pub const RULE: Rule = declare!(
    "deploy",
    "client_generation_missing.rs",
    "client-generation-missing",
    Warn,
    Check::Elsewhere
);

/// What is missing of all that is read. `allowed` are the commands that the policy lists.
pub fn missing<'a>(reading: &Reading, mut allowed: impl Iterator<Item = &'a str>) -> Option<Found> {
    let listed = allowed.find(|it| it.contains("prisma generate"))?;
    if generates(reading) {
        return None;
    }
    let generator = |it: &&Link| it.host.kind == Kind::Prisma && it.host.key.is_empty();
    let link = reading.links.iter().find(generator)?;
    let path = &link.host.path;
    let message = format!(
        "nothing generates the client of `{path}`: no script and no deployment runs `prisma generate`"
    );
    let finding = Finding::new(path.to_string(), link.span.clone(), message);
    let finding = finding.evidence(listed).help(format!("let the build or `setup` run `{listed}`"));
    Some(Found { rule: &RULE, finding })
}

/// Whether something runs `prisma generate`.
pub fn generates(reading: &Reading) -> bool {
    let runs = |it: &Command| {
        let prisma = it.program().as_deref() == Some("prisma");
        prisma && it.host.kind != Kind::Agent && it.words.iter().any(|it| it.is("generate"))
    };
    reading.commands.iter().any(runs)
}
