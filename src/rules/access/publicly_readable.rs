//! # publicly-readable
//!
//! A policy that lets everyone read every row of a table publishes what people have stored in it until now.
//!
//! Judged is a policy for reading that holds for every row, for `anon` or `public`, on a table that was there before
//! this change and could not be read so before. A table that the change makes has no rows yet.
//!
//! ## Fails
//!
//! ```sql
//! create policy readable on users for select using (true);
//! ```
//!
//! ```sql
//! create policy readable on users for select to anon using (true);
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! create policy readers on notes for select to authenticated using (true);
//! ```
//!
//! ```sql
//! alter policy readers on notes to public;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table articles (id bigint primary key, body text);
//! alter table articles enable row level security;
//! create policy readable on articles for select using (true);
//! ```
//!
//! ```sql
//! create policy readable on users for select to authenticated using (true);
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! create policy readable on notes for select using (true);
//! ```
//!
//! ```sql
//! drop policy readable on notes;
//! create policy "Notes are public" on notes for select to anon, authenticated using (true);
//! ```

use super::reach::{Opens, each_policy, is_anyone, opens, policy_name, unknown_policy};
use crate::rules::{Check, Context, Finding, Rule, State, declare};
use crate::schema::{Change, Policy, Table, TableName};

pub(super) const RULE: Rule = declare!(
    "access",
    "publicly_readable.rs",
    "publicly-readable",
    Approve,
    Check::ChangeAndState(unknown, check)
);

fn unknown(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (table, name, policy) = unknown_policy(cx, change)?;
    finding(&table, &name, &policy)
}

fn check(state: &State<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    each_policy(state, |name, table, policy, it| {
        if it.defined.epoch != table.born.epoch && !was_public(table) {
            findings.extend(finding(name, policy, it));
        }
    });
    findings
}

fn finding(table: &TableName, name: &str, it: &Policy) -> Option<Finding> {
    let at = it.defined.at.clone().filter(|_| publishes(it))?;
    let subject = policy_name(table, name);
    let message = format!(
        "everyone who reaches the API can read every row of `{table}` after this, without logging in"
    );
    let finding = Finding::new(&subject, at, message);
    let finding = finding.evidence(&format!("policy {subject} publishes every row"));
    Some(finding.help("name the role that may read, as `to authenticated`, or say which rows are public, as `using (published)`"))
}

fn publishes(policy: &Policy) -> bool {
    opens(policy) == Some(Opens::Reading) && policy.roles.iter().any(|it| is_anyone(it))
}

/// One of the policies that were there before published the rows already.
fn was_public(table: &Table) -> bool {
    let opened = |it: &Policy| {
        matches!(opens(it), Some(Opens::Reading | Opens::Writing))
            && it.roles.iter().any(|it| is_anyone(it))
    };
    let former = table.former_policies.values().map(|(policy, _)| policy);
    let kept = table.policies.values().filter(|it| it.defined.at.is_none());
    former.chain(kept).any(opened)
}
