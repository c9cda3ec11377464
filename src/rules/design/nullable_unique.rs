//! # nullable-unique
//!
//! Rows without a value are never equal, so a unique column that may be empty may be empty many times.
//!
//! Where one row must be without, say `nulls not distinct` (Postgres 15); where none may, say `not null`.
//!
//! ## Fails
//!
//! ```sql before
//! create table users (id bigint primary key, email text not null, name text, age integer);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users add column handle text unique;
//! ```
//!
//! ```sql before
//! create table users (id bigint primary key, email text not null, name text, age integer);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! create unique index users_name_email_key on users (name, email);
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table handles (handle text not null unique, id bigint primary key);
//! alter table handles enable row level security;
//! ```
//!
//! ```sql before
//! create table users (id bigint primary key, email text not null, name text, age integer);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users add column handle text unique nulls not distinct;
//! ```
//!
//! ```sql before
//! create table users (id bigint primary key, email text not null, name text, age integer);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! create unique index users_email_key on users (email) where email is not null;
//! ```

use super::each_table;
use crate::rules::{Check, Finding, Rule, State, declare};
use crate::schema::{Born, ConstraintKind, Shown, Table};

pub(super) const RULE: Rule =
    declare!("design", "nullable_unique.rs", "nullable-unique", Allow, Check::State(check));

fn check(state: &State<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    each_table(state, |name, table| {
        let mut look = |unique: &str, columns: &[&str], born: &Born| {
            let recent = state.everything || state.catalog.is_recent(born);
            let Some(at) = born.at.as_ref().filter(|_| recent) else { return };
            let Some(column) = columns.iter().find(|it| may_be_null(table, it)) else { return };
            let column = format!("{name}.{}", Shown(column));
            let message = format!("rows in which `{column}` is null may be there twice");
            findings.push(
                Finding::new(format!("{name}.{}", Shown(unique)), at.clone(), message)
                    .evidence(&format!("unique {}", Shown(unique)))
                    .help("make the column `not null`, or the constraint `nulls not distinct`"),
            );
        };
        for (unique, it) in &table.constraints {
            if let ConstraintKind::Unique { columns, nulls_not_distinct: false } = &it.kind {
                let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
                look(unique, &columns, &it.born);
            }
        }
        for (unique, it) in state.catalog.indexes_of(name, table) {
            if it.unique && !it.nulls_not_distinct && it.predicate.is_none() {
                let columns: Vec<&str> =
                    it.keys.iter().filter_map(|it| it.column.as_deref()).collect();
                look(&unique, &columns, &it.born);
            }
        }
    });
    findings
}

fn may_be_null(table: &Table, column: &str) -> bool {
    let key = table.primary_key().is_some_and(|it| it.iter().any(|it| it == column));
    !key && table.columns.get(column).is_some_and(|it| !it.not_null)
}
