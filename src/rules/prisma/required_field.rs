//! # required-field
//!
//! Rows that are there have no value for a field that is required from now on, and clients that run do not write it.
//!
//! `uuid()`, `cuid()` and `@updatedAt` are filled in by the client, so a column with them has no default in the database:
//! an `INSERT` that somebody writes by hand has to bring the value, in every table that has such a column.
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
//!   age Int
//!   @@map("users")
//! }
//! ```
//!
//! ```prisma before
//! model User {
//!   id BigInt @id
//!   @@map("users")
//! }
//! ```
//!
//! ```prisma
//! model User {
//!   id  BigInt @id
//!   key String @default(uuid())
//!   @@map("users")
//! }
//! ```
//!
//! ## Passes
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
//!   id   BigInt   @id
//!   age  Int?
//!   seen DateTime @default(now())
//!   tags String[]
//!   @@map("users")
//! }
//! ```

use super::{SchemaChange, by_column};
use crate::parse::prisma::ast::Arity;
use crate::parse::prisma::{Field, FieldType, Fill};
use crate::rules::{Check, Finding, Rule, declare};
use crate::schema::Shown;

pub(super) const RULE: Rule =
    declare!("prisma", "required_field.rs", "required-field", Approve, Check::Schema(check));

fn check(change: &SchemaChange<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (old, new) in change.kept() {
        let known = change.catalog.and_then(|it| it.table(&new.table));
        for field in new.fields.iter().filter(|it| it.arity == Arity::Required) {
            let subject = format!("{}.{}", new.table, Shown(&field.column));
            let column = known.as_ref().and_then(|it| it.columns.get(&field.column));
            let before = by_column(old, &field.column);
            let moved =
                old.fields.iter().any(|it| it.name == field.name && it.column != field.column);
            let (message, help) = match before {
                Some(before)
                    if before.arity == Arity::Optional && column.is_none_or(|it| !it.not_null) =>
                {
                    (
                        format!(
                            "rows without `{subject}` are refused after this, and those that are there make it fail"
                        ),
                        "make every client write it first, fill the rows that have none, and require it last"
                            .to_owned(),
                    )
                }
                None if !field.is_filled() && column.is_none() && !moved => (
                    format!(
                        "`{subject}` is required and the database fills nothing in, so rows that are there make it fail"
                    ),
                    default_for(field),
                ),
                _ => continue,
            };
            let finding = Finding::new(&subject, field.at.clone(), message);
            findings.push(finding.evidence(&format!("required field {subject}")).help(help));
        }
    }
    findings
}

/// How the database comes to fill it in.
fn default_for(field: &Field) -> String {
    let client = match &field.default {
        Some(Fill::Client(client)) => client.as_str(),
        _ => "",
    };
    match client {
        "@updatedAt" => "`@updatedAt` is the client's alone: add `@default(now())` to it, which the database has".to_owned(),
        "uuid()" if matches!(&field.data_type, FieldType::Scalar(it) if it == "uuid") => "`uuid()` is the client's alone: write `@default(dbgenerated(\"gen_random_uuid()\"))`, which the database has".to_owned(),
        "" => "make it optional with `?`, or give it a default that the database has: a literal, `now()`, `dbgenerated(\"…\")`".to_owned(),
        _ => format!("`{client}` is the client's alone: make it optional with `?`, fill the rows that are there, and require it last"),
    }
}
