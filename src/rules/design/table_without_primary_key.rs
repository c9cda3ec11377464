//! # table-without-primary-key
//!
//! The rows of a table without a primary key cannot be told apart: not by a client, not by a replica.
//!
//! Prisma refuses to use such a table, logical replication refuses its updates, and two rows that are alike can only be
//! deleted together. Judged is what the whole change leaves behind.
//!
//! ## Fails
//!
//! ```sql
//! create table logs (id bigint, line text);
//! alter table logs enable row level security;
//! ```
//!
//! ```sql
//! create table tokens (email text not null, token text);
//! create unique index tokens_email_token_key on tokens (email, token);
//! alter table tokens enable row level security;
//! ```
//!
//! ```sql
//! create table wanted as select id from users;
//! alter table wanted enable row level security;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table logs (id bigint, line text);
//! alter table logs enable row level security;
//! alter table logs add primary key (id);
//! ```
//!
//! Partitions have the key of their parent.
//!
//! ```sql
//! create table events_2025 partition of events for values from ('2025-01-01') to ('2026-01-01');
//! alter table events_2025 enable row level security;
//! ```
//!
//! A unique index over columns that have a value in every row tells them apart as well.
//!
//! ```sql
//! create table tokens (email text not null, token text not null);
//! create unique index tokens_email_token_key on tokens (email, token);
//! alter table tokens enable row level security;
//! ```
//!
//! Prisma's own join tables had a unique index instead.
//!
//! ```sql
//! create table "_CategoryToPost" ("A" bigint not null, "B" bigint not null);
//! create unique index "_CategoryToPost_AB_unique" on "_CategoryToPost" ("A", "B");
//! alter table "_CategoryToPost" enable row level security;
//! ```

use super::each_table;
use crate::rules::{Check, Finding, Rule, State, declare};
use crate::schema::{ConstraintKind, IndexKey, RelationKind, Table, TableName};

pub(super) const RULE: Rule = declare!(
    "design",
    "table_without_primary_key.rs",
    "table-without-primary-key",
    Warn,
    Check::State(check)
);

fn check(state: &State<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    each_table(state, |name, table| {
        let recent = state.everything || state.catalog.is_recent(&table.born);
        let Some(at) = table.born.at.as_ref().filter(|_| recent) else { return };
        if table.kind != RelationKind::Table || has_key(state, name, table) {
            return;
        }
        let message = format!("the rows of `{name}` cannot be told apart: it has no primary key");
        findings.push(
            Finding::new(name.to_string(), at.clone(), message)
                .evidence(&format!("create table {name}"))
                .help("add a primary key: `id bigint generated always as identity primary key`"),
        );
    });
    findings
}

fn has_key(state: &State<'_>, name: &TableName, table: &Table) -> bool {
    let joins = || {
        let columns: Vec<&str> = table.columns.keys().map(String::as_str).collect();
        name.name.starts_with('_') && columns == ["A", "B"]
    };
    let parent = || {
        let parent = table.parent.as_ref().and_then(|it| state.catalog.table(it));
        table.parent.is_some()
            && parent.is_none_or(|it| it.partitioned || it.primary_key().is_some())
    };
    table.primary_key().is_some() || joins() || parent() || is_unique(state, name, table)
}

/// Whether a unique key has a value in every row.
fn is_unique(state: &State<'_>, name: &TableName, table: &Table) -> bool {
    let set = |it: &str| table.columns.get(it).is_some_and(|it| it.not_null);
    let constraint = table.constraints.values().any(|it| match &it.kind {
        ConstraintKind::Unique { columns, .. } => {
            !columns.is_empty() && columns.iter().all(|it| set(it))
        }
        _ => false,
    });
    constraint
        || state.catalog.indexes_of(name, table).iter().any(|(_, it)| {
            let named = |it: &IndexKey| it.column.as_deref().is_some_and(set);
            let whole = it.unique && it.predicate.is_none() && !it.keys.is_empty();
            whole && it.keys.iter().all(named)
        })
}
