//! # drop-index-without-concurrently
//!
//! `DROP INDEX` waits for every query on the table, and every later query waits behind it.
//!
//! The drop itself is short; the wait is as long as the longest query that runs at that moment. `DROP INDEX
//! CONCURRENTLY` makes nobody wait, and needs a migration of its own.
//!
//! ## Fails
//!
//! ```sql
//! drop index users_email_idx;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! drop index concurrently users_email_idx;
//! ```
//!
//! ```sql
//! create table notes (id bigint primary key, author bigint);
//! alter table notes enable row level security;
//! create index notes_author_idx on notes (author);
//! drop index notes_author_idx;
//! ```

use super::is_partitioned;
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Certainty, Change, Op};

pub(super) const RULE: Rule = declare!(
    "locking",
    "drop_index_without_concurrently.rs",
    "drop-index-without-concurrently",
    Allow,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::DropIndex { name, concurrently: false, .. } = &change.op else { return None };
    let table = cx.catalog.table_of_index(name);
    let spared = table.as_ref().is_some_and(|it| {
        // An index of a partitioned table can be dropped in no other way.
        cx.is_unused(change, it) || is_partitioned(cx, it)
    });
    if spared || change.certainty == Certainty::Deferred {
        return None;
    }
    let whom = table.map_or_else(|| "its table".to_owned(), |it| format!("`{}`", cx.name(&it)));
    let index = cx.catalog.resolve_index(name);
    let message =
        format!("every query on {whom} waits while this waits for those that run already");
    Some(cx.finding(change, index.to_string(), message).help(format!(
        "write `drop index concurrently {};`, in a migration of its own",
        index.sql()
    )))
}
