//! # foreign-key-cascade
//!
//! With `ON DELETE CASCADE`, whoever deletes a row of one table deletes rows of another without naming it.
//!
//! ## Fails
//!
//! ```sql before
//! create table users (id bigint primary key);
//! alter table users enable row level security;
//! create table orders (id bigint primary key, user_id bigint);
//! alter table orders enable row level security;
//! ```
//!
//! ```sql
//! alter table orders add foreign key (user_id) references users (id) on delete cascade;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table users (id bigint primary key);
//! alter table users enable row level security;
//! create table orders (id bigint primary key, user_id bigint);
//! alter table orders enable row level security;
//! ```
//!
//! ```sql
//! alter table orders add foreign key (user_id) references users (id) on delete set null;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, ConstraintKind, Referential};

pub(super) const RULE: Rule = declare!(
    "compatibility",
    "foreign_key_cascade.rs",
    "foreign-key-cascade",
    Allow,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (table, added) = super::foreign_keys(&change.op)?;
    let found = added.iter().find_map(|it| match &it.kind {
        ConstraintKind::ForeignKey(key)
            if key.on_delete == Referential::Cascade && !cx.is_new(change, &key.target) =>
        {
            Some((it, key))
        }
        _ => None,
    });
    let (constraint, key) = found?;
    let (name, target) = (cx.name(table), cx.name(&key.target));
    let message = format!("deleting a row of `{target}` deletes rows of `{name}` after this");
    let finding = cx.finding_at(change, &constraint.at, name, message);
    Some(finding.help(
        "write `on delete restrict` or `on delete set null` where those rows are worth keeping",
    ))
}
