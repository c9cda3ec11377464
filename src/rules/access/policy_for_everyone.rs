//! # policy-for-everyone
//!
//! A policy that permits writes, is for everyone and never asks who is there lets strangers change whatever rows its
//! condition names.
//!
//! A policy without `TO` is for `public`, which everyone is, logged in or not; one without `FOR` permits deleting too.
//! That is well where the condition asks for the user (`auth.uid()`, a function, a sub-select), and is not where it
//! only looks at the row.
//!
//! ## Fails
//!
//! ```sql
//! create policy open on users using (age is not null);
//! ```
//!
//! ```sql
//! create policy edit on users for update to anon using (age > 17);
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create policy own on users using (name = current_user);
//! ```
//!
//! ```sql
//! create policy own on users using (email = (select auth.jwt() ->> 'email'));
//! ```
//!
//! ```sql
//! create policy adults on users for select using (age > 17);
//! ```
//!
//! ```sql
//! create policy edit on users for update to authors using (age > 17);
//! ```

use super::reach::{asks_who, every_policy, is_anyone, policy_name, unknown_policy};
use crate::rules::{Check, Context, Finding, Rule, State, declare};
use crate::schema::{Change, Policy, PolicyCommand, TableName};

pub(super) const RULE: Rule = declare!(
    "access",
    "policy_for_everyone.rs",
    "policy-for-everyone",
    Approve,
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
    let at = it.defined.at.clone().filter(|_| is_open(it))?;
    let subject = policy_name(table, name);
    let message = format!(
        "everyone who reaches the API can change the rows of `{table}` that the condition names: it never asks who is there"
    );
    let finding = Finding::new(&subject, at, message);
    let finding = finding.evidence(&format!("policy {subject} is for everyone"));
    Some(finding.help("name the role that may, as `to authenticated`, and ask for its user, as `(select auth.uid()) = user_id`"))
}

/// Adding rows under a condition is what a form does.
fn is_open(policy: &Policy) -> bool {
    let writes = matches!(
        policy.command,
        PolicyCommand::All | PolicyCommand::Update | PolicyCommand::Delete
    );
    let reached = policy.roles.iter().any(|it| is_anyone(it));
    let blind = policy.using.as_ref().is_some_and(|it| it.constant.is_none() && !asks_who(it));
    policy.permissive && writes && reached && blind
}
