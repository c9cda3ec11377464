//! # unwatched-migrations
//!
//! Migrations in a folder that no glob of the policy names are judged by nobody.
//!
//! Where Drizzle writes them is told from `out` in `drizzle.config.ts`, if that is a plain text, and from its journal.
//! What is for another database than Postgres is left out. A change is told of the folder that it brings.

use crate::rules::{Check, Rule, declare};

pub(super) const RULE: Rule = declare!(
    "history",
    "unwatched_migrations.rs",
    "unwatched-migrations",
    Approve,
    Check::Elsewhere
);
