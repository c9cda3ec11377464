//! # drop-policy
//!
//! Dropping a policy takes away the access that it gave, and the programs that relied on it see no rows.
//!
//! Judged is what the whole change leaves behind: a policy that comes back under its name takes its place, and so do those
//! for the same commands that are new on the table or say the same. A policy that restricted is `weaker-policy`.
//!
//! ## Fails
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! create policy own on notes using (owner_id = auth.uid());
//! ```
//!
//! ```sql
//! drop policy own on notes;
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! create policy own on notes using (owner_id = auth.uid());
//! ```
//!
//! ```sql
//! drop policy own on notes;
//! create table drafts (id bigint);
//! alter table drafts enable row level security;
//! create policy own on drafts using (auth.uid() is not null);
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid);
//! alter table notes enable row level security;
//! create policy own on notes using (owner_id = auth.uid());
//! ```
//!
//! ```sql
//! do $$ begin
//!   if current_user <> 'nobody' then
//!     drop policy own on notes;
//!   end if;
//! end $$;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! create policy own on notes using (owner_id = auth.uid());
//! ```
//!
//! ```sql
//! drop policy if exists own on notes;
//! create policy own on notes using (owner_id = (select auth.uid()));
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! create policy own on notes for select using (owner_id = auth.uid());
//! ```
//!
//! ```sql
//! drop policy own on notes;
//! create policy "Owners read" on notes for select using (owner_id = auth.uid());
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid);
//! alter table notes enable row level security;
//! create policy own on notes to authenticated using (owner_id = auth.uid());
//! ```
//!
//! ```sql
//! drop policy own on notes;
//! create policy own_read on notes for select to authenticated using (owner_id = auth.uid());
//! create policy own_add on notes for insert to authenticated with check (owner_id = auth.uid());
//! create policy own_change on notes for update to authenticated using (owner_id = auth.uid());
//! create policy own_drop on notes for delete to authenticated using (owner_id = auth.uid());
//! ```
//!
//! ```sql
//! drop policy if exists never_was on users;
//! create policy never_was on users for select to authenticated using (true);
//! ```

use super::reach::{Opens, commands, each_table, is_made_again, opens, policy_name};
use crate::rules::{Check, Context, Finding, Made, Rule, State, declare};
use crate::schema::{Change, Guard, Op, Policy, PolicyCommand, Resolved, Shown, Table};

pub(super) const RULE: Rule = declare!(
    "access",
    "drop_policy.rs",
    "drop-policy",
    Approve,
    Check::ChangeAndState(unknown, check)
);

/// A policy that no migration made cannot be compared, so it is judged at once.
fn unknown(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::DropPolicy { table, name, guard: Guard::None } = &change.op else { return None };
    let Resolved::Permanent(on) = cx.catalog.resolve(table) else { return None };
    let known = cx
        .catalog
        .table(&on)
        .is_some_and(|it| it.policies.contains_key(name) || it.former_policies.contains_key(name));
    let key = format!("{}.{name}", on.name);
    let again = is_made_again(cx, change, (Made::Policy, &key), |op| match op {
        Op::CreatePolicy { table, name: made, .. } => {
            made == name && cx.catalog.resolve_permanent(table) == on
        }
        _ => false,
    });
    if known || again {
        return None;
    }
    let subject = policy_name(&on, name);
    Some(cx.finding(change, subject, message(&on.to_string(), name)).help(HELP))
}

fn check(state: &State<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    each_table(state, |on, table| {
        for (name, (before, what)) in &table.former_policies {
            let ours = state.catalog.is_recent(what) && !state.catalog.is_recent(&before.born);
            let gone = ours && gave_access(before) && !is_replaced(state, table, name, before);
            let Some(at) = what.at.clone().filter(|_| gone) else { continue };
            let subject = policy_name(on, name);
            let finding = Finding::new(&subject, at, message(&on.to_string(), name));
            findings.push(finding.evidence(&format!("drop policy {subject}")).help(HELP));
        }
    });
    findings
}

/// Not one that was a hole, and not one for roles that are above row level security anyway.
fn gave_access(policy: &Policy) -> bool {
    let hole = matches!(opens(policy), Some(Opens::Writing | Opens::Adding));
    policy.permissive && !hole && policy.roles.iter().any(|it| it != "service_role")
}

fn is_replaced(state: &State<'_>, table: &Table, name: &str, before: &Policy) -> bool {
    let again = table.policies.get(name).is_some_and(|it| state.catalog.is_recent(&it.defined));
    let instead = |command: &PolicyCommand| {
        table.policies.iter().any(|(other, it)| {
            let same = other != name
                && it.using == before.using
                && it.check == before.check
                && before.roles.iter().all(|role| it.roles.contains(role));
            let counts = state.catalog.is_recent(&it.defined) || same;
            it.permissive && counts && (it.command == PolicyCommand::All || it.command == *command)
        })
    };
    again || commands(before).iter().all(instead)
}

fn message(table: &str, name: &str) -> String {
    format!("whoever saw rows of `{table}` by the policy `{}` sees them no longer", Shown(name))
}

const HELP: &str =
    "put a policy in its place in the same change, or drop it when no program needs it any more";
