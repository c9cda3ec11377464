//! # set-not-null-scans
//!
//! `SET NOT NULL` reads the whole table while nobody else can read or write it, unless a check has proven it before.
//!
//! A check `(column is not null)` that is added `NOT VALID` and validated in a later migration is proof: then nothing is
//! read.
//!
//! ## Fails
//!
//! ```sql
//! alter table users alter column age set not null;
//! ```
//!
//! ```text
//! warning[set-not-null-scans]: nobody can read or write `public.users` while every row of it is checked for this
//!   ╭▸ prisma/migrations/20260101000000_example/migration.sql:1:19
//!   │
//! 1 │ alter table users alter column age set not null;
//!   │                   ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
//!   │
//!   ├ note: by default, `set-not-null-scans` is warned about
//!   ├ help: prove it first: `alter table public.users add constraint users_age_set check (age is not null) not valid;`, then `alter table public.users validate constraint users_age_set;` in a migration of its own, then this
//!   ╰ explain: sprag explain set-not-null-scans
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table users (id bigint primary key, age integer, constraint users_age_set check (age is not null));
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users alter column age set not null;
//! ```
//!
//! ```sql
//! create table notes (id bigint primary key, author bigint);
//! alter table notes enable row level security;
//! alter table notes alter column author set not null;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Certainty, Change, Op, Resolved, Shown, quoted};

pub(super) const RULE: Rule =
    declare!("locking", "set_not_null_scans.rs", "set-not-null-scans", Warn, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::SetNotNull { table, column } = &change.op else { return None };
    let later = change.certainty == Certainty::Deferred;
    if later || cx.is_unused(change, table) || cx.catalog.is_proven(table, column) {
        return None;
    }
    let Resolved::Permanent(found) = cx.catalog.resolve(table) else { return None };
    let known = cx.catalog.table(&found);
    // It is so already.
    if known.is_some_and(|it| it.columns.get(column).is_some_and(|it| it.not_null)) {
        return None;
    }
    let (name, sql) = (cx.name(table), cx.sql_name(table));
    let (column, check) = (quoted(column), quoted(&format!("{}_{column}_set", found.name)));
    let message =
        format!("nobody can read or write `{name}` while every row of it is checked for this");
    let subject = format!("{name}.{}", Shown(column.trim_matches('"')));
    Some(cx.finding(change, subject, message).help(format!(
        "prove it first: `alter table {sql} add constraint {check} check ({column} is not null) not valid;`, then `alter table {sql} validate constraint {check};` in a migration of its own, then this"
    )))
}
