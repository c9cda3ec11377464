//! # empty-migration
//!
//! A migration without a statement is applied, remembered, and changes nothing.
//!
//! Prisma writes one where the schema had not changed; an edit that went wrong leaves one too. Once it is merged it
//! stays for ever.
//!
//! ## Fails
//!
//! ```sql
//! -- This is an empty migration.
//! ```
//!
//! ## Passes
//!
//! ```sql
//! -- This is an important migration.
//! create table notes (id bigint primary key);
//! alter table notes enable row level security;
//! ```

use crate::rules::{Check, Finding, Rule, Whole, declare};

pub(super) const RULE: Rule =
    declare!("hygiene", "empty_migration.rs", "empty-migration", Warn, Check::Migration(check));

fn check(whole: &Whole<'_>) -> Vec<Finding> {
    let migration = whole.migration;
    if migration.script.statements > 0 {
        return Vec::new();
    }
    let text = migration.text.trim();
    let start = migration.text.find(text).unwrap_or_default();
    let path = migration.path.to_string();
    let message = "this migration has no statement, so it changes nothing";
    let at = start..start + text.len();
    let help = "take the file away while nobody has it, or write what was meant";
    vec![whole.finding(&at, path, message).evidence("no statement").help(help)]
}
