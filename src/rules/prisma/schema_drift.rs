//! # schema-drift
//!
//! The migrations leave another database behind than the schema describes: the client asks for what is not there, or
//! Prisma's next migration takes away what it does not know.
//!
//! `sprag drift` compares the two without a database, as Prisma's own engine does: tables, columns, their types and
//! defaults, enums, primary and foreign keys with their actions, unique keys and indexes with their order, type and operator
//! classes, the names of all of these, and the tables of many-to-many relations, whose key Prisma makes in another way since
//! its version 6. What Prisma cannot express is left out: policies, checks, triggers, functions, views, partial indexes and
//! those over expressions. So are defaults whose meaning only the database knows: JSON, literals of times, expressions.

use crate::rules::{Check, Rule, declare};

pub(super) const RULE: Rule =
    declare!("prisma", "schema_drift.rs", "schema-drift", Approve, Check::Elsewhere);
