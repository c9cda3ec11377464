//! # changed-relation-action
//!
//! Another `onDelete` or `onUpdate` of a relation: what happened to rows whose row they refer to goes is another thing
//! from the next migration on.
//!
//! What Prisma takes where nothing is written counts: a relation whose fields are required refuses (`Restrict`), one
//! that is optional is emptied (`SetNull`), and a changed key is carried over (`Cascade`). So a field that becomes optional
//! changes the action of its relation.
//!
//! ## Fails
//!
//! ```prisma before
//! model User {
//!   id     BigInt  @id
//!   orders Order[]
//!   @@map("users")
//! }
//! model Order {
//!   id     BigInt @id
//!   userId BigInt @map("user_id")
//!   user   User   @relation(fields: [userId], references: [id])
//!   @@index([userId])
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
//!   id     BigInt @id
//!   userId BigInt @map("user_id")
//!   user   User   @relation(fields: [userId], references: [id], onDelete: Cascade)
//!   @@index([userId])
//!   @@map("orders")
//! }
//! ```
//!
//! ## Passes
//!
//! ```prisma before
//! model User {
//!   id     BigInt  @id
//!   orders Order[]
//!   @@map("users")
//! }
//! model Order {
//!   id     BigInt @id
//!   userId BigInt @map("user_id")
//!   user   User   @relation(fields: [userId], references: [id])
//!   @@index([userId])
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
//!   id     BigInt @id
//!   userId BigInt @map("user_id")
//!   user   User   @relation(fields: [userId], references: [id], onDelete: Restrict, onUpdate: Cascade)
//!   @@index([userId])
//!   @@map("orders")
//! }
//! ```

use super::SchemaChange;
use crate::parse::prisma::{Datamodel, Model, Reference};
use crate::rules::{Check, Finding, Rule, declare};
use crate::schema::{ConstraintKind, Referential, Shown, TableName};

pub(super) const RULE: Rule = declare!(
    "prisma",
    "changed_relation_action.rs",
    "changed-relation-action",
    Warn,
    Check::Schema(check)
);

fn check(change: &SchemaChange<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (old, new) in change.kept() {
        for now in &new.references {
            let Some(target) = target(change.after, now) else { continue };
            let was = old.references.iter().find(|it| {
                it.columns == now.columns && self::target(change.before, it) == Some(target)
            });
            if let Some(was) = was.filter(|_| !is_done(change, new, now)) {
                findings.extend(one(new, target, was, now));
            }
        }
    }
    findings
}

fn target<'a>(datamodel: &'a Datamodel, reference: &Reference) -> Option<&'a TableName> {
    datamodel.models.iter().find(|it| it.name == reference.model).map(|it| &it.table)
}

/// Whether a migration has made the foreign key so already.
fn is_done(change: &SchemaChange<'_>, model: &Model, now: &Reference) -> bool {
    let written = |it: Referential| match it {
        Referential::Unsaid => Referential::NoAction,
        said => said,
    };
    let table = change.catalog.and_then(|it| it.table(&model.table));
    table.is_some_and(|it| {
        it.constraints.values().any(|it| match &it.kind {
            ConstraintKind::ForeignKey(key) => {
                key.columns == now.columns
                    && written(key.on_delete) == now.on_delete
                    && written(key.on_update) == now.on_update
            }
            _ => false,
        })
    })
}

fn one(model: &Model, target: &TableName, was: &Reference, now: &Reference) -> Option<Finding> {
    let table = &model.table;
    let columns = now.columns.join("`, `");
    let (kind, from, to) = if was.on_delete != now.on_delete {
        ("onDelete", was.on_delete, now.on_delete)
    } else if was.on_update != now.on_update {
        ("onUpdate", was.on_update, now.on_update)
    } else {
        return None;
    };
    let message = match (kind, to) {
        ("onDelete", Referential::Cascade) => {
            format!(
                "deleting a row of `{target}` deletes those of `{table}` that refer to it after this"
            )
        }
        ("onDelete", Referential::SetNull) => {
            format!(
                "deleting a row of `{target}` empties `{columns}` in those of `{table}` that refer to it after this"
            )
        }
        ("onDelete", Referential::SetDefault) => {
            format!(
                "deleting a row of `{target}` sets `{columns}` in those of `{table}` that refer to it to its default after this"
            )
        }
        ("onDelete", _) => {
            format!(
                "no row of `{target}` that one of `{table}` refers to can be deleted after this"
            )
        }
        (_, Referential::Cascade) => {
            format!("a key of `{target}` that changes is changed in `{table}` as well after this")
        }
        (_, Referential::SetNull | Referential::SetDefault) => {
            format!(
                "`{columns}` of `{table}` is lost where the key that it refers to in `{target}` changes after this"
            )
        }
        _ => format!(
            "no key of `{target}` that one of `{table}` refers to can be changed after this"
        ),
    };
    let subject = format!("{table}.{}", now.columns.join("."));
    let finding = Finding::new(&subject, now.at.clone(), message);
    let (from, to) = (name(from), name(to));
    let finding = finding.evidence(&format!("{kind} of {subject} from {from} to {to}"));
    Some(finding.help(format!(
        "write `{kind}: {from}` into `@relation` of `{}` to keep what happens today",
        Shown(&now.field)
    )))
}

/// As a schema has it.
fn name(it: Referential) -> &'static str {
    match it {
        Referential::Unsaid | Referential::NoAction => "NoAction",
        Referential::Restrict => "Restrict",
        Referential::Cascade => "Cascade",
        Referential::SetNull => "SetNull",
        Referential::SetDefault => "SetDefault",
    }
}
