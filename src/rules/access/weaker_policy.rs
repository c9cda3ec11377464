//! # weaker-policy
//!
//! A policy that restricted before and no longer does, or is for more roles now, opens rows that were closed.
//!
//! Compared is each policy that was there before with what the whole change leaves under its name: whether it still
//! restricts, whether its condition became true for every row, and whether it is for `anon` or `public` now without
//! asking who is there.
//!
//! ## Fails
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! create policy two_factors on notes as restrictive using (current_setting('app.aal') = 'aal2');
//! ```
//!
//! ```sql
//! drop policy two_factors on notes;
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! create policy two_factors on notes as restrictive using (current_setting('app.aal') = 'aal2');
//! ```
//!
//! ```sql
//! drop policy two_factors on notes;
//! create policy two_factors on notes using (current_setting('app.aal') = 'aal2');
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! create policy members on notes for select to authenticated using (body is not null);
//! ```
//!
//! ```sql
//! alter policy members on notes to public;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! create policy own on notes for select to authenticated using (owner_id = auth.uid());
//! ```
//!
//! ```sql
//! drop policy own on notes;
//! create policy own on notes for select to public using (owner_id = (select auth.uid()));
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! create policy two_factors on notes as restrictive using (current_setting('app.aal') = 'aal2');
//! ```
//!
//! ```sql
//! drop policy two_factors on notes;
//! create policy "Two factors" on notes as restrictive using (current_setting('app.aal') = 'aal2');
//! ```

use super::reach::{asks_who, each_table, is_anyone, policy_name};
use crate::rules::{Check, Finding, Rule, State, declare};
use crate::schema::{Policy, Table};

pub(super) const RULE: Rule =
    declare!("access", "weaker_policy.rs", "weaker-policy", Approve, Check::State(check));

fn check(state: &State<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    each_table(state, |name, table| {
        for (policy, (before, what)) in &table.former_policies {
            let recent = state.catalog.is_recent(&before.born);
            let ours = state.catalog.is_recent(&what.clone()) && !recent;
            let Some(weaker) = weaker(table, policy, before).filter(|_| ours) else { continue };
            let Some(at) = what.at.clone() else { continue };
            let subject = policy_name(name, policy);
            let message = format!(
                "`{}` {weaker} after this, so rows of `{name}` are open that were closed",
                crate::schema::Shown(policy)
            );
            let finding = Finding::new(&subject, at, message);
            let finding = finding.evidence(&format!("policy {subject} {weaker}"));
            findings.push(finding.help("keep the policy as strict as it was, or have the change looked at by whoever answers for the data"));
        }
    });
    findings
}

fn weaker(table: &Table, name: &str, before: &Policy) -> Option<&'static str> {
    let Some(now) = table.policies.get(name) else {
        let restricts = |it: &&Policy| !it.permissive && covers(it, before);
        let lost = !before.permissive && table.policies.values().find(restricts).is_none();
        return lost.then_some("restricts nobody");
    };
    if now.permissive && !before.permissive {
        return Some("permits where it restricted");
    }
    let mut conditions = now.using.iter().chain(&now.check);
    let holds = |it: &Policy| it.using.iter().chain(&it.check).any(|it| it.constant == Some(true));
    if holds(now) && !holds(before) {
        return Some("holds for every row");
    }
    let anyone = |it: &Policy| it.roles.iter().any(|it| is_anyone(it));
    let wider = now.permissive && anyone(now) && !anyone(before);
    (wider && !conditions.any(asks_who)).then_some("is for everyone")
}

/// Whether it is about everything that the other was about.
fn covers(it: &Policy, other: &Policy) -> bool {
    it.command == crate::schema::PolicyCommand::All || it.command == other.command
}
