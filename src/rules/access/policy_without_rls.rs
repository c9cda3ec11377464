//! # policy-without-rls
//!
//! A policy on a table without row level security means nothing: everyone who reaches the API passes it.
//!
//! Judged is the state that the whole change leaves behind. What protects counts only where it is certain to happen. A
//! new table without row level security is `table-without-rls`.
//!
//! ## Fails
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid);
//! ```
//!
//! ```sql
//! create policy own on notes using (owner_id = auth.uid());
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create policy own on users for select using (email = auth.jwt() ->> 'email');
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid);
//! ```
//!
//! ```sql
//! create policy own on notes using (owner_id = auth.uid());
//! alter table notes enable row level security;
//! ```

use super::reach::{each_policy, policy_name};
use crate::rules::{Check, Finding, Rule, State, declare};

pub(super) const RULE: Rule =
    declare!("access", "policy_without_rls.rs", "policy-without-rls", Approve, Check::State(check));

fn check(state: &State<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    each_policy(state, |name, table, policy, it| {
        // That a new table has none, and that it was switched off, others say.
        let said = state.catalog.is_recent(&table.born) || table.disabled_at.is_some();
        let Some(at) = it.defined.at.clone().filter(|_| !table.rls && !said) else { return };
        let subject = policy_name(name, policy);
        let message =
            format!("the policies of `{name}` mean nothing: its row level security is off");
        let finding = Finding::new(&subject, at, message);
        let finding = finding.evidence(&format!("policy {subject} without row level security"));
        findings.push(
            finding.help(format!("add `alter table {} enable row level security;`", name.sql())),
        );
    });
    findings
}
