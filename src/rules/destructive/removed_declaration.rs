//! # removed-declaration
//!
//! Files under `supabase/schemas` say what the database is to be: a table or column that is taken out of them is dropped
//! by the next migration that `supabase db diff` writes.
//!
//! Only what the migrations leave in the database is told; where a migration of the same change drops it, that is judged
//! by what it does.

use crate::rules::{Check, Rule, declare};

pub(super) const RULE: Rule = declare!(
    "destructive",
    "removed_declaration.rs",
    "removed-declaration",
    Deny,
    Check::Elsewhere
);
