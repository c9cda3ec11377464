//! # drop-table
//!
//! Dropping a table deletes its rows for good and breaks every client that still reads it.
//!
//! Leave the table where it is and stop using it. What this very change created may go again, and so may temporary
//! tables.
//!
//! ## Fails
//!
//! ```sql
//! drop table users;
//! ```
//!
//! ```text
//! error[drop-table]: `public.users` and all its rows are gone after this
//!   ╭▸ prisma/migrations/20260101000000_example/migration.sql:1:12
//!   │
//! 1 │ drop table users;
//!   │            ━━━━━
//!   │
//!   ├ note: by default, `drop-table` is denied
//!   ├ help: leave `public.users` in place and stop using it; schema changes here only add
//!   ╰ explain: sprag explain drop-table
//! ```
//!
//! `IF EXISTS` does not make it harmless, and neither does creating a table of that name that may be there already.
//!
//! ```sql
//! create table if not exists users (id bigint);
//! drop table if exists users;
//! ```
//!
//! A fresh name does not make it a fresh table.
//!
//! ```sql before
//! create table users (id bigint);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! create table t1 (id bigint);
//! alter table t1 rename to t2;
//! alter table users rename to t1;
//! drop table t1;
//! ```
//!
//! A temporary table that may have been renamed leaves it open which table a name means.
//!
//! ```sql
//! create temp table picked (id bigint);
//! do $$ begin if now() > '2026-01-01' then alter table picked rename to people; end if; end $$;
//! drop table people;
//! ```
//!
//! ## Passes
//!
//! Nobody can be using a table that the same change created.
//!
//! ```sql
//! create table drafts (id bigint primary key);
//! drop table drafts;
//! ```
//!
//! ```sql
//! create temp table picked as select 1 as id;
//! drop table picked;
//! ```
//!
//! A temporary table stays one under another name.
//!
//! ```sql
//! create temp table found (id bigint);
//! alter table found rename to picked;
//! drop table picked;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Cascade, Change, Op, RoleOp};

pub(super) const RULE: Rule =
    declare!("destructive", "drop_table.rs", "drop-table", Deny, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    if let Op::Role(RoleOp::DropOwned { roles }) = &change.op {
        let message =
            format!("everything that {roles} owns is gone after this, tables with their rows too");
        let finding = cx.finding(change, format!("owned by {roles}"), message);
        return Some(
            finding.help("name what must go, and let the owner of the data decide on each"),
        );
    }
    let Op::DropTable { name, cascade } = &change.op else { return None };
    if cx.is_new(change, name) {
        return None;
    }
    let table = cx.name(name);
    let more = match cascade {
        Cascade::Yes => ", and with it what depends on it",
        Cascade::No => "",
    };
    let finding =
        cx.finding(change, &table, format!("`{table}` and all its rows are gone after this{more}"));
    Some(
        finding.help(format!(
            "leave `{table}` in place and stop using it; schema changes here only add"
        )),
    )
}
