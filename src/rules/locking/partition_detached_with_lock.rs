//! # partition-detached-with-lock
//!
//! `DETACH PARTITION` waits for every query on the partitioned table, and every later query waits behind it.
//!
//! `DETACH PARTITION … CONCURRENTLY` makes nobody wait, and needs a migration of its own.
//!
//! ## Fails
//!
//! ```sql before
//! create table events (id bigint, at date) partition by range (at);
//! create table events_2024 partition of events for values from ('2024-01-01') to ('2025-01-01');
//! alter table events enable row level security;
//! alter table events_2024 enable row level security;
//! ```
//!
//! ```sql
//! alter table events detach partition events_2024;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table events (id bigint, at date) partition by range (at);
//! create table events_2024 partition of events for values from ('2024-01-01') to ('2025-01-01');
//! alter table events enable row level security;
//! alter table events_2024 enable row level security;
//! ```
//!
//! ```sql
//! alter table events detach partition events_2024 concurrently;
//! ```

use super::begins;
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Certainty, Change, Op};

pub(super) const RULE: Rule = declare!(
    "locking",
    "partition_detached_with_lock.rs",
    "partition-detached-with-lock",
    Warn,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::Detach { parent, child, concurrently: false } = &change.op else { return None };
    let later = change.certainty == Certainty::Deferred;
    // `NO INHERIT` locks the child alone.
    if later || !begins(cx, change, "detach") || cx.is_unused(change, parent) {
        return None;
    }
    let (name, sql, child) = (cx.name(parent), cx.sql_name(parent), cx.sql_name(child));
    let message =
        format!("every query on `{name}` waits while this waits for those that run already");
    Some(cx.finding(change, &name, message).help(format!(
        "write `alter table {sql} detach partition {child} concurrently;`, in a migration of its own"
    )))
}
