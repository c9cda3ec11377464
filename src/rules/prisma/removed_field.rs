//! # removed-field
//!
//! The next `prisma migrate dev` drops the column of a field that is gone, with every value.
//!
//! Judged is the column, not the name: a field that is renamed and keeps its column with `@map` passes. A field with
//! another name and the same type beside it looks like a rename, which Prisma takes for a drop and an empty new column.
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
//!   // age Int?
//!   @@map("users")
//! }
//! ```
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
//!   id    BigInt @id
//!   years Int?
//!   @@map("users")
//! }
//! ```
//!
//! ## Passes
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
//!   id    BigInt @id
//!   years Int?   @map("age")
//!   @@map("users")
//! }
//! ```
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
//!   age Int?   @ignore
//!   @@map("users")
//! }
//! ```

use super::{SchemaChange, by_column, rename_column, type_of};
use crate::parse::prisma::ast::Arity;
use crate::parse::prisma::{Field, Model};
use crate::rules::{Check, Finding, Rule, declare};
use crate::schema::Shown;

pub(super) const RULE: Rule =
    declare!("prisma", "removed_field.rs", "removed-field", Deny, Check::Schema(check));

fn check(change: &SchemaChange<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (old, new) in change.kept() {
        for field in &old.fields {
            let kept = by_column(new, &field.column).is_some();
            // The same field with another column is `changed-map`.
            let moved = new.fields.iter().any(|it| it.name == field.name);
            if !kept && !moved && change.has_column(&old.table, &field.column) {
                findings.push(one(old, new, field));
            }
        }
    }
    findings
}

fn one(old: &Model, new: &Model, field: &Field) -> Finding {
    let (table, column) = (&old.table, Shown(&field.column));
    let subject = format!("{table}.{column}");
    let message =
        format!("`{subject}` has no field any more, so Prisma drops the column with every value");
    let finding = |at| {
        Finding::new(&subject, at, message.clone())
            .evidence(&format!("field {}.{}", old.name, field.name))
    };
    let mut added = new.fields.iter().filter(|it| {
        by_column(old, &it.column).is_none() && !it.mapped && type_of(it) == type_of(field)
    });
    match added.next() {
        Some(it) => {
            let finding = finding(it.at.clone()).help(format!(
                "if `{}` is called `{}` now, keep its column: add `@map(\"{column}\")` to it",
                Shown(&field.name),
                Shown(&it.name)
            ));
            finding.help(rename_column(table, &field.column, &it.column))
        }
        None => {
            let name = Shown(&field.name);
            // One that nothing fills in, and that no client has, is `ignored-required-field`.
            let needed = field.arity == Arity::Required && !field.is_filled();
            let how = if needed { "as optional with `?` and `@ignore`" } else { "with `@ignore`" };
            finding(new.at.clone()).help(format!(
                "keep `{name}`, {how} if no client is to use it; drop the column in a change of its own once nothing reads it"
            ))
        }
    }
}
