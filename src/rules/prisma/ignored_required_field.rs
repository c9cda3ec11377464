//! # ignored-required-field
//!
//! What no client has, no client can write: with `@ignore` on a required field that the database does not fill in, the
//! client inserts no row any more.
//!
//! `uuid()`, `cuid()` and `@updatedAt` are the client's, so they fill nothing in here.
//!
//! ## Fails
//!
//! ```prisma before
//! model User {
//!   id  BigInt @id
//!   age Int
//!   @@map("users")
//! }
//! ```
//!
//! ```prisma
//! model User {
//!   id  BigInt @id
//!   age Int    @ignore
//!   @@map("users")
//! }
//! ```
//!
//! ## Passes
//!
//! ```prisma before
//! model User {
//!   id   BigInt  @id
//!   age  Int?
//!   born Int     @default(0)
//!   @@map("users")
//! }
//! ```
//!
//! ```prisma
//! model User {
//!   id   BigInt  @id
//!   age  Int?    @ignore
//!   born Int     @default(0) @ignore
//!   @@map("users")
//! }
//! ```

use super::{SchemaChange, by_column};
use crate::parse::prisma::Field;
use crate::parse::prisma::ast::Arity;
use crate::rules::{Check, Finding, Rule, declare};
use crate::schema::{Shown, quoted};

pub(super) const RULE: Rule = declare!(
    "prisma",
    "ignored_required_field.rs",
    "ignored-required-field",
    Warn,
    Check::Schema(check)
);

fn check(change: &SchemaChange<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (old, new) in change.kept().filter(|it| !it.1.ignored) {
        let known = change.catalog.and_then(|it| it.table(&new.table));
        for field in new.fields.iter().filter(|it| is_unwritten(it)) {
            let column = known.as_ref().and_then(|it| it.columns.get(&field.column));
            let filled = column
                .is_some_and(|it| !it.not_null || it.default.is_some() || it.generated.is_some());
            let before = !old.ignored && by_column(old, &field.column).is_some_and(is_unwritten);
            if before || filled {
                continue;
            }
            let table = &new.table;
            let subject = format!("{table}.{}", Shown(&field.column));
            let message = format!(
                "the client cannot write `{subject}`, which is required and has no default, so it inserts no row into `{table}`"
            );
            let finding = Finding::new(&subject, field.at.clone(), message);
            let finding = finding.evidence(&format!("ignored field {subject}"));
            findings.push(finding.help(format!(
                "make it optional with `?`, and the column as well: `alter table {} alter column {} drop not null;`",
                table.sql(),
                quoted(&field.column)
            )));
        }
    }
    findings
}

fn is_unwritten(field: &Field) -> bool {
    field.ignored && field.arity == Arity::Required && !field.is_filled()
}
