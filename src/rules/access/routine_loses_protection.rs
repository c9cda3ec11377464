//! # routine-loses-protection
//!
//! `create or replace function` forgets `security definer` and `set search_path` where it does not repeat them.
//!
//! Compared is each function that was there before with what the whole change leaves under its name and arguments
//! (measured on Postgres 15).
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

use crate::rules::{Check, Finding, Rule, State, declare};
use crate::schema::Routine;

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
        let Some(before) = state.catalog.routine_before(name) else { continue };
        let Some(lost) = lost(&before, now) else { continue };
        let Some(at) = now.defined.at.clone() else { continue };
        let (what, then) = lost;
        let message = format!("`{name}` loses `{what}`, so {then}");
        let finding = Finding::new(name.to_string(), at, message);
        let finding = finding.evidence(&format!("function {name} loses {what}"));
        findings.push(finding.help(format!(
            "repeat `{what}` in the new definition: what it does not say is forgotten"
        )));
    }
    findings
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
