//! # changed-field-type
//!
//! Another type in the schema is another type of the column: values are rewritten, cut, or lost where Prisma drops the
//! column and adds it anew.
//!
//! A type is the scalar with its `@db.` attribute, or the enum; a list is another type than its items.
//!
//! ## Fails
//!
//! ```prisma before
//! model User {
//!   id  BigInt @id
//!   age Int?
//!   @@map("users")
//! }
//! ```
//!
//! ```prisma
//! model User {
//!   id  BigInt @id
//!   age BigInt?
//!   @@map("users")
//! }
//! ```
//!
//! ```prisma before
//! model User {
//!   id   BigInt @id
//!   name String @db.VarChar(100)
//!   @@map("users")
//! }
//! ```
//!
//! ```prisma
//! model User {
//!   id   BigInt   @id
//!   name String[] @db.VarChar(100)
//!   @@map("users")
//! }
//! ```
//!
//! ## Passes
//!
//! ```prisma before
//! model User {
//!   id   BigInt @id
//!   name String
//!   @@map("users")
//! }
//! ```
//!
//! ```prisma
//! model User {
//!   id   BigInt  @id
//!   name String? @db.Text
//!   @@map("users")
//! }
//! ```

use super::{SchemaChange, by_column, is_same_type, type_of};
use crate::parse::prisma::ast::Arity;
use crate::parse::prisma::{Field, Model};
use crate::rules::{Check, Finding, Rule, declare};
use crate::schema::{Shown, TypeChange};

pub(super) const RULE: Rule = declare!(
    "prisma",
    "changed_field_type.rs",
    "changed-field-type",
    Approve,
    Check::Schema(check)
);

fn check(change: &SchemaChange<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (old, new) in change.kept() {
        for field in &old.fields {
            let Some(now) = by_column(new, &field.column) else { continue };
            let (from, to) = (type_of(field), type_of(now));
            if is_same_type(&from, &to)
                || !change.has_column(&old.table, &field.column)
                || is_done(change, old, now, &to)
            {
                continue;
            }
            let subject = format!("{}.{}", old.table, Shown(&field.column));
            let list = (field.arity == Arity::List) != (now.arity == Arity::List);
            let does = if list {
                "Prisma drops the column with every value and adds an empty one".to_owned()
            } else {
                TypeChange::of(&from, &to, &field.column, None).words().to_owned()
            };
            let message =
                format!("`{subject}` turns from `{}` into `{}`: {does}", Shown(&from), Shown(&to));
            let finding = Finding::new(&subject, now.at.clone(), message);
            let finding = finding.evidence(&format!("type of {subject} from {from} to {to}"));
            findings.push(
                finding.help(
                    "add a field of the new type beside it, fill it, and move the clients over",
                ),
            );
        }
    }
    findings
}

/// Whether the database has the new type already: a migration made it so, and is judged itself.
fn is_done(change: &SchemaChange<'_>, model: &Model, field: &Field, to: &str) -> bool {
    let table = change.catalog.and_then(|it| it.table(&model.table));
    let known = table.as_ref().and_then(|it| it.columns.get(&field.column));
    known.is_some_and(|it| is_same_type(&it.data_type, to))
}
