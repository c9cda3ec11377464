//! # missing-in-database
//!
//! A migration makes it, and the database that is in use does not have it.
//!
//! `sprag verify` compares tables, columns, types and labels of enums, constraints, indexes, policies, triggers, views
//! and functions that the migrations leave behind with what a database has. What is missing was not applied, was
//! applied in part, or was dropped by hand.

use crate::rules::{Check, Rule, declare};

pub(super) const RULE: Rule =
    declare!("live", "missing_in_database.rs", "missing-in-database", Deny, Check::Elsewhere);
