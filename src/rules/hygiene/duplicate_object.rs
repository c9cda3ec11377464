//! # duplicate-object
//!
//! A statement that creates what is there already fails, and the migration stops there or goes on without it.
//!
//! `psql` goes on, so the old thing stays as it was; Prisma stops, and leaves the migration failed. Judged by what the
//! migrations before it have created for certain.
//!
//! ## Fails
//!
//! ```sql before
//! create table users (id bigint primary key, email text);
//! alter table users enable row level security;
//! create policy "own rows" on users for select using (id = 1);
//! create index users_email_idx on users (email);
//! ```
//!
//! ```sql
//! create policy "own rows" on users for select using (id = 2);
//! ```
//!
//! ```sql before
//! create table users (id bigint primary key, email text);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users add column email text;
//! ```
//!
//! ```sql before
//! create table users (id bigint primary key);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! create table users (id bigint primary key, email text);
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table users (id bigint primary key, email text);
//! alter table users enable row level security;
//! create policy "own rows" on users for select using (id = 1);
//! create index users_email_idx on users (email);
//! ```
//!
//! ```sql
//! drop policy "own rows" on users;
//! create policy "own rows" on users for select using (id = 2);
//! create index if not exists users_email_idx on users (email);
//! alter table users add column if not exists email text;
//! ```

use super::is_followed;
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{
    Born, Change, Guard, ObjectName, Op, Persistence, Resolved, Shown, Table, TableName,
};

pub(super) const RULE: Rule =
    declare!("hygiene", "duplicate_object.rs", "duplicate-object", Deny, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (subject, what) = there(cx, &change.op).filter(|_| is_followed(cx, change))?;
    let message = format!("{what} is there already, so this statement fails");
    let help = "take the statement out, or change what is there instead of creating it";
    Some(cx.finding(change, subject, message).help(help))
}

/// What is to be created and exists for certain: its name, and what it is.
fn there(cx: &Context<'_>, op: &Op) -> Option<(String, String)> {
    match op {
        Op::CreateTable(new) if new.persistence == Persistence::Permanent => {
            let free = new.guard == Guard::IfNotExists || new.replaces;
            if free || !cx.catalog.is_findable(&new.name) {
                return None;
            }
            let schema = cx.catalog.created_in(&new.name);
            let name = TableName::new(schema, new.name.name.as_str());
            let table = cx.catalog.table(&name)?;
            table.born.sure.then(|| (name.to_string(), format!("`{name}`")))
        }
        Op::AddColumn { table, column, guard: Guard::None, .. } => {
            part(cx, table, "column", &column.name, |it| Some(&it.columns.get(&column.name)?.born))
        }
        Op::CreatePolicy { table, name, .. } => {
            part(cx, table, "policy", name, |it| Some(&it.policies.get(name)?.born))
        }
        Op::CreateTrigger { table, name, replaces: false, .. } => {
            part(cx, table, "trigger", name, |it| Some(&it.triggers.get(name)?.born))
        }
        Op::AddConstraint { table, constraint } => {
            let name = constraint.name.as_ref()?;
            part(cx, table, "constraint", name, |it| Some(&it.constraints.get(name)?.born))
        }
        Op::CreateIndex(index) if index.guard == Guard::None => {
            let Resolved::Permanent(table) = cx.catalog.resolve(&index.table) else { return None };
            let name = TableName::new(table.schema, index.name.as_ref()?);
            let found = cx.catalog.index(&name)?;
            found.born.sure.then(|| (name.to_string(), format!("an index `{name}`")))
        }
        Op::CreateType { name, .. } if cx.catalog.is_findable(name) => {
            let name = TableName::new(cx.catalog.created_in(name), name.name.as_str());
            let found = cx.catalog.data_type(&name)?;
            found.born.sure.then(|| (name.to_string(), format!("a type `{name}`")))
        }
        _ => None,
    }
}

/// Something of a table that has a name of its own in it.
fn part(
    cx: &Context<'_>,
    table: &ObjectName,
    kind: &str,
    name: &str,
    born: impl FnOnce(&Table) -> Option<&Born>,
) -> Option<(String, String)> {
    let Resolved::Permanent(table) = cx.catalog.resolve(table) else { return None };
    let found = cx.catalog.table(&table)?;
    if found.somewhere || !born(&found)?.sure {
        return None;
    }
    let name = Shown(name);
    Some((format!("{table}.{name}"), format!("a {kind} `{name}` of `{table}`")))
}
