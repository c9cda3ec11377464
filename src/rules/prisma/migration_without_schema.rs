//! # migration-without-schema
//!
//! The change alters the database, and the Prisma schema beside it still describes the old one: Prisma's next migration
//! takes back what it does not know.
//!
//! What Prisma cannot express is left out: policies, checks, triggers, functions, views, partial indexes and those over
//! expressions.

use crate::rules::{Check, Rule, declare};

pub(super) const RULE: Rule = declare!(
    "prisma",
    "migration_without_schema.rs",
    "migration-without-schema",
    Warn,
    Check::Elsewhere
);
