//! # many-tables-locked
//!
//! A transaction that locks one table after another can lock itself out with a query that uses them in another order.
//!
//! Postgres then kills one of the two. And whoever needs the first table waits until the last is free.
//!
//! ## Fails
//!
//! ```sql
//! alter table users add column nick text;
//! alter table orders add column note text;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! alter table users add column nick text, add column city text;
//! ```
//!
//! ```sql
//! create table notes (id bigint primary key);
//! alter table notes enable row level security;
//! alter table users add column nick text;
//! ```

use std::collections::BTreeSet;

use crate::rules::{Check, Finding, Held, Rule, Step, Whole, declare};
use crate::schema::TableName;

pub(super) const RULE: Rule = declare!(
    "locking",
    "many_tables_locked.rs",
    "many-tables-locked",
    Allow,
    Check::Migration(check)
);

fn check(whole: &Whole<'_>) -> Vec<Finding> {
    whole.transactions().filter_map(|steps| look(whole, steps)).collect()
}

fn look(whole: &Whole<'_>, steps: &[Step<'_>]) -> Option<Finding> {
    let mut known: BTreeSet<&TableName> = BTreeSet::new();
    let mut held: Vec<(&Step<'_>, &Held)> = Vec::new();
    for step in steps {
        for lock in step.locks.iter().filter(|it| it.mode.stops_writes()) {
            if known.insert(&lock.on) {
                held.push((step, lock));
            }
        }
    }
    let ((first, one), (second, lock)) = (held.first()?, held.get(1)?);
    let more = match held.len() {
        2 => String::new(),
        more => format!(" and {} more", more - 2),
    };
    let message = format!("`{}`, `{}`{more} are locked together until the end", one.on, lock.on);
    let mut finding = whole.finding(&second.change.span, lock.on.to_string(), message);
    if first.change.statement != second.change.statement {
        finding = finding.label(whole.span(&first.change.span), "the first is locked here");
    }
    Some(finding.help("change each table in a migration of its own"))
}
