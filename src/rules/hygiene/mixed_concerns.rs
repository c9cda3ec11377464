//! # mixed-concerns
//!
//! A migration that changes tables and their rows cannot be repeated by halves, and holds its locks for both.
//!
//! Change the tables in one migration and the rows in the next: when the second fails, the first is done.
//!
//! ## Fails
//!
//! ```sql
//! alter table users add column nick text;
//! update users set nick = name where nick is null;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! alter table users add column nick text;
//! ```
//!
//! The first rows of a new table come with it.
//!
//! ```sql
//! create table colors (id bigint primary key, name text);
//! alter table colors enable row level security;
//! insert into colors values (1, 'red');
//! ```

use crate::rules::{Check, Finding, Rule, Whole, declare};
use crate::schema::{Certainty, Change, ObjectName, Op};

pub(super) const RULE: Rule =
    declare!("hygiene", "mixed_concerns.rs", "mixed-concerns", Allow, Check::Migration(check));

fn check(whole: &Whole<'_>) -> Vec<Finding> {
    let now =
        || whole.steps.iter().map(|it| it.change).filter(|it| it.certainty != Certainty::Deferred);
    let created: Vec<&ObjectName> = now().filter_map(created).collect();
    let shape = now().find(|it| is_shape(&it.op));
    let rows = now().find(|it| rows(&it.op).is_some_and(|table| !created.contains(&table)));
    let (Some(_), Some(rows)) = (shape, rows) else { return Vec::new() };
    let message =
        "this migration changes tables and rows: when one fails, both have to be repeated";
    let finding = whole.finding(&rows.span, whole.migration.path.to_string(), message);
    vec![finding.help("put what changes rows into a migration of its own, after this one")]
}

fn created(change: &Change) -> Option<&ObjectName> {
    match &change.op {
        Op::CreateTable(new) => Some(&new.name),
        _ => None,
    }
}

fn is_shape(op: &Op) -> bool {
    matches!(
        op,
        Op::CreateTable(_)
            | Op::DropTable { .. }
            | Op::AddColumn { .. }
            | Op::DropColumn { .. }
            | Op::AlterColumnType { .. }
            | Op::SetNotNull { .. }
            | Op::AddConstraint { .. }
            | Op::CreateIndex(_)
    )
}

/// The table whose rows a statement writes.
fn rows(op: &Op) -> Option<&ObjectName> {
    match op {
        Op::Insert { table, .. } | Op::Update { table, .. } | Op::Delete { table, .. } => {
            Some(table)
        }
        _ => None,
    }
}
