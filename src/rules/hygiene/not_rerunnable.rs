//! # not-rerunnable
//!
//! A migration that failed half way is run again from its beginning, and stops at the first thing that it made.
//!
//! `if not exists` and `or replace` let it go on. Where a tool applies a file as one transaction, nothing is left of a
//! failure and this is not needed.
//!
//! ## Fails
//!
//! ```sql
//! create table logs (id bigint primary key);
//! alter table logs enable row level security;
//! ```
//!
//! ```sql
//! alter table users add column nick text;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table if not exists logs (id bigint primary key);
//! alter table logs enable row level security;
//! alter table users add column if not exists nick text;
//! create index if not exists users_nick_idx on users (nick);
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Certainty, Change, Guard, Op, Persistence};

pub(super) const RULE: Rule =
    declare!("hygiene", "not_rerunnable.rs", "not-rerunnable", Allow, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (what, name) = match &change.op {
        Op::CreateTable(new)
            if new.guard == Guard::None
                && !new.replaces
                && new.persistence == Persistence::Permanent =>
        {
            ("create table", new.name.to_string())
        }
        Op::CreateIndex(new) if new.guard == Guard::None => {
            ("create index", new.name.clone().unwrap_or_else(|| new.table.to_string()))
        }
        Op::AddColumn { table, column, guard: Guard::None, .. } => {
            ("add column", format!("{table}.{}", column.name))
        }
        Op::CreateSequence { name, guard: Guard::None } => ("create sequence", name.to_string()),
        Op::CreateSchema { name, guard: Guard::None } => ("create schema", name.clone()),
        _ => return None,
    };
    // What is in a transaction of its own, or in a branch that asks, may say it without.
    if change.certainty != Certainty::Sure || cx.catalog.in_transaction() {
        return None;
    }
    let message = format!("run a second time, this stops at `{}`", crate::schema::Shown(&name));
    Some(cx.finding(change, name, message).help(format!("write `{what} if not exists`")))
}
