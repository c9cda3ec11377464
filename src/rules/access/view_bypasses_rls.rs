//! # view-bypasses-rls
//!
//! A view reads with the rights of its owner, so it shows every row of a table whose policies would hide them.
//!
//! Since Postgres 15 `with (security_invoker = true)` makes a view read with the rights of whoever asks. `create or
//! replace view` without the option takes it away again, and nothing says so. Judged are views in an exposed schema
//! over tables with row level security, as the whole change leaves them; and views that had the option and lost it,
//! whatever they read. One that `anon` and `authenticated` may neither read nor write through (`revoke all … from anon,
//! authenticated`) is left.
//!
//! ## Fails
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! create view bodies as select id, body from notes;
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! create view recent_notes with (security_invoker = true) as select id from notes;
//! ```
//!
//! ```sql
//! create or replace view recent_notes as select id from notes;
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! create view recent_notes with (security_invoker = true) as select id from notes;
//! ```
//!
//! ```sql
//! alter view recent_notes set (security_invoker = false);
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! create view recent_notes with (security_invoker = true) as select id from notes;
//! ```
//!
//! ```sql
//! alter view recent_notes reset (security_invoker);
//! ```
//!
//! Rows can be changed through a view.
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! create view bodies as select id, body from notes;
//! revoke select on bodies from anon, authenticated;
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
//! create view bodies with (security_invoker = true) as select id, body from notes;
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! create view bodies as select id, body from notes;
//! alter view bodies set (security_invoker = on);
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! create view private.bodies as select id, body from notes;
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! create view bodies as select id, body from notes;
//! revoke all on bodies from anon, authenticated;
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! create view bodies as select id, body from notes;
//! revoke select, insert, update, delete on bodies from anon, authenticated;
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! create view recent_notes with (security_invoker = true) as select id from notes;
//! ```
//!
//! ```sql
//! create or replace view recent_notes with (security_invoker) as select id from notes where id > 0;
//! ```

use super::reach::{each_table, is_exposed, is_ours, protected_source};
use crate::rules::{Check, Finding, Fix, Rule, State, declare};
use crate::schema::{RelationKind, TableName};
use crate::source::Span;

pub(super) const RULE: Rule =
    declare!("access", "view_bypasses_rls.rs", "view-bypasses-rls", Deny, Check::State(check));

fn check(state: &State<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    each_table(state, |name, view| {
        let past_rls = view.kind == RelationKind::View && !view.security_invoker;
        if !past_rls || !is_ours(state, &view.defined) || !is_exposed(state, name, view) {
            return;
        }
        let lost = state.catalog.table_before(name).is_some_and(|it| it.security_invoker);
        let source = protected_source(state, view);
        let Some(at) = view.defined.at.clone().filter(|_| lost || source.is_some()) else { return };
        findings.push(finding(state, name, source.as_ref(), lost, &at));
    });
    findings
}

fn finding(
    state: &State<'_>,
    name: &TableName,
    source: Option<&TableName>,
    lost: bool,
    at: &Span,
) -> Finding {
    let rows = match source {
        Some(source) => format!("every row of `{source}`, past its policies"),
        None => "every row of what it reads, past its policies".to_owned(),
    };
    let message = if lost {
        format!("`{name}` loses `security_invoker`, so it shows {rows}")
    } else {
        format!("`{name}` shows {rows}: it reads with the rights of its owner")
    };
    let sql = format!("alter view {} set (security_invoker = true);", name.sql());
    let finding = Finding::new(name.to_string(), at.clone(), message);
    let finding = finding.evidence(&format!("view {name} without security_invoker"));
    let finding = finding.help(format!(
        "write `with (security_invoker = true)` before its `as`, or `{sql}` behind it"
    ));
    match state.statement(at) {
        Some((migration, statement)) if state.target.version >= 15 => {
            let fix = Fix::new("read with the rights of whoever asks");
            let fix = fix.after(&statement, &migration.text, &sql);
            finding.fix(fix.afterwards("set_security_invoker", format!("{sql}\n")))
        }
        _ => finding,
    }
}
