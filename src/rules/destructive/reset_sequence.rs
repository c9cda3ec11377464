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
//! create temp sequence users_id_seq;
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
//! A temporary table takes its sequences with it.
//!
//! ```sql
//! create temp table picked (id serial, label text);
//! alter sequence picked_id_seq restart with 10;
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
    let ends = resolved.name.match_indices('_').map(|(at, _)| at);
    let temporary = resolved.schema == "pg_temp";
    let mut owners = ends.filter_map(|end| resolved.name.get(..end)).map(|table| {
        let schema = name.schema.clone().filter(|_| !temporary);
        cx.catalog.resolve_permanent(&ObjectName { schema, name: table.to_owned() })
    });
    match cx.catalog.sequence(&resolved) {
        // It may have gone before this runs, and an older table may have one of that name.
        Some(born) if temporary => {
            let older = owners.any(|it| cx.catalog.table(&it).is_some() && !cx.catalog.is_new(&it));
            cx.catalog.is_new_born(&born) && !older
        }
        Some(born) => cx.catalog.is_new_born(&born),
        None => owners.any(|it| cx.catalog.is_new(&it)),
    }
}
