//! # check-validated-at-once
//!
//! A new check reads the whole table while nobody else can read or write it.
//!
//! With `NOT VALID` it holds for every row that is written from then on, and reads nothing. `VALIDATE CONSTRAINT`, in a
//! later migration, reads the old rows while everyone goes on working.
//!
//! ## Fails
//!
//! ```sql
//! alter table users add constraint users_age_check check (age > 0);
//! ```
//!
//! ```sql
//! alter table users add column height integer check (height > 0);
//! ```
//!
//! ## Passes
//!
//! ```sql
//! alter table users add constraint users_age_check check (age > 0) not valid;
//! ```
//!
//! ```sql
//! create table notes (id bigint primary key, stars integer);
//! alter table notes enable row level security;
//! alter table notes add constraint notes_stars_check check (stars between 0 and 5);
//! ```

use super::{constraints, validated_later};
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, ConstraintKind};

pub(super) const RULE: Rule = declare!(
    "locking",
    "check_validated_at_once.rs",
    "check-validated-at-once",
    Warn,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (table, found) = constraints(cx, change)?;
    let constraint = found.iter().find(|it| {
        let checks = matches!(it.kind, ConstraintKind::Check(_) | ConstraintKind::NotNull { .. });
        checks && !it.not_valid
    })?;
    let name = cx.name(table);
    let message =
        format!("nobody can read or write `{name}` while every row of it is checked for this");
    Some(validated_later(cx, change, table, constraint, message))
}
