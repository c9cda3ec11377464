//! # table-without-rls
//!
//! A new table in an exposed schema without row level security can be read and written by everyone who can reach the
//! API.
//!
//! Judged is the state that the whole change leaves behind, so `enable row level security` may stand anywhere after
//! the table, also in another migration of the same change. It counts only where it is certain to happen: not in a
//! branch of a `DO` block, not when it is rolled back. Row level security is not inherited: a partition, a `LIKE`, a
//! `CREATE TABLE … AS` needs its own. Which schemas are exposed, the policy says (`exposed-schemas`).
//!
//! ## Fails
//!
//! ```sql
//! create table notes (id bigint primary key);
//! ```
//!
//! ```text
//! error[table-without-rls]: `public.notes` is left without row level security: everyone who reaches the API can read and write it
//!   ╭▸ prisma/migrations/20260101000000_example/migration.sql:1:14
//!   │
//! 1 │ create table notes (id bigint primary key);
//!   │              ━━━━━
//!   │
//!   ├ note: by default, `table-without-rls` is denied
//!   ├ help: add `alter table public.notes enable row level security;` after it, and policies for those who may use it
//!   ├ fix: sprag fix --write
//!   ╰ explain: sprag explain table-without-rls
//! ```
//!
//! ```sql
//! select id, email into mails from users;
//! ```
//!
//! ```sql
//! create table events_2025 partition of events for values from ('2025-01-01') to ('2026-01-01');
//! ```
//!
//! ```sql
//! create table notes (id bigint);
//! do $$ begin if false then alter table notes enable row level security; end if; end $$;
//! ```
//!
//! ```sql
//! create table notes (id bigint);
//! alter table notes enable row level security;
//! drop table notes;
//! create table notes (id bigint);
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table notes (id bigint primary key);
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! create temp table picked (id bigint);
//! create table private.queue (id bigint);
//! ```
//!
//! ```sql
//! do $$ begin
//!   if not exists (select 1 from pg_tables where tablename = 'notes') then
//!     create table notes (id bigint);
//!     alter table notes enable row level security;
//!   end if;
//! end $$;
//! ```

use crate::rules::{Check, Finding, Rule, State, declare};
use crate::schema::{RelationKind, Table, TableName};

pub(super) const RULE: Rule =
    declare!("access", "table_without_rls.rs", "table-without-rls", Deny, Check::State(check));

fn check(state: &State<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut look = |name: &TableName, table: &Table| {
        let exposed = state.target.exposed_schemas.contains(&name.schema) || table.somewhere;
        let kind = matches!(table.kind, RelationKind::Table | RelationKind::ForeignTable);
        let ours = state.everything || state.catalog.is_recent(&table.born);
        // Where it was on and has been taken off, `disabled-rls` says so.
        let switched_off = table.disabled_at.is_some() && !state.catalog.is_recent(&table.born);
        let Some(at) = &table.born.at else { return };
        if exposed && kind && ours && !table.rls && !switched_off {
            findings.push(finding(state, name, table, at));
        }
    };
    if state.everything {
        for (name, table) in state.catalog.tables() {
            look(&name, &table);
        }
    } else {
        for (name, table) in state.catalog.touched_tables() {
            look(name, table);
        }
    }
    findings
}

fn finding(
    state: &State<'_>,
    name: &TableName,
    table: &Table,
    at: &crate::source::Span,
) -> Finding {
    let mut finding = Finding::new(
        name.to_string(),
        at.clone(),
        format!("`{name}` is left without row level security: everyone who reaches the API can read and write it"),
    )
    .evidence(&format!("create table {name}"));
    finding.fix = super::opened::fix(state, name, table, at);
    if table.kind == RelationKind::ForeignTable {
        return finding.help("create it in a schema that is not exposed: a foreign table cannot have row level security");
    }
    finding.help(format!("add `alter table {} enable row level security;` after it, and policies for those who may use it", name.sql()))
}
