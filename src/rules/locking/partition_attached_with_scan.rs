//! # partition-attached-with-scan
//!
//! `ATTACH PARTITION` reads the whole new partition while nobody else can read or write it.
//!
//! A validated check that says what the bounds say spares the scan.
//!
//! ## Fails
//!
//! ```sql before
//! create table events (id bigint, at date) partition by range (at);
//! create table old_events (id bigint, at date);
//! alter table events enable row level security;
//! alter table old_events enable row level security;
//! ```
//!
//! ```sql
//! alter table events attach partition old_events for values from ('2024-01-01') to ('2025-01-01');
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table events (id bigint, at date) partition by range (at);
//! create table old_events (
//!   id bigint, at date,
//!   constraint old_events_at check (at is not null and at >= '2024-01-01' and at < '2025-01-01')
//! );
//! alter table events enable row level security;
//! alter table old_events enable row level security;
//! ```
//!
//! ```sql
//! alter table events attach partition old_events for values from ('2024-01-01') to ('2025-01-01');
//! ```
//!
//! ```sql before
//! create table events (id bigint, at date) partition by range (at);
//! alter table events enable row level security;
//! ```
//!
//! ```sql
//! create table events_2026 (id bigint, at date);
//! alter table events_2026 enable row level security;
//! alter table events attach partition events_2026 for values from ('2026-01-01') to ('2027-01-01');
//! ```

use super::begins;
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Certainty, Change, ConstraintKind, Op, Resolved};

pub(super) const RULE: Rule = declare!(
    "locking",
    "partition_attached_with_scan.rs",
    "partition-attached-with-scan",
    Warn,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::Attach { child, .. } = &change.op else { return None };
    let later = change.certainty == Certainty::Deferred;
    // `INHERIT` reads nothing.
    if later || !begins(cx, change, "attach") || cx.is_unused(change, child) {
        return None;
    }
    let Resolved::Permanent(found) = cx.catalog.resolve(child) else { return None };
    let proven = cx.catalog.table(&found).is_some_and(|it| {
        let mut checks = it.constraints.values();
        checks.any(|it| matches!(it.kind, ConstraintKind::Check(_)) && it.validated)
    });
    if proven {
        return None;
    }
    let (name, sql) = (cx.name(child), found.sql());
    let message =
        format!("nobody can read or write `{name}` while every row of it is checked for this");
    Some(cx.finding(change, &name, message).help(format!(
        "add a check to {sql} that says what the bounds say, `not valid`, and validate it in a migration of its own before this one"
    )))
}
