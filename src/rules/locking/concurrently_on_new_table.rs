//! # concurrently-on-new-table
//!
//! On a table that the same change creates nobody waits for an index, so `CONCURRENTLY` only splits the migration.
//!
//! ## Fails
//!
//! ```sql
//! create table notes (id bigint primary key, author bigint);
//! alter table notes enable row level security;
//! create index concurrently notes_author_idx on notes (author);
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table notes (id bigint primary key, author bigint);
//! alter table notes enable row level security;
//! create index notes_author_idx on notes (author);
//! ```
//!
//! ```sql
//! create index concurrently users_name_idx on users (name);
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op};

pub(super) const RULE: Rule = declare!(
    "locking",
    "concurrently_on_new_table.rs",
    "concurrently-on-new-table",
    Warn,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::CreateIndex(index) = &change.op else { return None };
    if !index.concurrently || !cx.is_new(change, &index.table) {
        return None;
    }
    let table = cx.name(&index.table);
    let message = format!("nobody uses `{table}` yet, so `concurrently` gains nothing");
    Some(cx.finding(change, &table, message).help(
        "write `create index` without `concurrently`, in the migration that creates the table",
    ))
}
