//! # table-inheritance
//!
//! A child table has its parent's columns, and none of its keys, policies and foreign keys.
//!
//! A query of the parent reads the rows of the child as well, and row level security of the child is not asked. What is
//! unique in the parent is not unique over both. Partitions have what inheritance lacks.
//!
//! ## Fails
//!
//! ```sql
//! create table admins (level integer) inherits (users);
//! alter table admins enable row level security;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table events_2025 partition of events for values from ('2025-01-01') to ('2026-01-01');
//! alter table events_2025 enable row level security;
//! ```
//!
//! ```sql
//! create table admins (user_id bigint primary key references users (id), level integer);
//! alter table admins enable row level security;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op};

pub(super) const RULE: Rule =
    declare!("design", "table_inheritance.rs", "table-inheritance", Warn, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let text = cx.migration.text.get(change.span.clone()).unwrap_or_default().to_ascii_lowercase();
    let (parent, child) = match &change.op {
        Op::CreateTable(new) if text.contains("inherits") => (new.columns_of.first()?, &new.name),
        Op::Attach { parent, child } if text.contains("inherit") => (parent, child),
        _ => return None,
    };
    let parent = cx.catalog.resolve_permanent(parent);
    let child = cx.catalog.resolve_permanent(child).to_string();
    let message =
        format!("`{child}` has none of the keys, policies and foreign keys of `{parent}`");
    let help = format!("refer to `{parent}` with a foreign key, or make it a partitioned table");
    Some(cx.finding(change, child, message).help(help))
}
