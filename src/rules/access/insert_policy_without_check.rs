//! # insert-policy-without-check
//!
//! A policy for `INSERT` without `WITH CHECK` lets nobody add a row.
//!
//! Postgres accepts it and refuses every row (measured on 15).
//!
//! ## Fails
//!
//! ```sql
//! create policy add on users for insert to authenticated;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create policy add on users for insert to authenticated with check (email = auth.jwt() ->> 'email');
//! ```

use super::reach::{every_policy, policy_name, unknown_policy};
use crate::rules::{Check, Context, Finding, Rule, State, declare};
use crate::schema::{Change, Policy, PolicyCommand, TableName};

pub(super) const RULE: Rule = declare!(
    "access",
    "insert_policy_without_check.rs",
    "insert-policy-without-check",
    Warn,
    Check::ChangeAndState(unknown, check)
);

fn unknown(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (table, name, policy) = unknown_policy(cx, change)?;
    finding(&table, &name, &policy)
}

fn check(state: &State<'_>) -> Vec<Finding> {
    every_policy(state, finding)
}

fn finding(table: &TableName, name: &str, it: &Policy) -> Option<Finding> {
    let dead = it.command == PolicyCommand::Insert && it.permissive && it.check.is_none();
    let at = it.defined.at.clone().filter(|_| dead)?;
    let subject = policy_name(table, name);
    let message = format!("this policy lets nobody add a row to `{table}`: it has no `WITH CHECK`");
    let finding = Finding::new(&subject, at, message);
    let finding = finding.evidence(&format!("policy {subject} without check"));
    Some(finding.help("add `with check (…)` that says which rows may be added"))
}
