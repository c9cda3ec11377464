//! # reset-sequence
//!
//! A sequence that is set to a fixed number can hand out numbers that rows have already.
//!
//! Then inserts fail, or a number that others wrote down means another row. It passes where the number is worked out
//! from the rows: `setval('t_id_seq', (select max(id) from t))`. Counting backwards comes to the same, and a `maxvalue`
//! that is soon reached leaves no number at all.
//!
//! ## Fails
//!
//! ```sql before
//! create table users (id bigserial primary key);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter sequence users_id_seq restart with 1;
//! ```
//!
//! ```sql before
//! create table users (id bigserial primary key);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! select setval('users_id_seq', 1, false);
//! ```
//!
//! ```sql before
//! create table users (id bigserial primary key);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter sequence users_id_seq increment by -1;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table users (id bigserial primary key);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! select setval('users_id_seq', (select coalesce(max(id), 1) from users));
//! ```
//!
//! ```sql
//! create table tickets (id bigserial primary key);
//! alter table tickets enable row level security;
//! alter sequence tickets_id_seq restart with 1000;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Certainty, Change, ObjectName, Op};

pub(super) const RULE: Rule =
    declare!("destructive", "reset_sequence.rs", "reset-sequence", Approve, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::ResetSequence { name } = &change.op else { return None };
    if change.certainty == Certainty::Deferred || is_new(cx, name) {
        return None;
    }
    let name = cx.catalog.resolve_sequence(name);
    let message =
        format!("`{name}` can hand out numbers again that rows have already, or none any more");
    let finding = cx.finding(change, name.to_string(), message);
    Some(finding.help(format!(
        "work the number out from the rows: `select setval('{}', (select max(…) from …));`",
        name.sql()
    )))
}

/// Made by the change set at hand, by itself or with a column of a new table.
pub(super) fn is_new(cx: &Context<'_>, name: &ObjectName) -> bool {
    let resolved = cx.catalog.resolve_sequence(name);
    if let Some(born) = cx.catalog.sequence(&resolved) {
        return cx.catalog.is_new_born(&born);
    }
    let ends = resolved.name.match_indices('_').map(|(at, _)| at);
    ends.filter_map(|end| resolved.name.get(..end)).any(|table| {
        cx.catalog.is_new(
            &cx.catalog.resolve_permanent(&ObjectName {
                schema: name.schema.clone(),
                name: table.to_owned(),
            }),
        )
    })
}
