//! # rls-without-policy
//!
//! A table with row level security and no policy is closed to everyone but its owner and roles above row level
//! security.
//!
//! For a program that connects as the owner, as with Prisma, that is right, so this is off until a policy asks for it.
//! A comment on the table that says so keeps it quiet: `comment on table … is 'rls: service-only'`.
//!
//! ## Fails
//!
//! ```sql
//! create table notes (id bigint primary key);
//! alter table notes enable row level security;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table notes (id bigint primary key);
//! alter table notes enable row level security;
//! comment on table notes is 'rls: service-only';
//! ```
//!
//! ```sql
//! create table notes (id bigint primary key, owner_id uuid);
//! alter table notes enable row level security;
//! create policy own on notes using (owner_id = auth.uid());
//! ```

use super::reach::{each_table, is_ours};
use crate::rules::{Check, Finding, Rule, State, declare};

pub(super) const RULE: Rule =
    declare!("access", "rls_without_policy.rs", "rls-without-policy", Allow, Check::State(check));

fn check(state: &State<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    each_table(state, |name, table| {
        let exposed = state.target.exposed_schemas.contains(&name.schema) || table.somewhere;
        let meant = table.comment.as_ref().is_some_and(|it| it.contains("rls: service-only"));
        let closed = table.rls && table.policies.is_empty() && !meant && exposed;
        let ours = closed && is_ours(state, &table.born);
        let Some(at) = table.born.at.clone().filter(|_| ours) else { return };
        let message = format!(
            "nobody who comes through the API sees a row of `{name}`: it has row level security and no policy"
        );
        let finding = Finding::new(name.to_string(), at, message);
        let finding = finding.evidence(&format!("table {name} without policy"));
        findings.push(finding.help(format!("add policies, or say that it is meant so: `comment on table {} is 'rls: service-only';`", name.sql())));
    });
    findings
}
