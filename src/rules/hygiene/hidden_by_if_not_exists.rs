//! # hidden-by-if-not-exists
//!
//! `if not exists` finds a thing of that name and does nothing, though what it would have created is another.
//!
//! A table of that name without the new columns stays without them, an index of that name over other columns stays as
//! it is, and the migration counts as applied.
//!
//! ## Fails
//!
//! ```sql before
//! create table users (id bigint primary key, email text);
//! create index users_idx on users (id);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! create table if not exists users (id bigint primary key, email text, nick text);
//! ```
//!
//! ```sql before
//! create table users (id bigint primary key, email text);
//! create index users_idx on users (id);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! create index if not exists users_idx on users (email);
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table users (id bigint primary key, email text);
//! create index users_idx on users (id);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! create table if not exists users (id bigint primary key, email text);
//! create index if not exists users_idx on users (id);
//! create index if not exists users_email_idx on users (email);
//! ```

use super::is_followed;
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Guard, NewIndex, NewTable, Op, Resolved, Shown, TableName};

pub(super) const RULE: Rule = declare!(
    "hygiene",
    "hidden_by_if_not_exists.rs",
    "hidden-by-if-not-exists",
    Warn,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let finding = match &change.op {
        Op::CreateTable(new) if new.guard == Guard::IfNotExists => table(cx, change, new),
        Op::CreateIndex(new) if new.guard == Guard::IfNotExists => index(cx, change, new),
        _ => None,
    };
    finding.filter(|_| is_followed(cx, change))
}

fn table(cx: &Context<'_>, change: &Change, new: &NewTable) -> Option<Finding> {
    let Resolved::Permanent(name) = cx.catalog.resolve(&new.name) else { return None };
    let there = cx.catalog.table(&name)?;
    let missing = new.columns.iter().find(|it| !there.columns.contains_key(&it.name))?;
    let (column, sql) = (Shown(&missing.name), name.sql());
    let message =
        format!("`{name}` is there and has no `{column}`, and this statement does not add it");
    let finding = cx.finding_at(change, &missing.at, name.to_string(), message);
    Some(finding.help(format!("write `alter table {sql} add column {column} …;`")))
}

fn index(cx: &Context<'_>, change: &Change, new: &NewIndex) -> Option<Finding> {
    let table = cx.catalog.resolve_permanent(&new.table);
    let name = TableName::new(table.schema.as_str(), new.name.as_ref()?);
    let there = cx.catalog.index(&name)?;
    let same = there.table == table
        && there.unique == new.unique
        && there.method == new.method
        && there.keys.iter().map(|it| &it.text).eq(new.keys.iter().map(|it| &it.text))
        && there.predicate.as_ref().map(|it| &it.text) == new.predicate.as_ref().map(|it| &it.text);
    if same {
        return None;
    }
    let message = format!("`{name}` is there as another index, and stays as it is");
    let finding = cx.finding_at(change, &new.at, name.to_string(), message);
    Some(finding.help("give the new index a name of its own"))
}
