//! # exposed-definer
//!
//! A `SECURITY DEFINER` function in an exposed schema is a way past every policy that everyone may call.
//!
//! Postgres lets everyone call a new function, and the API offers it. Many programs want just that, so this is off
//! until a policy asks for it. Functions of triggers cannot be called.
//!
//! ## Fails
//!
//! ```sql
//! create function balance() returns int language sql security definer set search_path = '' as 'select 1';
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create function balance() returns int language sql security definer set search_path = '' as 'select 1';
//! revoke execute on function balance() from public, anon;
//! ```
//!
//! ```sql
//! create function stamp() returns trigger language plpgsql security definer set search_path = '' as $$ begin return new; end $$;
//! ```

use super::reach::is_ours;
use crate::rules::{Check, Finding, Rule, State, declare};
use crate::schema::{Routine, TableName};

pub(super) const RULE: Rule =
    declare!("access", "exposed_definer.rs", "exposed-definer", Allow, Check::State(check));

fn check(state: &State<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut look = |name: &TableName, it: &Routine| {
        let trigger =
            matches!(it.returns.to_ascii_lowercase().as_str(), "trigger" | "event_trigger");
        let granted = |role| it.granted.get(role).copied();
        let closed = granted("public") == Some(false) && granted("anon") != Some(true);
        let exposed = state.target.exposed_schemas.contains(&name.schema);
        let open = it.definer && !trigger && !closed && exposed && is_ours(state, &it.defined);
        let Some(at) = it.defined.at.clone().filter(|_| open) else { return };
        let message =
            format!("everyone who reaches the API may call `{name}`, which is above the policies");
        let finding = Finding::new(name.to_string(), at, message);
        let finding = finding.evidence(&format!("definer function {name}"));
        findings.push(finding.help("add `revoke execute on function … from public, anon;`, or create it in a schema that is not exposed"));
    };
    if state.everything {
        state.catalog.routines().for_each(|(name, it)| look(&name, &it));
    } else {
        state.catalog.touched_routines().for_each(|(name, it)| look(name, it));
    }
    findings
}
