//! # unique-constraint-builds-index
//!
//! A new unique constraint builds an index while nobody else can read or write the table.
//!
//! A unique index that was built `CONCURRENTLY` before can be made the constraint in no time.
//!
//! ## Fails
//!
//! ```sql
//! alter table users add constraint users_name_key unique (name);
//! ```
//!
//! ```text
//! warning[unique-constraint-builds-index]: nobody can read or write `public.users` while the index of this is built
//!   ╭▸ prisma/migrations/20260101000000_example/migration.sql:1:23
//!   │
//! 1 │ alter table users add constraint users_name_key unique (name);
//!   │                       ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
//!   │
//!   ├ note: by default, `unique-constraint-builds-index` is warned about
//!   ├ help: build it before, alone in a migration: `create unique index concurrently users_name_key on public.users (name);`, then `alter table public.users add constraint users_name_key unique using index users_name_key;`
//!   ╰ explain: sprag explain unique-constraint-builds-index
//! ```
//!
//! ```sql
//! alter table users add column nick text unique;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table users (id bigint primary key, name text);
//! alter table users enable row level security;
//! create unique index users_name_key on users (name);
//! ```
//!
//! ```sql
//! alter table users add constraint users_name_key unique using index users_name_key;
//! ```
//!
//! ```sql
//! create table notes (id bigint primary key, slug text);
//! alter table notes enable row level security;
//! alter table notes add constraint notes_slug_key unique (slug);
//! ```

use super::{built_before, constraints};
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, ConstraintKind};

pub(super) const RULE: Rule = declare!(
    "locking",
    "unique_constraint_builds_index.rs",
    "unique-constraint-builds-index",
    Warn,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (table, found) = constraints(cx, change)?;
    let (constraint, columns) = found.iter().find_map(|it| match &it.kind {
        ConstraintKind::Unique { columns, .. } if it.using_index.is_none() => Some((it, columns)),
        _ => None,
    })?;
    let name = cx.name(table);
    let message = format!("nobody can read or write `{name}` while the index of this is built");
    let finding = cx.finding_at(change, &constraint.at, &name, message);
    Some(finding.help(built_before(cx, table, constraint, columns, "key", "unique")))
}
