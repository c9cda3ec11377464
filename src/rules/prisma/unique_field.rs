//! # unique-field
//!
//! `@unique` on a field that is there fails where two rows have the same value, and refuses what clients write today.
//!
//! ## Fails
//!
//! ```prisma before
//! model User {
//!   id    BigInt @id
//!   email String
//!   @@map("users")
//! }
//! ```
//!
//! ```prisma
//! model User {
//!   id    BigInt @id
//!   email String @unique
//!   @@map("users")
//! }
//! ```
//!
//! ## Passes
//!
//! ```prisma before
//! model User {
//!   id    BigInt @id
//!   email String @unique
//!   @@map("users")
//! }
//! ```
//!
//! ```prisma
//! model User {
//!   id    BigInt  @id
//!   email String
//!   nick  String? @unique
//!   @@unique([email])
//!   @@unique([email, nick])
//!   @@map("users")
//! }
//! ```

use super::{SchemaChange, by_column};
use crate::rules::{Check, Finding, Rule, declare};
use crate::schema::{Catalog, ConstraintKind, TableName};

pub(super) const RULE: Rule =
    declare!("prisma", "unique_field.rs", "unique-field", Approve, Check::Schema(check));

fn check(change: &SchemaChange<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (old, new) in change.kept() {
        for columns in new.uniques.iter().filter(|it| !it.partial).map(|it| &it.columns) {
            let stricter =
                |key: &Vec<String>| !key.is_empty() && key.iter().all(|it| columns.contains(it));
            let keys = old.uniques.iter().filter(|it| !it.partial).map(|it| &it.columns);
            let known = keys.chain([&old.id]).any(stricter);
            let fresh = columns.iter().any(|it| by_column(old, it).is_none());
            let done = change.catalog.is_some_and(|it| is_unique(it, &new.table, columns));
            if known || fresh || done || columns.is_empty() {
                continue;
            }
            let list = columns.join("`, `");
            let message =
                format!("no two rows of `{}` may have the same `{list}` after this", new.table);
            let at = match columns.as_slice() {
                [one] => by_column(new, one).map_or(&new.at, |it| &it.at),
                _ => &new.at,
            };
            let subject = format!("{}.{}", new.table, columns.join("."));
            let finding = Finding::new(&subject, at.clone(), message);
            findings.push(finding.evidence(&format!("unique {subject}")).help(
                "look for rows that are alike first, and that every client copes with a refusal",
            ));
        }
    }
    findings
}

fn is_unique(catalog: &Catalog, name: &TableName, columns: &[String]) -> bool {
    let Some(table) = catalog.table(name) else { return false };
    let constraint = table.constraints.values().any(|it| {
        let keyed =
            matches!(it.kind, ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. });
        keyed && it.kind.columns() == columns
    });
    constraint
        || catalog.indexes_of(name, &table).iter().any(|(_, it)| {
            let keys = it.keys.iter().map(|it| it.column.as_ref());
            it.unique && it.predicate.is_none() && keys.eq(columns.iter().map(Some))
        })
}
