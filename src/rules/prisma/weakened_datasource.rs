//! # weakened-datasource
//!
//! The `datasource` keeps less apart or together than it did.
//!
//! With `relationMode = "prisma"` Prisma's next migration drops every foreign key. A schema that is taken out of `schemas`
//! is not migrated any more. A `url` that is written out in place of `env("…")` is the same for a laptop, a test and
//! production, and in the history for good; one with the password of a hosted database is refused by `production-url`.
//!
//! ## Fails
//!
//! ```prisma before
//! datasource db {
//!   provider = "postgresql"
//!   url      = env("DATABASE_URL")
//! }
//! ```
//!
//! ```prisma
//! datasource db {
//!   provider     = "postgresql"
//!   url          = env("DATABASE_URL")
//!   relationMode = "prisma"
//! }
//! ```
//!
//! ```prisma before
//! datasource db {
//!   provider = "postgresql"
//!   url      = env("DATABASE_URL")
//! }
//! ```
//!
//! ```prisma
//! datasource db {
//!   provider = "postgresql"
//!   url      = "postgresql://shop@db.example.com/shop"
//! }
//! ```
//!
//! ```prisma before
//! datasource db {
//!   provider = "postgresql"
//!   url      = env("DATABASE_URL")
//!   schemas  = ["public", "billing"]
//! }
//! ```
//!
//! ```prisma
//! datasource db {
//!   provider = "postgresql"
//!   url      = env("DATABASE_URL")
//!   schemas  = ["public"]
//! }
//! ```
//!
//! ## Passes
//!
//! ```prisma before
//! datasource db {
//!   provider = "postgresql"
//!   url      = env("DATABASE_URL")
//!   schemas  = ["public"]
//! }
//! ```
//!
//! ```prisma
//! datasource db {
//!   provider     = "postgresql"
//!   relationMode = "foreignKeys"
//!   schemas      = ["billing", "public"]
//! }
//! ```

use super::SchemaChange;
use crate::parse::prisma::Settings;
use crate::rules::deploy::without_passwords;
use crate::rules::{Check, Finding, Rule, declare};
use crate::schema::Shown;
use crate::source::Span;

pub(super) const RULE: Rule = declare!(
    "prisma",
    "weakened_datasource.rs",
    "weakened-datasource",
    Approve,
    Check::Schema(check)
);

fn check(change: &SchemaChange<'_>) -> Vec<Finding> {
    let (before, after) = (change.before, change.after);
    // A schema that is new weakens nothing.
    let (Some(_), Some(provider)) = (&before.provider, &after.provider) else { return Vec::new() };
    let mut findings = Vec::new();
    let mut say = |at: &Option<Span>, message: String, evidence: String, help: String| {
        let at = at.as_ref().unwrap_or(&provider.at);
        let finding = Finding::new(at.path.to_string(), at.clone(), message);
        findings.push(finding.evidence(&evidence).help(help));
    };
    let Settings { url, relation_mode, schemas } = &after.settings;
    if after.without_foreign_keys && !before.without_foreign_keys {
        let keys = before.models.iter().map(|it| it.references.len()).sum::<usize>();
        let message = match keys {
            0 => "Prisma makes no foreign keys from now on, so nothing keeps rows together that belong together".to_owned(),
            1 => "Prisma's next migration drops the foreign key, and nothing keeps rows together that belong together".to_owned(),
            _ => format!("Prisma's next migration drops all {keys} foreign keys, and nothing keeps rows together that belong together"),
        };
        let help = "keep `relationMode = \"foreignKeys\"`, which is the default";
        say(relation_mode, message, "relation mode".to_owned(), help.to_owned());
    }
    if let (None, Some((text, at))) = (&before.settings.url, url)
        && text.contains("://")
        && without_passwords(text).is_none()
    {
        let message =
            "the `url` is written out, so everyone who uses this schema uses one database";
        let help = "write `env(\"DATABASE_URL\")` again";
        say(&Some(at.clone()), message.to_owned(), "url written out".to_owned(), help.to_owned());
    }
    for gone in before.schemas.iter().filter(|it| !after.schemas.contains(it)) {
        let gone = Shown(gone);
        let message = format!(
            "`{gone}` is none of the schemas any more, so no migration of Prisma looks after it"
        );
        let help = format!("put `\"{gone}\"` back into `schemas`, and its models with it");
        say(schemas, message, format!("schema {gone}"), help);
    }
    findings
}
