//! # removed-model
//!
//! The next `prisma migrate dev` drops the table of a model that is gone, with every row.
//!
//! Judged is the table, not the name: a model that is renamed and keeps its table with `@@map` passes. So does one whose
//! table a migration has dropped, since the migration is judged itself.
//!
//! The table that Prisma makes for a many-to-many relation counts too: it is dropped, and made anew and empty, where the
//! relation gets another name or a model of its own. So does a model that becomes such a relation.
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
//!   id BigInt @id
//!   @@map("users")
//! }
//! // model Order {
//! //   id BigInt @id
//! //   @@map("orders")
//! // }
//! ```
//!
//! ```prisma before
//! model Order {
//!   id BigInt @id
//! }
//! ```
//!
//! ```prisma
//! model Purchase {
//!   id BigInt @id
//!   @@map("purchases")
//! }
//! ```
//!
//! ```prisma before
//! model Order {
//!   id BigInt @id
//!   @@map("orders")
//! }
//! ```
//!
//! ```prisma
//! view Order {
//!   id BigInt @unique
//!   @@map("orders")
//! }
//! ```
//!
//! ```prisma before
//! model Post {
//!   id   BigInt @id
//!   tags Tag[]
//!   @@map("posts")
//! }
//! model Tag {
//!   id    BigInt @id
//!   posts Post[]
//!   @@map("tags")
//! }
//! ```
//!
//! ```prisma
//! model Post {
//!   id BigInt @id
//!   @@map("posts")
//! }
//! model Tag {
//!   id BigInt @id
//!   @@map("tags")
//! }
//! ```
//!
//! ```prisma before
//! model Post {
//!   id   BigInt @id
//!   tags Tag[]
//!   @@map("posts")
//! }
//! model Tag {
//!   id    BigInt @id
//!   posts Post[]
//!   @@map("tags")
//! }
//! ```
//!
//! ```prisma
//! model Post {
//!   id   BigInt @id
//!   tags PostTag[]
//!   @@map("posts")
//! }
//! model Tag {
//!   id    BigInt @id
//!   posts PostTag[]
//!   @@map("tags")
//! }
//! model PostTag {
//!   postId BigInt @map("post_id")
//!   tagId  BigInt @map("tag_id")
//!   post   Post   @relation(fields: [postId], references: [id])
//!   tag    Tag    @relation(fields: [tagId], references: [id])
//!   @@id([postId, tagId])
//!   @@index([tagId])
//!   @@map("post_tags")
//! }
//! ```
//!
//! ## Passes
//!
//! ```prisma before
//! model Post {
//!   id   BigInt @id
//!   tags Tag[]
//!   @@map("posts")
//! }
//! model Tag {
//!   id    BigInt @id
//!   posts Post[]
//!   @@map("tags")
//! }
//! ```
//!
//! ```prisma
//! model Post {
//!   id   BigInt @id
//!   tags PostTag[]
//!   @@map("posts")
//! }
//! model Tag {
//!   id    BigInt @id
//!   posts PostTag[]
//!   @@map("tags")
//! }
//! model PostTag {
//!   postId BigInt @map("A")
//!   tagId  BigInt @map("B")
//!   post   Post   @relation(fields: [postId], references: [id])
//!   tag    Tag    @relation(fields: [tagId], references: [id])
//!   @@id([postId, tagId])
//!   @@index([tagId])
//!   @@map("_PostToTag")
//! }
//! ```
//!
//! ```prisma before
//! model Order {
//!   id BigInt @id
//!   @@map("orders")
//! }
//! ```
//!
//! ```prisma
//! model Purchase {
//!   id BigInt @id
//!   @@map("orders")
//! }
//! ```

use super::{SchemaChange, by_table, relation_tables, rename_table};
use crate::parse::prisma::Model;
use crate::rules::{Check, Finding, Rule, declare};
use crate::schema::Shown;

pub(super) const RULE: Rule =
    declare!("prisma", "removed_model.rs", "removed-model", Deny, Check::Schema(check));

fn check(change: &SchemaChange<'_>) -> Vec<Finding> {
    let gone = change.tables().filter(|it| {
        by_table(change.after, &it.table).is_none()
            && change.has_table(&it.table)
            && !is_moved(change, it)
    });
    let findings = gone.map(|it| {
        let (model, table) = (Shown(&it.name), &it.table);
        if it.implicit {
            return relation_tables::gone(change, it);
        }
        let message = format!("`{table}` has no model any more, so Prisma drops the table with every row");
        let finding = Finding::new(table.to_string(), change.gap(it), message);
        let finding = finding.evidence(&format!("model {model} of {table}"));
        if let Some(help) = relation_tables::replaced(change, it) {
            return finding.help(help);
        }
        match renamed(change, it) {
            Some(now) => {
                let keep = format!(
                    "if `{model}` is called `{}` now, keep its table: add `@@map(\"{}\")` to it",
                    Shown(&now.name),
                    Shown(&table.name)
                );
                finding.help(keep).help(rename_table(table, &now.table))
            }
            None => finding.help(format!(
                "keep `{model}`, with `@@ignore` if no client is to use it; drop the table in a change of its own once nothing reads it"
            )),
        }
    });
    findings.collect()
}

/// The same model with another table is `changed-map`.
fn is_moved(change: &SchemaChange<'_>, gone: &Model) -> bool {
    let mut others = change.after.models.iter();
    !gone.implicit && others.any(|it| it.name == gone.name && it.table != gone.table)
}

/// A new model that has most of its columns.
fn renamed<'a>(change: &SchemaChange<'a>, gone: &Model) -> Option<&'a Model> {
    let new = change.after.models.iter().filter(|it| by_table(change.before, &it.table).is_none());
    let alike = |it: &&Model| {
        let same =
            gone.fields.iter().filter(|old| it.fields.iter().any(|it| it.column == old.column));
        same.count() * 2 > gone.fields.len()
    };
    new.filter(alike).max_by_key(|it| it.fields.len())
}
