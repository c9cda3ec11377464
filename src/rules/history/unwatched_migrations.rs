//! # unwatched-migrations
//!
//! A tool is told to keep its migrations in a folder that the policy does not look at, so nobody judges them.
//!
//! Read are `prisma.config.ts`, `package.json` (`prisma.schema`, and `--schema` in scripts) and `drizzle.config.ts`, as
//! far as they say it in literals. A folder without migrations is left alone.

use crate::rules::{Check, Rule, declare};

pub(super) const RULE: Rule = declare!(
    "history",
    "unwatched_migrations.rs",
    "unwatched-migrations",
    Approve,
    Check::Elsewhere
);
