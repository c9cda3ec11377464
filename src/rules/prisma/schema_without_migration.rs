//! # schema-without-migration
//!
//! The change alters what the schema describes, and brings no migration that would make it so: the client asks for what
//! the database has not.
//!
//! What differs is worked out from the migrations alone, without a database. Differences that were there before are told
//! by `sprag drift`; what another rule refuses is told there.

use crate::rules::{Check, Rule, declare};

pub(super) const RULE: Rule = declare!(
    "prisma",
    "schema_without_migration.rs",
    "schema-without-migration",
    Warn,
    Check::Elsewhere
);
