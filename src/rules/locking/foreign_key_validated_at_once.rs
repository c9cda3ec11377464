//! # foreign-key-validated-at-once
//!
//! A new foreign key reads its whole table while nobody can write to either of the two tables.
//!
//! With `NOT VALID` it holds for every row that is written from then on, and reads nothing. `VALIDATE CONSTRAINT`, in a
//! later migration, reads the old rows while everyone goes on working.
//!
//! ## Fails
//!
//! ```sql
//! alter table orders add constraint orders_user_fkey foreign key (id) references users (id);
//! ```
//!
//! ```sql
//! alter table orders add column user_id bigint default 1 references users (id);
//! ```
//!
//! ```sql
//! alter table orders add column user_id bigint generated always as (id) stored references users (id);
//! ```
//!
//! ## Passes
//!
//! ```sql
//! alter table orders add constraint orders_user_fkey foreign key (id) references users (id) not valid;
//! ```
//!
//! ```sql
//! create table notes (id bigint primary key, author bigint references users (id));
//! alter table notes enable row level security;
//! ```
//!
//! A column without a default refers to nothing yet.
//!
//! ```sql
//! alter table orders add column user_id bigint references users (id);
//! ```

use super::{constraints, is_partitioned, validated_later};
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, ConstraintKind, Generated, NewColumn, Op};

pub(super) const RULE: Rule = declare!(
    "locking",
    "foreign_key_validated_at_once.rs",
    "foreign-key-validated-at-once",
    Allow,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (table, found) = constraints(cx, change)?;
    let computed = |it: &NewColumn| matches!(it.generated, Some(Generated::Stored));
    let empty = matches!(
        &change.op,
        Op::AddColumn { column, .. } if column.default.is_none() && !computed(column)
    );
    let (constraint, key) = found.iter().find_map(|it| match &it.kind {
        ConstraintKind::ForeignKey(key) if !it.not_valid => Some((it, key)),
        _ => None,
    })?;
    // Postgres 15 knows no NOT VALID there.
    if empty || is_partitioned(cx, table) {
        return None;
    }
    let (ours, theirs) = (cx.name(table), cx.name(&key.target));
    let message = format!(
        "nobody can write to `{ours}` or `{theirs}` while every row of `{ours}` is checked for this"
    );
    Some(validated_later(cx, change, table, constraint, message))
}
