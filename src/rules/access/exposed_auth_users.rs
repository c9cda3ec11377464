//! # exposed-auth-users
//!
//! A view of `auth.users` in an exposed schema shows the mail addresses of everyone who has an account.
//!
//! The view reads with the rights of its owner, who may read `auth.users`. With `security_invoker` nobody who comes
//! through the API may.
//!
//! ## Fails
//!
//! ```sql
//! create view accounts as select id, email from auth.users;
//! ```
//!
//! ```sql
//! create materialized view accounts as select id, email from auth.users;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create view accounts with (security_invoker = true) as select id, email from auth.users;
//! ```
//!
//! ```sql
//! create view private.accounts as select id, email from auth.users;
//! ```

use super::reach::{each_table, is_exposed, is_ours};
use crate::rules::{Check, Finding, Rule, State, declare};
use crate::schema::{RelationKind, TableName};

pub(super) const RULE: Rule =
    declare!("access", "exposed_auth_users.rs", "exposed-auth-users", Deny, Check::State(check));

fn check(state: &State<'_>) -> Vec<Finding> {
    let users = TableName::new("auth", "users");
    let mut findings = Vec::new();
    each_table(state, |name, view| {
        let view_of = matches!(view.kind, RelationKind::View | RelationKind::MaterializedView);
        let open = view_of && !view.security_invoker && view.reads.contains(&users);
        if !open || !is_ours(state, &view.defined) || !is_exposed(state, name, view) {
            return;
        }
        let Some(at) = view.defined.at.clone() else { return };
        let message = format!("`{name}` shows `auth.users` to everyone who reaches the API");
        let finding = Finding::new(name.to_string(), at, message);
        let finding = finding.evidence(&format!("view {name} of auth.users"));
        findings.push(finding.help("copy the columns that may be shown to a table with policies, or create the view in a schema that is not exposed"));
    });
    findings
}
