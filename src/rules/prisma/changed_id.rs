//! # changed-id
//!
//! Another `@id` is another primary key: Prisma drops the old one, and what refers to it goes or fails.
//!
//! ## Fails
//!
//! ```prisma before
//! model Member {
//!   userId BigInt @id @map("user_id")
//!   teamId BigInt @map("team_id")
//!   @@map("members")
//! }
//! ```
//!
//! ```prisma
//! model Member {
//!   userId BigInt @map("user_id")
//!   teamId BigInt @map("team_id")
//!   @@id([userId, teamId])
//!   @@map("members")
//! }
//! ```
//!
//! ## Passes
//!
//! ```prisma before
//! model Member {
//!   userId BigInt @map("user_id")
//!   teamId BigInt @map("team_id")
//!   @@id([userId, teamId])
//!   @@map("members")
//! }
//! ```
//!
//! ```prisma
//! model Member {
//!   user BigInt @map("user_id")
//!   team BigInt @map("team_id")
//!   @@id([user, team], name: "member")
//!   @@map("members")
//! }
//! ```

use super::SchemaChange;
use crate::rules::{Check, Finding, Rule, declare};

pub(super) const RULE: Rule =
    declare!("prisma", "changed_id.rs", "changed-id", Approve, Check::Schema(check));

fn check(change: &SchemaChange<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (old, new) in change.kept() {
        let table = change.catalog.and_then(|it| it.table(&new.table));
        let done = table.is_some_and(|it| it.primary_key() == Some(new.id.as_slice()));
        if old.id == new.id || old.id.is_empty() || done {
            continue;
        }
        let list = |columns: &[String]| {
            if columns.is_empty() {
                "nothing".to_owned()
            } else {
                format!("`{}`", columns.join("`, `"))
            }
        };
        let message = format!(
            "the primary key of `{}` becomes {} in place of {}",
            new.table,
            list(&new.id),
            list(&old.id)
        );
        let finding = Finding::new(new.table.to_string(), new.at.clone(), message);
        let finding = finding.evidence(&format!("id of {} {}", new.table, new.id.join(",")));
        findings.push(finding.help("keep the key, and make the other columns `@@unique`"));
    }
    findings
}
