//! # changed-map
//!
//! Prisma reads another `@map` as another column: it drops the old one and adds an empty one.
//!
//! So it does with `@@map` and a table, and where either is taken away or added.
//!
//! ## Fails
//!
//! ```prisma before
//! model User {
//!   id        BigInt   @id
//!   createdAt DateTime @default(now()) @map("created_at")
//!   @@map("users")
//! }
//! ```
//!
//! ```prisma
//! model User {
//!   id        BigInt   @id
//!   createdAt DateTime @default(now()) @map("made_at")
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
//!   id BigInt @id
//! }
//! ```
//!
//! ## Passes
//!
//! ```prisma before
//! model User {
//!   id        BigInt   @id
//!   createdAt DateTime @default(now()) @map("created_at")
//!   @@map("users")
//! }
//! ```
//!
//! ```prisma
//! model User {
//!   id     BigInt   @id
//!   madeAt DateTime @map("created_at") @default(now())
//!   @@map("users")
//! }
//! ```

use super::{SchemaChange, by_column, by_table, rename_column, rename_table};
use crate::rules::{Check, Finding, Rule, declare};
use crate::schema::Shown;

pub(super) const RULE: Rule =
    declare!("prisma", "changed_map.rs", "changed-map", Deny, Check::Schema(check));

fn check(change: &SchemaChange<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for old in change.tables().filter(|it| !it.implicit) {
        let same =
            change.after.models.iter().find(|it| it.name == old.name && it.table != old.table);
        let Some(new) = same else { continue };
        let free = by_table(change.after, &old.table).is_none();
        if free && change.has_table(&old.table) {
            let message = format!(
                "`{}` is the table `{}` now, so Prisma drops `{}` with every row and makes an empty table",
                Shown(&old.name),
                new.table,
                old.table
            );
            let finding = Finding::new(old.table.to_string(), new.at.clone(), message);
            let finding = finding.evidence(&format!("map {} to {}", old.table, new.table));
            let back = match (old.table.schema == new.table.schema, old.mapped) {
                (false, _) => {
                    format!("put `@@schema(\"{}\")` back", Shown(&old.table.schema))
                }
                (true, true) => format!("put `@@map(\"{}\")` back", Shown(&old.table.name)),
                (true, false) => format!(
                    "take `@@map` away again, or make it `@@map(\"{}\")`",
                    Shown(&old.table.name)
                ),
            };
            findings.push(finding.help(back).help(rename_table(&old.table, &new.table)));
        }
    }
    for (old, new) in change.kept() {
        for field in &old.fields {
            let same =
                new.fields.iter().find(|it| it.name == field.name && it.column != field.column);
            let Some(now) = same else { continue };
            let free = by_column(new, &field.column).is_none();
            if !free || !change.has_column(&old.table, &field.column) {
                continue;
            }
            let (table, column) = (&old.table, Shown(&field.column));
            let message = format!(
                "`{}.{}` is the column `{}` now, so Prisma drops `{column}` with every value and adds an empty column",
                Shown(&new.name),
                Shown(&field.name),
                Shown(&now.column)
            );
            let finding = Finding::new(format!("{table}.{column}"), now.at.clone(), message);
            let finding = finding.evidence(&format!("map {table}.{column} to {}", now.column));
            let back = if field.mapped {
                format!("put `@map(\"{column}\")` back")
            } else {
                format!("take `@map` away again, or make it `@map(\"{column}\")`")
            };
            findings.push(finding.help(back).help(rename_column(
                table,
                &field.column,
                &now.column,
            )));
        }
    }
    findings
}
