//! # ignored-prisma-pragma
//!
//! The comment `prisma-migrate-disable-next-transaction` does nothing: the engine of Prisma never looks for it.
//!
//! It sends a migration as one text, which Postgres runs as one transaction. Only a file with a single statement is
//! outside of one.
//!
//! ## Fails
//!
//! ```sql
//! -- prisma-migrate-disable-next-transaction
//! alter type order_status add value 'sent';
//! alter table orders add column note text;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! alter type order_status add value 'sent';
//! ```

use crate::rules::{Check, Finding, Rule, Whole, declare};

pub(super) const RULE: Rule = declare!(
    "locking",
    "ignored_prisma_pragma.rs",
    "ignored-prisma-pragma",
    Warn,
    Check::Migration(check)
);

const PRAGMA: &str = "prisma-migrate-disable-next-transaction";

fn check(whole: &Whole<'_>) -> Vec<Finding> {
    let text = &whole.migration.text;
    let Some(at) = text.find(PRAGMA) else { return Vec::new() };
    let start = text.get(..at).and_then(|it| it.rfind('\n')).map_or(0, |it| it + 1);
    let comment = text.get(start..at).is_some_and(|it| it.trim_start().starts_with("--"));
    if !comment || whole.migration.script.statements < 2 {
        return Vec::new();
    }
    let path = whole.migration.path.to_string();
    let message =
        "this comment does nothing: the whole file is one transaction to Prisma all the same";
    vec![whole.finding(&(at..at + PRAGMA.len()), path, message).help(
        "give the statement that must be outside of a transaction a migration of its own, and take the comment out",
    )]
}
