//! # broken-schema
//!
//! Prisma does not read a schema that is broken anywhere, and what is broken cannot be judged.
//!
//! ## Fails
//!
//! ```prisma
//! model User {
//!   id Int @id
//!   @@map("users")
//! ```
//!
//! ```prisma
//! model User {
//!   id   Int  @id
//!   role Role
//!   @@map("users")
//! }
//! ```
//!
//! A relation has a field at both ends, and its `fields` and `references` are there.
//!
//! ```prisma
//! model User {
//!   id Int @id
//!   @@map("users")
//! }
//! model Order {
//!   id     Int  @id
//!   userId Int  @map("user_id")
//!   user   User @relation(fields: [userId], references: [id])
//!   @@index([userId])
//!   @@map("orders")
//! }
//! ```
//!
//! ```prisma
//! model User {
//!   id    Int    @id
//!   email String
//!   @@index([mail])
//!   @@map("users")
//! }
//! ```
//!
//! No two models have one table, and no two fields one column.
//!
//! ```prisma
//! model User {
//!   id Int @id
//!   @@map("users")
//! }
//! model Account {
//!   id Int @id
//!   @@map("users")
//! }
//! ```
//!
//! ## Passes
//!
//! ```prisma
//! model User {
//!   id   Int  @id
//!   role Role
//!   @@map("users")
//! }
//!
//! enum Role {
//!   READER
//! }
//! ```

use super::SchemaChange;
use crate::rules::{Check, Finding, Rule, declare};

pub(super) const RULE: Rule =
    declare!("prisma", "broken_schema.rs", "broken-schema", Deny, Check::Schema(check));

fn check(change: &SchemaChange<'_>) -> Vec<Finding> {
    let known = |message: &str| change.before.broken.iter().any(|it| it.message == message);
    let new = change.after.broken.iter().filter(|it| !known(&it.message));
    let findings = new.map(|it| {
        let path = &it.at.path;
        let message = format!("Prisma does not read this: {}", it.message);
        let finding = Finding::new(path.to_string(), it.at.clone(), message);
        let finding = finding.evidence(&it.message);
        finding.help("`npx prisma validate` says what it expects; `npx prisma format` adds the way back of a relation")
    });
    findings.collect()
}
