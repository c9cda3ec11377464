//! # exposed-materialized-view
//!
//! A materialized view keeps a copy of rows that no policy protects, and the API shows it.
//!
//! Row level security cannot be switched on for a materialized view. Judged is one in an exposed schema that reads a
//! table with row level security, unless `anon` and `authenticated` may not read it.
//!
//! ## Fails
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! create materialized view bodies as select id, body from notes;
//! ```
//!
//! To take a column from who has the whole takes nothing.
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! create materialized view bodies as select id, body from notes;
//! revoke select (body) on bodies from anon, authenticated;
//! revoke all (id) on bodies from anon, authenticated;
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! create materialized view bodies as select id, body from notes;
//! revoke select on bodies from anon, authenticated;
//! grant select on bodies to anon;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! create materialized view private.bodies as select id, body from notes;
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! create materialized view bodies as select id, body from notes;
//! revoke all on bodies from anon, authenticated;
//! ```
//!
//! It can only be read, so `select` is all that there is to take.
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! create materialized view bodies as select id, body from notes;
//! revoke select on bodies from anon;
//! revoke select on bodies from authenticated;
//! ```

use super::reach::{each_table, is_exposed, is_ours, protected_source};
use crate::rules::{Check, Finding, Rule, State, declare};
use crate::schema::RelationKind;

pub(super) const RULE: Rule = declare!(
    "access",
    "exposed_materialized_view.rs",
    "exposed-materialized-view",
    Approve,
    Check::State(check)
);

fn check(state: &State<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    each_table(state, |name, view| {
        let materialized = view.kind == RelationKind::MaterializedView;
        if !materialized || !is_ours(state, &view.defined) || !is_exposed(state, name, view) {
            return;
        }
        let Some(source) = protected_source(state, view) else { return };
        let Some(at) = view.defined.at.clone() else { return };
        let message = format!(
            "`{name}` shows its copy of `{source}` to everyone who reaches the API: no policy protects it"
        );
        let finding = Finding::new(name.to_string(), at, message);
        let finding = finding.evidence(&format!("materialized view {name} over {source}"));
        findings.push(finding.help(format!("create it in a schema that is not exposed, or add `revoke all on {} from anon, authenticated;`", name.sql())));
    });
    findings
}
