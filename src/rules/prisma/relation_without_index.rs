//! # relation-without-index
//!
//! Prisma makes no index for a relation: whoever deletes what it refers to, or follows it back, reads the whole table.
//!
//! Its fields may come first, in any order, in `@id`, `@unique`, `@@id`, `@@unique` or `@@index`. With
//! `relationMode = "prisma"` Prisma looks up by itself what a foreign key would, so it reads the table more often still.
//! Where a migration makes the foreign key, `foreign-key-without-index` says it there.
//!
//! ## Fails
//!
//! ```prisma before
//! model User {
//!   id BigInt @id
//!   @@map("users")
//! }
//! model Order {
//!   id BigInt @id
//!   @@map("orders")
//! }
//! ```
//!
//! ```prisma
//! model User {
//!   id     BigInt  @id
//!   orders Order[]
//!   @@map("users")
//! }
//! model Order {
//!   id     BigInt  @id
//!   userId BigInt? @map("user_id")
//!   user   User?   @relation(fields: [userId], references: [id])
//!   @@map("orders")
//! }
//! ```
//!
//! ## Passes
//!
//! ```prisma before
//! model User {
//!   id BigInt @id
//!   @@map("users")
//! }
//! model Order {
//!   id BigInt @id
//!   @@map("orders")
//! }
//! ```
//!
//! ```prisma
//! model User {
//!   id     BigInt  @id
//!   orders Order[]
//!   @@map("users")
//! }
//! model Order {
//!   id     BigInt  @id
//!   userId BigInt? @map("user_id")
//!   user   User?   @relation(fields: [userId], references: [id])
//!   @@index([userId, id])
//!   @@map("orders")
//! }
//! ```

use super::{SchemaChange, by_column, by_table};
use crate::parse::prisma::ast::ModelKind;
use crate::parse::prisma::{Key, Model, Reference};
use crate::rules::design::leads;
use crate::rules::{Check, Finding, Rule, declare};
use crate::schema::{ConstraintKind, Shown, Table, TableName};

pub(super) const RULE: Rule = declare!(
    "prisma",
    "relation_without_index.rs",
    "relation-without-index",
    Warn,
    Check::Schema(check)
);

fn check(change: &SchemaChange<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let models = change.after.models.iter().filter(|it| it.kind == ModelKind::Model);
    for model in models.filter(|it| !it.implicit) {
        let old = by_table(change.before, &model.table);
        for it in &model.references {
            let other =
                |it: &Reference| change.after.models.iter().find(|other| other.name == it.model);
            let Some(target) = other(it).filter(|it| it.kind == ModelKind::Model) else { continue };
            if is_indexed(model, &it.columns) {
                continue;
            }
            let was = old.filter(|old| old.references.iter().any(|was| was.columns == it.columns));
            let news = match was {
                Some(old) => is_indexed(old, &it.columns) && is_dropped_next(change, model, it),
                None => !is_told(change, model, it),
            };
            if news {
                findings.push(one(change, model, &target.table, it));
            }
        }
    }
    findings
}

/// Whether a key or an index begins with these columns, in any order.
fn is_indexed(model: &Model, columns: &[String]) -> bool {
    let begins = |keys: &[String]| {
        let first = keys.get(..columns.len());
        first.is_some_and(|it| columns.iter().all(|column| it.contains(column)))
    };
    let whole = |it: &&Key| !it.partial && matches!(it.method.as_str(), "btree" | "hash");
    let keys = model.uniques.iter().chain(&model.indexes).filter(whole);
    begins(&model.id) || { keys }.any(|it| begins(&it.columns))
}

/// Whether a migration has made an index that no schema knows, or the foreign key, of which another rule speaks.
fn is_told(change: &SchemaChange<'_>, model: &Model, it: &Reference) -> bool {
    let Some(catalog) = change.catalog else { return false };
    catalog.table(&model.table).is_some_and(|table| {
        has_key(&table, it) || leads(catalog, &model.table, &table, &it.columns)
    })
}

/// Whether the index of a foreign key is still there, so that Prisma's next migration takes it away. One that a migration
/// has dropped is judged there.
fn is_dropped_next(change: &SchemaChange<'_>, model: &Model, it: &Reference) -> bool {
    let Some(catalog) = change.catalog else { return true };
    let Some(table) = catalog.table(&model.table) else { return !change.is_migrated() };
    (change.after.without_foreign_keys || has_key(&table, it))
        && leads(catalog, &model.table, &table, &it.columns)
}

fn has_key(table: &Table, it: &Reference) -> bool {
    table.constraints.values().any(|constraint| match &constraint.kind {
        ConstraintKind::ForeignKey(key) => key.columns == it.columns,
        _ => false,
    })
}

fn one(change: &SchemaChange<'_>, model: &Model, target: &TableName, it: &Reference) -> Finding {
    let table = &model.table;
    let message = if change.after.without_foreign_keys {
        format!(
            "whenever a row of `{target}` goes or `{}` is followed back, all of `{table}` is read",
            Shown(&it.field)
        )
    } else {
        format!("whenever a row of `{target}` goes, all of `{table}` is read")
    };
    let subject = format!("{table}.{}", it.columns.join("."));
    let name = |column: &String| by_column(model, column).map_or(column, |it| &it.name).clone();
    let fields = it.columns.iter().map(name).collect::<Vec<_>>().join(", ");
    Finding::new(&subject, it.at.clone(), message)
        .evidence(&format!("relation {subject}"))
        .help(format!("add `@@index([{fields}])` to `{}`", Shown(&model.name)))
}
