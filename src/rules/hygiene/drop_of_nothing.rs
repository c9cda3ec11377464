//! # drop-of-nothing
//!
//! `drop … if exists` of a name that is not there does nothing, and what was meant stays.
//!
//! A policy that was to be closed stays open because of a letter in its name, and nobody is told. Only tables that the
//! migrations have created are judged, and only where something with nearly the same name is there.
//!
//! ## Fails
//!
//! ```sql before
//! create table notes (id bigint primary key);
//! alter table notes enable row level security;
//! create policy "Anyone can write notes" on notes for insert with check (id > 0);
//! ```
//!
//! ```sql
//! drop policy if exists "Anyone can write note" on notes;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table notes (id bigint primary key);
//! alter table notes enable row level security;
//! create policy "Anyone can write notes" on notes for insert with check (id > 0);
//! ```
//!
//! ```sql
//! drop policy if exists "Anyone can write notes" on notes;
//! ```
//!
//! What is created again right after may be absent the first time.
//!
//! ```sql before
//! create table notes (id bigint primary key);
//! alter table notes enable row level security;
//! create policy "Owners read notes" on notes for select using (id > 0);
//! ```
//!
//! ```sql
//! drop policy if exists "Owners read note" on notes;
//! create policy "Owners read note" on notes for select using (id > 0);
//! ```

use super::{is_followed, nearest};
use crate::rules::{Check, Context, Finding, Made, Rule, declare};
use crate::schema::{Change, Guard, ObjectName, Op, Resolved, Shown, Table};

pub(super) const RULE: Rule =
    declare!("hygiene", "drop_of_nothing.rs", "drop-of-nothing", Warn, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (table, kind, made, name): (&ObjectName, &str, Made, &str) = match &change.op {
        Op::DropPolicy { table, name, guard: Guard::IfExists } => {
            (table, "policy", Made::Policy, name)
        }
        Op::DropTrigger { table, name, guard: Guard::IfExists } => {
            (table, "trigger", Made::Trigger, name)
        }
        Op::DropConstraint { table, name, guard: Guard::IfExists, .. } => {
            (table, "constraint", Made::Constraint, name)
        }
        _ => return None,
    };
    let Resolved::Permanent(resolved) = cx.catalog.resolve(table) else { return None };
    let found = cx.catalog.table(&resolved).filter(|it| it.born.sure)?;
    let names = names(&found, made);
    let again = !cx.made_later(made, &format!("{}.{name}", table.name)).is_empty();
    if again || names.contains(&name) {
        return None;
    }
    // A list of all the names that a thing may have drops the one that it has.
    let dropped = |it: &&str| cx.ahead.drops(made, &format!("{}.{it}", table.name));
    let near = nearest(name, names.iter().copied().filter(|it| !dropped(it)))?;
    if !is_followed(cx, change) {
        return None;
    }
    let message = format!("`{resolved}` has no {kind} `{}`, so nothing is dropped", Shown(name));
    let subject = format!("{resolved}.{}", Shown(name));
    let help = format!("drop `{}`, if that is what was meant", Shown(near));
    Some(cx.finding(change, subject, message).help(help))
}

fn names(table: &Table, made: Made) -> Vec<&str> {
    match made {
        Made::Policy => table.policies.keys().map(String::as_str).collect(),
        Made::Trigger => table.triggers.keys().map(String::as_str).collect(),
        _ => table.constraints.keys().map(String::as_str).collect(),
    }
}
