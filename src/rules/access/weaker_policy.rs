//! # weaker-policy
//!
//! A policy that restricted before and no longer does, or is for more roles now, opens rows that were closed.
//!
//! Compared is each policy that was there before with what the whole change leaves under its name: whether it still
//! restricts, and for as many roles and commands; whether its condition became true for every row or for every account,
//! or asks no longer who is there; and whether it is for `anon` or `public` now without asking.
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
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! create policy own on notes for select to authenticated using (owner_id = auth.uid());
//! ```
//!
//! ```sql
//! alter policy own on notes using (owner_id is not null);
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! create policy own on notes for select to authenticated using (owner_id = auth.uid());
//! ```
//!
//! ```sql
//! alter policy own on notes using (auth.role() in ('anon', 'authenticated'));
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! create policy two_factors on notes as restrictive using (current_setting('app.aal') = 'aal2');
//! ```
//!
//! ```sql
//! alter policy two_factors on notes to service_role;
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
//! create policy two_factors on notes as restrictive for delete using (current_setting('app.aal') = 'aal2');
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
//! alter policy own on notes using (owner_id = auth.uid() and body is not null);
//! ```
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

use super::reach::{asks_who, commands, each_table, is_anyone, is_api, policy_name};
use crate::rules::{Check, Finding, Rule, State, declare};
use crate::schema::{Expression, Policy, PolicyCommand, Table};

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
    if !before.permissive && !is_as_strict(table, now, before) {
        return Some("restricts less");
    }
    if (!now.permissive || now.roles.iter().any(|it| is_api(it))) && forgets(now, before) {
        return Some("no longer asks whose rows they are");
    }
    let anyone = |it: &Policy| it.roles.iter().any(|it| is_anyone(it));
    let wider = now.permissive && anyone(now) && !anyone(before);
    (wider && !conditions.any(asks_who)).then_some("is for everyone")
}

/// Whether one that restricts does so for the roles and commands that it did, alone or with others like it, and has no
/// way around its condition now.
fn is_as_strict(table: &Table, now: &Policy, before: &Policy) -> bool {
    let role = |it: &Policy, role: &str| it.roles.iter().any(|it| it == role);
    let reaches = |it: &Policy| {
        let everybody = role(it, "public") || role(it, "anon") && role(it, "authenticated");
        everybody || before.roles.iter().all(|before| role(it, before))
    };
    let whole = commands(before).iter().all(|command| {
        table.policies.values().any(|it| {
            let about = it.command == PolicyCommand::All || it.command == *command;
            !it.permissive && about && reaches(it)
        })
    });
    let around = match (&before.using, &now.using) {
        (Some(before), Some(now)) => {
            let (now, before) = (now.text.to_lowercase(), before.text.to_lowercase());
            now.starts_with(&format!("{before} or ")) || now.ends_with(&format!(" or {before}"))
        }
        _ => false,
    };
    whole && !around
}

/// A condition that asked who is there does not any more, or takes everyone who has an account.
fn forgets(now: &Policy, before: &Policy) -> bool {
    let forgotten = |before: Option<&Expression>, now: Option<&Expression>| {
        let (Some(before), Some(now)) = (before, now) else { return false };
        let blind = !asks_who(now) && now.constant != Some(false);
        asks_who(before) && (blind || now.holds_for_users && !before.holds_for_users)
    };
    forgotten(before.using.as_ref(), now.using.as_ref())
        || forgotten(before.check.as_ref().or(before.using.as_ref()), now.check.as_ref())
}

/// Whether it is about everything that the other was about.
fn covers(it: &Policy, other: &Policy) -> bool {
    it.command == PolicyCommand::All || it.command == other.command
}
