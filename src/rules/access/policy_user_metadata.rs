//! # policy-user-metadata
//!
//! A policy that trusts `user_metadata` trusts what every user can write about themselves.
//!
//! Supabase lets users change their own `user_metadata` (in the table, `raw_user_meta_data`); `app_metadata` only the
//! server changes.
//!
//! ## Fails
//!
//! ```sql
//! create policy admins on users using ((auth.jwt() -> 'user_metadata' ->> 'role') = 'admin');
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create policy admins on users using ((auth.jwt() -> 'app_metadata' ->> 'role') = 'admin');
//! ```

use super::reach::{every_policy, policy_name, unknown_policy};
use crate::rules::{Check, Context, Finding, Rule, State, declare};
use crate::schema::{Change, Expression, Policy, TableName};

pub(super) const RULE: Rule = declare!(
    "access",
    "policy_user_metadata.rs",
    "policy-user-metadata",
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
    let trusts = it.using.iter().chain(&it.check).any(trusts_user);
    let at = it.defined.at.clone().filter(|_| trusts)?;
    let subject = policy_name(table, name);
    let message = format!(
        "whoever has an account can pass this policy of `{table}`: users write their own `user_metadata`"
    );
    let finding = Finding::new(&subject, at, message);
    let finding = finding.evidence(&format!("policy {subject} trusts user_metadata"));
    Some(finding.help("ask `auth.jwt() -> 'app_metadata'`, which only the server can change"))
}

fn trusts_user(condition: &Expression) -> bool {
    condition.literals.iter().any(|it| it == "user_metadata" || it == "raw_user_meta_data")
        || condition.text.to_ascii_lowercase().contains("raw_user_meta_data")
}
