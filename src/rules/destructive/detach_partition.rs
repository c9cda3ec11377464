//! # detach-partition
//!
//! The rows of a partition are no longer found in the table that it belonged to.
//!
//! They are not gone, but every query on the table answers without them. `NO INHERIT` does the same to a child.
//!
//! ## Fails
//!
//! ```sql before
//! create table events (id bigint, at date) partition by range (at);
//! alter table events enable row level security;
//! create table events_2024 partition of events for values from ('2024-01-01') to ('2025-01-01');
//! alter table events_2024 enable row level security;
//! ```
//!
//! ```sql
//! alter table events detach partition events_2024;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table logs (id bigint, at date) partition by range (at);
//! alter table logs enable row level security;
//! create table logs_2024 partition of logs for values from ('2024-01-01') to ('2025-01-01');
//! alter table logs_2024 enable row level security;
//! alter table logs detach partition logs_2024;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op};

pub(super) const RULE: Rule = declare!(
    "destructive",
    "detach_partition.rs",
    "detach-partition",
    Approve,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::Detach { parent, child, .. } = &change.op else { return None };
    if cx.is_new(change, child) {
        return None;
    }
    // Attached again, it was only given other bounds.
    let again = cx.lasting_rest().any(|it| {
        matches!(&it.op, Op::Attach { parent: p, child: c } if cx.is_same(p, parent) && cx.is_same(c, child))
    });
    if again {
        return None;
    }
    let (table, parent) = (cx.name(child), cx.name(parent));
    let message = format!("the rows of `{table}` are no longer found in `{parent}` after this");
    let finding = cx.finding(change, &table, message);
    Some(finding.help(format!(
        "leave `{table}` attached; where its rows are to be archived, copy them first and let the owner of the data decide"
    )))
}
