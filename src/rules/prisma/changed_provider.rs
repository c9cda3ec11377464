//! # changed-provider
//!
//! Prisma reads none of the migrations of another database, so what is there is left behind.
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
//!   provider = "sqlite"
//!   url      = env("DATABASE_URL")
//! }
//! ```
//!
//! ## Passes
//!
//! ```prisma before
//! datasource db {
//!   provider = "postgres"
//!   url      = env("DATABASE_URL")
//! }
//! ```
//!
//! ```prisma
//! datasource db {
//!   provider  = "postgresql"
//!   url       = env("DATABASE_URL")
//!   directUrl = env("DIRECT_URL")
//! }
//! ```

use super::SchemaChange;
use crate::rules::{Check, Finding, Rule, declare};
use crate::schema::Shown;

pub(super) const RULE: Rule =
    declare!("prisma", "changed_provider.rs", "changed-provider", Approve, Check::Schema(check));

fn check(change: &SchemaChange<'_>) -> Vec<Finding> {
    let (Some(old), Some(new)) = (&change.before.provider, &change.after.provider) else {
        return Vec::new();
    };
    if old.name == new.name {
        return Vec::new();
    }
    let (from, to) = (Shown(&old.name), Shown(&new.name));
    let message = format!("the schema is for {to} in place of {from}, and no row moves with it");
    let finding = Finding::new(new.at.path.to_string(), new.at.clone(), message);
    let finding = finding.evidence(&format!("provider from {from} to {to}"));
    vec![finding.help(format!(
        "keep `provider = \"{from}\"`, or plan the move with whoever answers for the data"
    ))]
}
