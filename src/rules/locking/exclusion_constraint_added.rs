//! # exclusion-constraint-added
//!
//! A new exclusion constraint builds an index while nobody else can read or write the table, and there is no other way
//! to build it.
//!
//! ## Fails
//!
//! ```sql
//! alter table users add constraint users_age_excl exclude using btree (age with =);
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table bookings (id bigint primary key, seat integer, exclude using btree (seat with =));
//! alter table bookings enable row level security;
//! ```

use super::constraints;
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, ConstraintKind};

pub(super) const RULE: Rule = declare!(
    "locking",
    "exclusion_constraint_added.rs",
    "exclusion-constraint-added",
    Warn,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (table, found) = constraints(cx, change)?;
    let constraint = found.iter().find(|it| matches!(it.kind, ConstraintKind::Exclude { .. }))?;
    let name = cx.name(table);
    let message = format!("nobody can read or write `{name}` while the index of this is built");
    Some(cx.finding_at(change, &constraint.at, &name, message).help(
        "apply it while nobody needs the table, with a `lock_timeout`, or put the constraint on a new table and move the rows there in batches",
    ))
}
