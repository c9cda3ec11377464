//! # missing-foreign-key
//!
//! A column that is named after a table, and does not refer to it, may hold the id of a row that is gone.
//!
//! Judged by its name and its type: `user_id` where there is a table `users` or `user` whose primary key has the same type.
//!
//! ## Fails
//!
//! ```sql before
//! create table users (id bigint primary key);
//! create table orders (id bigint primary key);
//! alter table users enable row level security;
//! alter table orders enable row level security;
//! ```
//!
//! ```sql
//! alter table orders add column user_id bigint;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table users (id bigint primary key);
//! create table orders (id bigint primary key);
//! alter table users enable row level security;
//! alter table orders enable row level security;
//! ```
//!
//! ```sql
//! alter table orders add column user_id bigint references users (id);
//! ```
//!
//! ```sql before
//! create table users (id bigint primary key);
//! create table orders (id bigint primary key);
//! alter table users enable row level security;
//! alter table orders enable row level security;
//! ```
//!
//! ```sql
//! alter table orders add column external_user_id bigint, add column user_id text;
//! ```

use super::each_table;
use super::typed::base;
use crate::rules::{Check, Finding, Rule, State, declare};
use crate::schema::{Column, ConstraintKind, RelationKind, Shown, Table, TableName, quoted};

pub(super) const RULE: Rule =
    declare!("design", "missing_foreign_key.rs", "missing-foreign-key", Allow, Check::State(check));

fn check(state: &State<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    each_table(state, |name, table| {
        if table.kind != RelationKind::Table || table.parent.is_some() {
            return;
        }
        for (column, it) in &table.columns {
            let recent = state.everything || state.catalog.is_recent(&it.born);
            let Some(at) = it.born.at.as_ref().filter(|_| recent) else { continue };
            let Some(target) = meant(state, name, column, it).filter(|_| !refers(table, column))
            else {
                continue;
            };
            let message =
                format!("`{name}.{}` may name a row of `{target}` that is gone", Shown(column));
            findings.push(
                Finding::new(format!("{name}.{}", Shown(column)), at.clone(), message)
                    .evidence(&format!("column {column}"))
                    .help(format!(
                        "add `foreign key ({}) references {}`",
                        quoted(column),
                        target.sql()
                    )),
            );
        }
    });
    findings
}

/// The table that the column is named after.
fn meant(state: &State<'_>, table: &TableName, name: &str, column: &Column) -> Option<TableName> {
    let word = name.strip_suffix("_id").or_else(|| name.strip_suffix("Id"))?;
    let plural = [format!("{word}s"), format!("{word}es"), word.to_owned()];
    let targets = plural.iter().map(|it| TableName::new(table.schema.as_str(), it.as_str()));
    targets.into_iter().find(|target| {
        let found = state.catalog.table(target);
        found.is_some_and(|it| {
            let Some([key]) = it.primary_key() else { return false };
            it.columns.get(key).is_some_and(|it| plain(&it.data_type) == plain(&column.data_type))
        })
    })
}

fn refers(table: &Table, column: &str) -> bool {
    table.constraints.values().any(|it| match &it.kind {
        ConstraintKind::ForeignKey(key) => key.columns.iter().any(|it| it == column),
        _ => false,
    })
}

/// A serial type as the type of what it numbers.
fn plain(data_type: &str) -> &str {
    match base(data_type) {
        "serial" | "serial4" => "integer",
        "bigserial" | "serial8" => "bigint",
        other => other,
    }
}
