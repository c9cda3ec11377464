//! # many-foreign-keys
//!
//! Foreign keys to several tables keep everyone from writing to all of them until the last is added.
//!
//! That holds for a new table with foreign keys, and for `NOT VALID`, too.
//!
//! ## Fails
//!
//! ```sql
//! create table notes (
//!   id bigint primary key,
//!   author bigint references users (id),
//!   room bigint references rooms (id)
//! );
//! alter table notes enable row level security;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table notes (
//!   id bigint primary key,
//!   author bigint references users (id),
//!   editor bigint references users (id)
//! );
//! alter table notes enable row level security;
//! ```

use std::collections::BTreeSet;

use crate::rules::{Check, Finding, Rule, Step, Whole, declare};
use crate::schema::{ConstraintKind, LockMode, NewConstraint, Op, TableName};

pub(super) const RULE: Rule = declare!(
    "locking",
    "many_foreign_keys.rs",
    "many-foreign-keys",
    Allow,
    Check::Migration(check)
);

fn check(whole: &Whole<'_>) -> Vec<Finding> {
    whole.transactions().filter_map(|steps| look(whole, steps)).collect()
}

fn look(whole: &Whole<'_>, steps: &[Step<'_>]) -> Option<Finding> {
    let mut targets: BTreeSet<&TableName> = BTreeSet::new();
    let mut last = None;
    for step in steps.iter().filter(|it| refers(&it.change.op)) {
        let locks = step.locks.iter().filter(|it| it.mode == LockMode::ShareRowExclusive);
        for lock in locks {
            if targets.insert(&lock.on) {
                last = Some(step);
            }
        }
    }
    let last = last.filter(|_| targets.len() > 1)?;
    let count = targets.len();
    let names: Vec<String> = targets.iter().take(3).map(|it| format!("`{it}`")).collect();
    let more = if count > 3 { format!(" and {} more", count - 3) } else { String::new() };
    let message = format!("nobody can write to {}{more} until the end", names.join(", "));
    Some(
        whole
            .finding(&last.change.span, whole.migration.path.to_string(), message)
            .help("add the foreign keys in a migration for each table that they refer to"),
    )
}

fn refers(op: &Op) -> bool {
    let key = |it: &NewConstraint| matches!(it.kind, ConstraintKind::ForeignKey(_));
    match op {
        Op::CreateTable(it) => it.constraints.iter().any(key),
        Op::AddColumn { constraints, .. } => constraints.iter().any(key),
        Op::AddConstraint { constraint, .. } => key(constraint),
        _ => false,
    }
}
