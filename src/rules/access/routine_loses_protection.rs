//! # routine-loses-protection
//!
//! `create or replace function` forgets `security definer` and `set search_path` where it does not repeat them.
//!
//! Compared is each function that was there before with what the whole change leaves under its name and arguments
//! (measured on Postgres 15). A function can guard by what it does as well: one of a trigger that does nothing any more,
//! one that a policy asks and that asks nobody any more, one that everybody may call and that is put above the policies
//! (unless it says only yes or no). `auth.uid()` and its like say who somebody is to every policy, and `leakproof` lets a
//! function see rows before the policies are asked.
//!
//! ## Fails
//!
//! ```sql before
//! create function balance() returns int language sql security definer set search_path = '' as 'select 1';
//! ```
//!
//! ```sql
//! create or replace function balance() returns int language sql security definer as 'select 2';
//! ```
//!
//! ```sql before
//! create function balance() returns int language sql security definer set search_path = '' as 'select 1';
//! ```
//!
//! ```sql
//! create or replace function balance() returns int language sql set search_path = '' as 'select 2';
//! ```
//!
//! ```sql before
//! create function balance() returns int language sql security definer set search_path = '' as 'select 1';
//! ```
//!
//! ```sql
//! alter function balance() reset all;
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key);
//! alter table notes enable row level security;
//! create function is_admin() returns boolean language sql stable as $$ select auth.role() = 'service_role' $$;
//! create policy admins on notes for all to authenticated using (is_admin());
//! ```
//!
//! ```sql
//! create or replace function is_admin() returns boolean language sql stable as $$ select true $$;
//! ```
//!
//! ```sql before
//! create function guard() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
//! ```
//!
//! ```sql
//! create or replace function guard() returns trigger language plpgsql as $$ begin return new; end $$;
//! ```
//!
//! ```sql before
//! create table users (id bigint primary key);
//! alter table users enable row level security;
//! create function all_users() returns setof users language sql set search_path = '' as 'select * from public.users';
//! ```
//!
//! ```sql
//! alter function all_users() security definer;
//! ```
//!
//! ```sql
//! create function peek(text) returns boolean language sql leakproof as 'select true';
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create function balance() returns int language sql security definer set search_path = '' as 'select 1';
//! ```
//!
//! ```sql
//! create or replace function balance() returns int language sql security definer set search_path = '' as 'select 2';
//! ```
//!
//! ```sql before
//! create function balance() returns int language sql security definer set search_path = '' as 'select 1';
//! ```
//!
//! ```sql
//! create or replace function balance() returns int language sql security definer as 'select 2';
//! alter function balance() set search_path = '';
//! ```
//!
//! ```sql before
//! create function is_member() returns boolean language sql as 'select true';
//! ```
//!
//! ```sql
//! create or replace function is_member() returns boolean language sql security definer set search_path = '' as 'select true';
//! ```

use crate::rules::{Check, Finding, Rule, State, declare};
use crate::schema::{Routine, TableName};

pub(super) const RULE: Rule = declare!(
    "access",
    "routine_loses_protection.rs",
    "routine-loses-protection",
    Approve,
    Check::State(check)
);

fn check(state: &State<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, now) in state.catalog.touched_routines() {
        let before = state.catalog.routine_before(name);
        let forgotten = before.as_ref().and_then(|it| lost(it, now));
        let Some(at) = now.defined.at.clone() else { continue };
        let finding = if let Some((what, then)) = forgotten {
            let message = format!("`{name}` loses `{what}`, so {then}");
            let finding = Finding::new(name.to_string(), at, message);
            let finding = finding.evidence(&format!("function {name} loses {what}"));
            finding.help(format!(
                "repeat `{what}` in the new definition: what it does not say is forgotten"
            ))
        } else if let Some((what, help)) = opened(state, name, before.as_ref(), now) {
            let finding = Finding::new(name.to_string(), at, format!("`{name}` {what}"));
            finding.evidence(&format!("function {name} {what}")).help(help)
        } else {
            continue;
        };
        findings.push(finding);
    }
    findings
}

/// What it no longer keeps, and what to do.
fn opened(
    state: &State<'_>,
    name: &TableName,
    before: Option<&Routine>,
    now: &Routine,
) -> Option<(&'static str, &'static str)> {
    if now.leakproof && before.is_none_or(|it| !it.leakproof) {
        let what = "is declared `leakproof`, so it sees rows that the policies would keep from whoever asks";
        return Some((what, "leave `leakproof` out"));
    }
    let identity = ["uid()", "role()", "jwt()", "email()"].contains(&name.name.as_str());
    if name.schema == "auth" && identity && is_asked(state, name) {
        let what = "says who somebody is to every policy, and says something else after this";
        return Some((what, "leave it alone: it belongs to whoever runs the server"));
    }
    let before = before?;
    if !before.idle && now.idle && is_trigger(now) {
        let what = "does nothing any more, so no trigger that runs it keeps anything out";
        return Some((
            what,
            "keep what it did; drop the triggers in a change of their own where nothing needs them",
        ));
    }
    let asks = |it: &Routine| !it.calls.is_empty() || !it.reads.is_empty();
    if asks(before) && !asks(now) && is_asked(state, name) {
        let what = "answers without asking anybody, and policies go by what it says";
        return Some((what, "keep the question in it, or change the policies themselves"));
    }
    let granted = |role| now.granted.get(role).copied();
    let closed = granted("public") == Some(false) && granted("anon") != Some(true);
    let exposed = state.target.exposed_schemas.contains(&name.schema);
    // One that only says yes or no is how policies look into tables that they protect.
    let answers =
        now.returns.eq_ignore_ascii_case("boolean") || now.returns.eq_ignore_ascii_case("bool");
    let above = !before.definer && now.definer;
    (above && exposed && !closed && !answers && !is_trigger(now)).then_some((
        "is above the policies after this, and everyone who reaches the API may call it",
        "leave it with the rights of its caller, or add `revoke execute on function … from public, anon;`",
    ))
}

fn is_trigger(it: &Routine) -> bool {
    matches!(it.returns.to_ascii_lowercase().as_str(), "trigger" | "event_trigger")
}

/// Whether a policy that was there before calls it.
fn is_asked(state: &State<'_>, routine: &TableName) -> bool {
    let bare = routine.name.split('(').next().unwrap_or_default();
    let is = |call: &String| match call.rsplit_once('.') {
        Some((schema, name)) => name == bare && schema == routine.schema,
        None => call == bare && routine.schema == "public",
    };
    state.catalog.tables().any(|(_, table)| {
        table.policies.values().filter(|it| !state.catalog.is_recent(&it.born)).any(|policy| {
            policy.using.iter().chain(&policy.check).any(|it| it.calls.iter().any(is))
        })
    })
}

fn lost(before: &Routine, now: &Routine) -> Option<(&'static str, &'static str)> {
    if before.definer && !now.definer {
        return Some(("security definer", "it sees only what its caller may see"));
    }
    let unset = before.search_path.is_some() && now.search_path.is_none() && now.definer;
    unset.then_some((
        "set search_path",
        "it looks names up where its caller says, with the rights of its owner",
    ))
}
