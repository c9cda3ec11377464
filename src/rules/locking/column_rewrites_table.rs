//! # column-rewrites-table
//!
//! A new column whose value is another for every row writes the whole table anew while nobody else can read or write it.
//!
//! That is a default like `gen_random_uuid()`, `serial`, `identity`, `generated … stored`, and a domain with a
//! constraint. A constant, and `now()`, which is one for the whole statement, are not written into the rows at all.
//!
//! ## Fails
//!
//! ```sql
//! alter table users add column token uuid not null default gen_random_uuid();
//! ```
//!
//! ```text
//! warning[column-rewrites-table]: nobody can read or write `public.users` while every row is written anew: `gen_random_uuid` is another for each
//!   ╭▸ prisma/migrations/20260101000000_example/migration.sql:1:19
//!   │
//! 1 │ alter table users add column token uuid not null default gen_random_uuid();
//!   │                   ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
//!   │
//!   ├ note: by default, `column-rewrites-table` is warned about
//!   ├ help: add it without a default, then `alter table public.users alter column token set default …;`, and fill old rows in batches
//!   ╰ explain: sprag explain column-rewrites-table
//! ```
//!
//! ```sql
//! alter table users add column number bigserial;
//! ```
//!
//! ```sql
//! alter table users add column older integer generated always as (age + 1) stored;
//! ```
//!
//! ```sql
//! create domain positive as integer check (value > 0);
//! alter table users add column height positive;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! alter table users add column seen_at timestamptz not null default now();
//! ```
//!
//! ```sql
//! alter table users add column token uuid;
//! alter table users alter column token set default gen_random_uuid();
//! ```
//!
//! ```sql
//! create table notes (id bigint primary key);
//! alter table notes enable row level security;
//! alter table notes add column token uuid default gen_random_uuid();
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Certainty, Change, Op, Rewrite, Shown, quoted};

pub(super) const RULE: Rule = declare!(
    "locking",
    "column_rewrites_table.rs",
    "column-rewrites-table",
    Warn,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::AddColumn { table, column, .. } = &change.op else { return None };
    if change.certainty == Certainty::Deferred || cx.is_unused(change, table) {
        return None;
    }
    let why = cx.catalog.rewrite(column)?;
    let (name, sql, new) = (cx.name(table), cx.sql_name(table), quoted(&column.name));
    let reason = match &why {
        Rewrite::Volatile(function) => format!("`{}` is another for each", Shown(function)),
        Rewrite::Numbered => "each gets a number".to_owned(),
        Rewrite::Computed => "each gets a computed value".to_owned(),
        Rewrite::Domain(domain) => format!("`{}` has a constraint", Shown(domain)),
    };
    let help = match &why {
        Rewrite::Computed => "compute it in a view or in the query, or keep it with a trigger and fill old rows in batches".to_owned(),
        Rewrite::Numbered => format!(
            "add it as `bigint` without a value, give it a sequence with `alter table {sql} alter column {new} set default nextval(…);`, and number old rows in batches"
        ),
        Rewrite::Volatile(_) => format!(
            "add it without a default, then `alter table {sql} alter column {new} set default …;`, and fill old rows in batches"
        ),
        Rewrite::Domain(_) => format!(
            "add it with the type below the domain, and a check on {sql} that is `not valid` at first"
        ),
    };
    let message =
        format!("nobody can read or write `{name}` while every row is written anew: {reason}");
    let subject = format!("{name}.{}", Shown(&column.name));
    Some(cx.finding(change, subject, message).help(help))
}
