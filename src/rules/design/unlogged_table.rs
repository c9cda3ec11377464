//! # unlogged-table
//!
//! An unlogged table is empty after a crash, and is not on any replica.
//!
//! Postgres does not write it to its log, so it is faster, and so a restart that was not planned truncates it.
//!
//! ## Fails
//!
//! ```sql
//! create unlogged table counters (id bigint primary key, hits bigint);
//! alter table counters enable row level security;
//! ```
//!
//! ```sql
//! alter table sessions set unlogged;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table counters (id bigint primary key, hits bigint);
//! alter table counters enable row level security;
//! alter table sessions set logged;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op};

pub(super) const RULE: Rule =
    declare!("design", "unlogged_table.rs", "unlogged-table", Warn, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let name = match &change.op {
        Op::CreateTable(new) if new.unlogged => &new.name,
        Op::SetStorage { table, what } if what == "set unlogged" => table,
        _ => return None,
    };
    let name = cx.catalog.resolve_permanent(name).to_string();
    let message = format!("after a crash `{name}` is empty, and replicas never have it");
    let help = "leave `unlogged` out, unless what is in it can be made again at any time";
    Some(cx.finding(change, name, message).help(help))
}
