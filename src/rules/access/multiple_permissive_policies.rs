//! # multiple-permissive-policies
//!
//! Several permissive policies for the same role and command are all asked for every row, and one that holds is
//! enough.
//!
//! Each makes queries slower and the access wider. Write one policy with `or`.
//!
//! ## Fails
//!
//! ```sql
//! create table notes (id bigint primary key, owner_id uuid, shared boolean);
//! alter table notes enable row level security;
//! create policy own on notes for select to authenticated using (owner_id = (select auth.uid()));
//! create policy shared on notes for select to authenticated using (shared);
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table notes (id bigint primary key, owner_id uuid, shared boolean);
//! alter table notes enable row level security;
//! create policy own on notes for select to authenticated using (owner_id = (select auth.uid()) or shared);
//! create policy add on notes for insert to authenticated with check (owner_id = (select auth.uid()));
//! ```

use super::reach::{each_policy, policy_name};
use crate::rules::{Check, Finding, Rule, State, declare};
use crate::schema::{Policy, PolicyCommand, Shown};

pub(super) const RULE: Rule = declare!(
    "access",
    "multiple_permissive_policies.rs",
    "multiple-permissive-policies",
    Allow,
    Check::State(check)
);

fn check(state: &State<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    each_policy(state, |name, table, policy, it| {
        let Some(at) = it.defined.at.clone() else { return };
        // Each pair once: the later name tells of the earlier.
        let mut earlier = table.policies.iter().take_while(|(name, _)| name.as_str() < policy);
        let Some((other, _)) = earlier.find(|(_, other)| overlap(it, other)) else {
            return;
        };
        let subject = policy_name(name, policy);
        let message = format!(
            "`{}` and `{}` of `{name}` are both asked for every row, and one that holds is enough",
            Shown(other),
            Shown(policy)
        );
        let finding = Finding::new(&subject, at, message);
        let finding = finding.evidence(&format!("policy {subject} beside {other}"));
        findings.push(finding.help("write one policy with `or`"));
    });
    findings
}

fn overlap(one: &Policy, other: &Policy) -> bool {
    let everyone = |it: &Policy| it.roles.iter().any(|it| it == "public");
    let roles =
        everyone(one) || everyone(other) || one.roles.iter().any(|it| other.roles.contains(it));
    let all = |it: &Policy| it.command == PolicyCommand::All;
    let commands = all(one) || all(other) || one.command == other.command;
    one.permissive && other.permissive && roles && commands
}
