//! # foreign-key-without-index
//!
//! Without an index on its columns, a foreign key reads the whole table whenever a row it refers to is deleted or changed.
//!
//! Postgres makes an index for what is referred to, never for what refers. The columns may come first, in any order, in an
//! index, a primary key or a unique constraint. Prisma makes none either: write `@@index([user_id])`.
//!
//! ## Fails
//!
//! ```sql
//! create table invoices (id bigint primary key, user_id bigint references users (id));
//! alter table invoices enable row level security;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table invoices (id bigint primary key, user_id bigint references users (id));
//! alter table invoices enable row level security;
//! create index invoices_user_id_idx on invoices (user_id);
//! ```
//!
//! ```sql
//! create table invoices (id bigint primary key, user_id bigint references users (id));
//! alter table invoices enable row level security;
//! create index invoices_user_idx on invoices (user_id, id) where user_id is not null;
//! ```
//!
//! Another action makes no new key of an old one.
//!
//! ```sql before
//! create table teams (id bigint primary key);
//! create table invoices (id bigint primary key, team_id bigint references teams (id));
//! alter table teams enable row level security;
//! alter table invoices enable row level security;
//! ```
//!
//! ```sql
//! alter table invoices drop constraint invoices_team_id_fkey;
//! alter table invoices add constraint invoices_team_id_fkey foreign key (team_id) references teams (id) on delete set null;
//! ```
//!
//! ```sql
//! create table profiles (user_id bigint primary key references users (id));
//! alter table profiles enable row level security;
//! ```

use super::each_table;
use super::indexed::leads;
use crate::rules::{Check, Finding, Rule, State, declare};
use crate::schema::{ConstraintKind, ForeignKey, Shown, Table, quoted};

pub(super) const RULE: Rule = declare!(
    "design",
    "foreign_key_without_index.rs",
    "foreign-key-without-index",
    Warn,
    Check::State(check)
);

fn check(state: &State<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    each_table(state, |name, table| {
        let before = state.catalog.table_before(name).filter(|_| !state.everything);
        let is_old = |key: &ForeignKey| before.as_ref().is_some_and(|it| has(it, key));
        for (constraint, it) in &table.constraints {
            let ConstraintKind::ForeignKey(key) = &it.kind else { continue };
            let recent = state.everything || state.catalog.is_recent(&it.born);
            let Some(at) = it.born.at.as_ref().filter(|_| recent) else { continue };
            let indexed = leads(state.catalog, name, table, &key.columns);
            if key.columns.is_empty() || indexed || is_old(key) {
                continue;
            }
            let columns: Vec<String> = key.columns.iter().map(|it| quoted(it)).collect();
            let columns = columns.join(", ");
            let message =
                format!("whenever a row of `{}` goes, all of `{name}` is read", key.target);
            let index = format!("create index on {} ({columns});", name.sql());
            findings.push(
                Finding::new(format!("{name}.{}", Shown(constraint)), at.clone(), message)
                    .evidence(&format!("foreign key {columns}"))
                    .help(format!("add an index: `{index}`")),
            );
        }
    });
    findings
}

/// Whether the columns referred to the same table.
fn has(table: &Table, key: &ForeignKey) -> bool {
    table.constraints.values().any(|it| match &it.kind {
        ConstraintKind::ForeignKey(it) => it.columns == key.columns && it.target == key.target,
        _ => false,
    })
}
