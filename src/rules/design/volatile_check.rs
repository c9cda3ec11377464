//! # volatile-check
//!
//! A check that asks for the time, or for a random number, held when the row was written and need not hold now.
//!
//! Postgres looks at it only when a row is written. A dump of such a table may not be restored: its rows are checked again.
//!
//! ## Fails
//!
//! ```sql
//! alter table sessions add constraint sessions_open check (expires_at > now()) not valid;
//! ```
//!
//! ```sql
//! create table bookings (id bigint primary key, day date check (day >= current_date));
//! alter table bookings enable row level security;
//! ```
//!
//! ## Passes
//!
//! What was past stays past.
//!
//! ```sql
//! alter table sessions add constraint sessions_begun check (expires_at <= now()) not valid;
//! ```
//!
//! ```sql
//! alter table sessions add constraint sessions_late check (expires_at > '2020-01-01') not valid;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Certainty, Change, ConstraintKind, NewConstraint, ObjectName, Op};

pub(super) const RULE: Rule =
    declare!("design", "volatile_check.rs", "volatile-check", Warn, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    if change.certainty == Certainty::Deferred {
        return None;
    }
    let (table, constraints): (&ObjectName, &[NewConstraint]) = match &change.op {
        Op::CreateTable(new) => (&new.name, &new.constraints),
        Op::AddColumn { table, constraints, .. } => (table, constraints),
        Op::AddConstraint { table, constraint } => (table, std::slice::from_ref(constraint)),
        _ => return None,
    };
    let (constraint, call) = constraints.iter().find_map(|it| {
        let ConstraintKind::Check(condition) = &it.kind else { return None };
        let text = condition.text.to_ascii_lowercase();
        let changes = |it: &&String| is_volatile(it) && !only_in_the_past(&text, it);
        Some((it, condition.calls.iter().find(changes)?))
    })?;
    let name = cx.catalog.resolve_permanent(table).to_string();
    let message = format!(
        "`{call}` is asked when a row is written, so what is in `{name}` need not meet this check"
    );
    let finding = cx.finding_at(change, &constraint.at, name, message);
    Some(finding.help(
        "check it in a trigger or in the application, or compare with another column of the row",
    ))
}

/// Whether something must lie before the moment of the call, wherever it is called: that stays so.
fn only_in_the_past(text: &str, call: &str) -> bool {
    let mut before = text.match_indices(call).map(|(at, _)| text[..at].trim_end());
    before.all(|it| it.ends_with('<') || it.ends_with("<="))
}

/// Functions of Postgres whose answer changes by itself (`pg_proc.provolatile` is not `i`).
fn is_volatile(call: &str) -> bool {
    let name = call.strip_prefix("pg_catalog.").unwrap_or(call);
    matches!(
        name,
        "now"
            | "current_date"
            | "current_time"
            | "current_timestamp"
            | "localtime"
            | "localtimestamp"
            | "clock_timestamp"
            | "statement_timestamp"
            | "transaction_timestamp"
            | "timeofday"
            | "random"
            | "gen_random_uuid"
            | "current_user"
            | "session_user"
    )
}
