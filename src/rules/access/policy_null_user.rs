//! # policy-null-user
//!
//! A policy that holds where `auth.uid()` is null holds for everyone who has not logged in.
//!
//! Without a session `auth.uid()` is null and `auth.role()` is `anon`, so `auth.uid() is null or …` is no test, and
//! neither is `coalesce(user_id = auth.uid(), true)`. A policy for `authenticated` alone is left: there is always a
//! user. So is one that lets `anon` by its role add rows, as a form does.
//!
//! ## Fails
//!
//! ```sql
//! create policy own on users for select using (auth.uid() is null or email = auth.jwt() ->> 'email');
//! ```
//!
//! ```sql
//! create policy own on users for select to anon using ((name = auth.uid()::text) is not false);
//! ```
//!
//! ```sql
//! create policy own on users for select using (coalesce(auth.uid()::text, name) = name);
//! ```
//!
//! ```sql
//! create policy own on users for select to anon using (auth.role() in ('anon', 'authenticated'));
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create policy own on users for select to anon using ((select auth.role()) = 'authenticated' and age > 17);
//! ```
//!
//! ```sql
//! create policy own on users for select using (auth.uid() is not null and email = auth.jwt() ->> 'email');
//! ```
//!
//! ```sql
//! create policy own on users for select to authenticated using (auth.uid() is null or name is null);
//! ```

use super::reach::{every_policy, is_anyone, policy_name, unknown_policy};
use crate::rules::{Check, Context, Finding, Rule, State, declare};
use crate::schema::{Change, Expression, Policy, PolicyCommand, TableName};

pub(super) const RULE: Rule = declare!(
    "access",
    "policy_null_user.rs",
    "policy-null-user",
    Deny,
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
    let command = it.command;
    let mut conditions = it.using.iter().chain(&it.check);
    let form = |it: &Expression| {
        command == PolicyCommand::Insert && it.calls.iter().all(|it| it == "auth.role")
    };
    let holds = it.permissive && conditions.any(|it| it.holds_without_user && !form(it));
    let reached = it.roles.iter().any(|it| is_anyone(it));
    let at = it.defined.at.clone().filter(|_| holds && reached)?;
    let subject = policy_name(table, name);
    let message = format!(
        "everyone who has not logged in passes this policy of `{table}`: without a session `auth.uid()` is null"
    );
    let finding = Finding::new(&subject, at, message);
    let finding = finding.evidence(&format!("policy {subject} holds without a user"));
    Some(finding.help("take the branch with `is null` out, or add `to authenticated`"))
}
