//! # read-through-parent
//!
//! A query of a parent reads the rows of its children, and asks the policies of the parent alone.
//!
//! So a table with row level security that becomes a child or a partition shows its rows to whoever reads the parent:
//! to everyone where the parent has no row level security, to those of its policies where it has (Postgres manual, 5.11).
//!
//! ## Fails
//!
//! ```sql before
//! create table everything (id bigint, owner_id uuid);
//! alter table everything enable row level security;
//! create policy reading on everything for select to authenticated using (true);
//! create table notes (id bigint, owner_id uuid);
//! alter table notes enable row level security;
//! create policy own on notes for select to authenticated using (owner_id = (select auth.uid()));
//! ```
//!
//! ```sql
//! alter table notes inherit everything;
//! ```
//!
//! ```sql before
//! create table everything (id bigint) partition by list (id);
//! create table notes (id bigint);
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! alter table everything attach partition notes default;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table everything (id bigint, owner_id uuid);
//! alter table everything enable row level security;
//! create policy own on everything for select to authenticated using (owner_id = (select auth.uid()));
//! create table notes (id bigint, owner_id uuid);
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! alter table notes inherit everything;
//! ```
//!
//! ```sql before
//! create table everything (id bigint) partition by list (id);
//! ```
//!
//! ```sql
//! create table notes (id bigint primary key);
//! alter table notes enable row level security;
//! alter table everything attach partition notes default;
//! ```

use super::reach::{Opens, opens};
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op, Table};

pub(super) const RULE: Rule = declare!(
    "access",
    "read_through_parent.rs",
    "read-through-parent",
    Approve,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::Attach { parent, child } = &change.op else { return None };
    let (name, closed) = cx.table(child)?;
    let (above, open) = cx.table(parent)?;
    let reads = |it: &Table| {
        let mut policies = it.policies.values();
        policies.any(|it| matches!(opens(it), Some(Opens::Reading | Opens::Writing)))
    };
    // A parent without row level security that is new is judged by itself.
    let why = if !open.rls && !cx.is_new(change, parent) {
        "has no row level security"
    } else if reads(&open) {
        "shows all of its rows"
    } else {
        return None;
    };
    if !closed.rls || cx.is_new(change, child) || reads(&closed) {
        return None;
    }
    let message = format!("`{above}` {why}, and the rows of `{name}` are among them after this");
    let finding = cx.finding(change, name.to_string(), message);
    Some(finding.help(format!(
        "give `{above}` row level security with policies as strict as those of `{name}` first"
    )))
}
