//! # only-in-database
//!
//! The database that is in use has it, and no migration makes it: it was made by hand, or by something else.
//!
//! Whoever builds the database again does not get it, and the tool may drop it the next time. What a platform, an
//! extension or a migration tool keeps for itself is left out. What is meant to be there gets an exception with its
//! subject: a table, or a schema with all that is in it.

use crate::rules::{Check, Rule, declare};

pub(super) const RULE: Rule =
    declare!("live", "only_in_database.rs", "only-in-database", Deny, Check::Elsewhere);
