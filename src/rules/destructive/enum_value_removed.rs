//! # enum-value-removed
//!
//! An enum that is made anew without one of its labels cannot hold the rows that have it, and clients that write it
//! break.
//!
//! Postgres cannot take a label away, so tools make a second type and give it the old name; all of that is judged as
//! the one change it is.
//!
//! ## Fails
//!
//! ```sql before
//! create type order_status as enum ('new', 'paid', 'settled');
//! create table orders (id bigint primary key, status order_status);
//! alter table orders enable row level security;
//! ```
//!
//! ```sql
//! begin;
//! create type order_status_new as enum ('new', 'paid');
//! alter table orders alter column status type order_status_new using (status::text::order_status_new);
//! alter type order_status rename to order_status_old;
//! alter type order_status_new rename to order_status;
//! drop type order_status_old;
//! commit;
//! ```
//!
//! ```text
//! error[enum-value-removed]: `public.order_status` no longer has `settled` after this: it fails on the rows that hold it in `public.orders.status`, and clients that write it break
//!   ╭▸ prisma/migrations/20260101000000_example/migration.sql:2:1
//!   │
//! 2 │ create type order_status_new as enum ('new', 'paid');
//!   │ ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
//!   │
//!   ├ note: by default, `enum-value-removed` is denied
//!   ├ help: leave the label in place and stop writing it; schema changes here only add
//!   ╰ explain: sprag explain enum-value-removed
//! ```
//!
//! By way of `text`, as Drizzle does it, it is the same.
//!
//! ```sql before
//! create type order_status as enum ('new', 'paid', 'settled');
//! create table orders (id bigint primary key, status order_status);
//! alter table orders enable row level security;
//! ```
//!
//! ```sql
//! alter table orders alter column status set data type text;
//! drop type order_status;
//! create type order_status as enum ('new', 'paid');
//! alter table orders alter column status set data type order_status using status::order_status;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create type order_status as enum ('new', 'paid');
//! ```
//!
//! ```sql
//! alter type order_status add value 'settled';
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, ObjectName, Op, Shown, enum_labels};

pub(super) const RULE: Rule = declare!(
    "destructive",
    "enum_value_removed.rs",
    "enum-value-removed",
    Deny,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    if let Op::AlterColumnType { table, column, to, .. } = &change.op {
        return in_column(cx, change, table, column, to);
    }
    let (recreation, name, labels) = cx.known_recreation()?;
    if cx.here != recreation.first || cx.catalog.is_new_type(&name) {
        return None;
    }
    let removed: Vec<String> = labels
        .iter()
        .filter(|it| !recreation.labels.contains(it))
        .map(|it| format!("`{}`", Shown(it)))
        .collect();
    if removed.is_empty() {
        return None;
    }
    let columns = cx.catalog.columns_of_type(&name);
    let held = match columns.as_slice() {
        [] => String::new(),
        columns => format!(" in `{}`", columns.join("`, `")),
    };
    let message = format!(
        "`{name}` no longer has {} after this: it fails on the rows that hold it{held}, and clients that write it break",
        removed.join(", ")
    );
    let finding = cx.finding(change, name.to_string(), message);
    Some(finding.help("leave the label in place and stop writing it; schema changes here only add"))
}

/// An enum of MySQL, which stands in its column.
fn in_column(
    cx: &Context<'_>,
    change: &Change,
    table: &ObjectName,
    column: &str,
    to: &str,
) -> Option<Finding> {
    let old = enum_labels(&cx.data_type(table, column)?)?;
    let new = enum_labels(to)?;
    let removed: Vec<String> =
        old.iter().filter(|it| !new.contains(it)).map(|it| format!("`{}`", Shown(it))).collect();
    if removed.is_empty() || cx.is_new_column(change, table, column) {
        return None;
    }
    let subject = format!("{}.{}", cx.name(table), Shown(column));
    let message = format!(
        "`{subject}` no longer takes {} after this: rows that hold it are emptied of it or make this fail, and clients that write it break",
        removed.join(", ")
    );
    let finding = cx.finding(change, &subject, message);
    Some(finding.help("leave the label in place and stop writing it; schema changes here only add"))
}
