//! # opaque-statement
//!
//! A statement that cannot be read beforehand can do anything.
//!
//! That is SQL which Postgres would refuse too (and `psql` goes on after it), a statement that is computed when it
//! runs, a function in a language that is not read, a command of `psql`, a text that runs in another session. Constant
//! texts, and those that `format` and a loop make of constants alone, are read and judged as what they say.
//!
//! ## Fails
//!
//! ```sql
//! do $$ declare it record; begin
//!   for it in select tablename from pg_tables where schemaname = 'public' loop
//!     execute format('drop table %I', it.tablename);
//!   end loop;
//! end $$;
//! ```
//!
//! ```sql
//! create tabel notes (id bigint);
//! ```
//!
//! ```text
//! error[opaque-statement]: this is not a statement that Postgres knows
//!   ╭▸ prisma/migrations/20260101000000_example/migration.sql:1:1
//!   │
//! 1 │ create tabel notes (id bigint);
//!   │ ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
//!   │
//!   ├ note: by default, `opaque-statement` is denied
//!   ├ help: correct the statement; `psql` goes on after an error, so the rest of the file would still run
//!   ╰ explain: sprag explain opaque-statement
//! ```
//!
//! ```sql
//! \i other.sql
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table tags (id bigint primary key);
//! create table marks (id bigint primary key);
//! do $$ declare name text; begin
//!   foreach name in array array['tags', 'marks'] loop
//!     execute format('alter table %I enable row level security', name);
//!   end loop;
//! end $$;
//! ```
//!
//! ```sql
//! do $$ begin
//!   create type mood as enum ('good', 'bad');
//! exception when duplicate_object then null;
//! end $$;
//! ```
//!
//! ```sql
//! comment on table users is '\i is only text here';
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op};

pub(super) const RULE: Rule =
    declare!("unreadable", "opaque_statement.rs", "opaque-statement", Deny, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::Opaque { why, help } = &change.op else { return None };
    let path = cx.migration.path.to_string();
    Some(cx.finding(change, path, why.as_str()).help(help.as_str()))
}
