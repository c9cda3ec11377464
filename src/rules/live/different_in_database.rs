//! # different-in-database
//!
//! The database that is in use has it otherwise than the migrations leave it: another type, no row level security.
//!
//! `sprag verify` compares the type of a column, whether it may be null and its default; row level security; what a
//! key, an index or a policy is of. Types and defaults are the same however they are written; of an expression, what it
//! calls is compared and not its text.

use crate::rules::{Check, Rule, declare};

pub(super) const RULE: Rule =
    declare!("live", "different_in_database.rs", "different-in-database", Deny, Check::Elsewhere);
