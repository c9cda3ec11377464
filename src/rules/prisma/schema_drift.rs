//! # schema-drift
//!
//! The migrations leave another database behind than the schema describes: the client asks for what is not there, or
//! Prisma's next migration takes away what it does not know.
//!
//! `sprag drift` compares the two without a database. What Prisma cannot express is left out: policies, checks, triggers,
//! functions, views, partial indexes and those over expressions.

use crate::rules::{Check, Rule, declare};

pub(super) const RULE: Rule =
    declare!("prisma", "schema_drift.rs", "schema-drift", Approve, Check::Elsewhere);
