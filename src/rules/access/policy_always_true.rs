//! # policy-always-true
//!
//! A policy whose condition holds for every row lets everyone who reaches the API change or delete what others wrote.
//!
//! Judged are policies for `anon`, `authenticated` and `public` that permit a write, as the whole change leaves them;
//! a policy without `TO` is for `public`, one without `FOR` is for reading and writing. That everyone can read, `using
//! (true)` says openly, and `publicly-readable` looks at it; a condition that is true in disguise (`1 = 1`, `true or
//! …`, `id is not null` of a primary key, one that looks at the clock only) is refused here for reading too. Rows may be added by everyone to a table that the same change makes, as to a
//! contact form.
//!
//! ## Fails
//!
//! ```sql
//! create policy anything on users using (true) with check (true);
//! ```
//!
//! ```sql
//! create policy add on users for insert to anon with check (true);
//! ```
//!
//! ```sql
//! create policy edit on users for update to authenticated using (true);
//! ```
//!
//! ```sql
//! create policy look on users for select to anon using (1 = 1);
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! create policy look on notes for select to anon using (id is not null);
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! create policy edit on notes for update to authenticated using (id > 0);
//! ```
//!
//! ```sql
//! create policy look on users for select to anon using (now() > '2000-01-01');
//! ```
//!
//! ```sql
//! create policy look on users for select to anon using ((select true) or id = 1);
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid);
//! alter table notes enable row level security;
//! create policy owners on notes for update to authenticated using (owner_id = auth.uid());
//! ```
//!
//! ```sql
//! alter policy owners on notes using (true);
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create policy adults on users for select to anon using (age > 0 and name is not null);
//! ```
//!
//! ```sql
//! create policy own on users for update to authenticated using (email = auth.jwt() ->> 'email');
//! ```
//!
//! ```sql
//! create policy service on users to service_role using (true) with check (true);
//! ```
//!
//! ```sql
//! create policy readable on users for select using (true);
//! ```
//!
//! ```sql
//! create table messages (id bigint primary key, body text);
//! alter table messages enable row level security;
//! create policy contact on messages for insert to anon with check (true);
//! ```
//!
//! ```sql
//! create policy narrower on users as restrictive using (true);
//! ```

use super::reach::{Opens, each_policy, is_anyone, opens, policy_name, unknown_policy};
use crate::rules::{Check, Context, Finding, Rule, State, declare};
use crate::schema::{Change, Policy, TableName};

pub(super) const RULE: Rule = declare!(
    "access",
    "policy_always_true.rs",
    "policy-always-true",
    Deny,
    Check::ChangeAndState(unknown, check)
);

fn unknown(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (table, name, policy) = unknown_policy(cx, change)?;
    is_denied(&policy, false).then(|| finding(&table, &name, &policy))?
}

fn check(state: &State<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    each_policy(state, |name, table, policy_name, policy| {
        if is_denied(policy, policy.defined.epoch == table.born.epoch) {
            findings.extend(finding(name, policy_name, policy));
        }
    });
    findings
}

fn is_denied(policy: &Policy, new: bool) -> bool {
    match opens(policy) {
        Some(Opens::Writing) => true,
        Some(Opens::Adding) => !new,
        Some(Opens::Reading) => is_disguised(policy),
        None => false,
    }
}

/// Not the plain word.
fn is_disguised(policy: &Policy) -> bool {
    policy.using.as_ref().is_some_and(|it| !it.text.eq_ignore_ascii_case("true"))
}

fn finding(table: &TableName, name: &str, policy: &Policy) -> Option<Finding> {
    let at = policy.defined.at.clone()?;
    let subject = policy_name(table, name);
    let anyone = policy.roles.iter().any(|it| is_anyone(it));
    let who = if anyone { "everyone who reaches the API" } else { "everyone with an account" };
    let can = match opens(policy)? {
        Opens::Reading => "read every row of",
        Opens::Adding => "add any row to",
        Opens::Writing => "change or delete every row of",
    };
    let message = format!(
        "{who} can {can} `{table}`: the condition of `{}` holds for every row",
        crate::schema::Shown(name)
    );
    let finding = Finding::new(&subject, at, message)
        .evidence(&format!("policy {subject} holds for every row"));
    Some(finding.help("say whose rows they are, as in `(select auth.uid()) = user_id`, or give the policy to the one role that may"))
}
