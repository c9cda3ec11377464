//! # drop-column
//!
//! Dropping a column deletes its data for good and breaks every client that still reads it.
//!
//! Stop reading the column and leave it. Dropping it and adding it again, under the same name or another, loses the
//! data all the same. Indexes, unique keys and foreign keys that the column is part of go with it.
//!
//! ## Fails
//!
//! ```sql
//! alter table users drop column email;
//! ```
//!
//! ```sql
//! alter table users drop column age, add column age bigint;
//! ```
//!
//! ```sql before
//! create table users (id bigint primary key, email text, team bigint);
//! alter table users enable row level security;
//! create unique index users_team_email_key on users (team, email);
//! ```
//!
//! ```sql
//! alter table users drop column email, add column mail text;
//! ```
//!
//! ```text
//! error[drop-column]: `public.users.email` and all its data are gone after this, and with it the unique index `users_team_email_key`
//!   ╭▸ prisma/migrations/20260101000000_example/migration.sql:1:19
//!   │
//! 1 │ alter table users drop column email, add column mail text;
//!   │                   ━━━━━━━━━━━━━━━━━
//!   │
//!   ├ note: by default, `drop-column` is denied
//!   ├ help: keep the column; if `mail` is to be the same under a new name, rename only the field: in Prisma, `@map("email")`
//!   ╰ explain: sprag explain drop-column
//! ```
//!
//! The fields of a composite type are columns inside of columns.
//!
//! ```sql
//! alter type address drop attribute city cascade;
//! ```
//!
//! ## Passes
//!
//! Nobody can be reading a column that the same change created, or one of a table that it created.
//!
//! ```sql
//! create table drafts (id bigint primary key, note text);
//! alter table drafts drop column note;
//! ```
//!
//! ```sql before
//! create table users (id bigint);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users add column nick text;
//! alter table users drop column nick;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{AttributeOp, Change, ConstraintKind, ObjectName, Op, Shown};

pub(super) const RULE: Rule =
    declare!("destructive", "drop_column.rs", "drop-column", Deny, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    match &change.op {
        Op::DropColumn { table, column, .. } => {
            if cx.is_new_column(change, table, column) {
                return None;
            }
            let owner = cx.name(table);
            let subject = format!("{owner}.{}", Shown(column));
            let more = and_with_it(&goes_along(cx, table, column));
            let message = format!("`{subject}` and all its data are gone after this{more}");
            let finding = cx.finding(change, &subject, message);
            Some(finding.help(help(cx, table, column, &owner)))
        }
        Op::Attribute { of: name, op: AttributeOp::Drop { attribute } } => {
            let name = cx.catalog.resolve_type(name);
            if cx.catalog.is_new_type(&name) {
                return None;
            }
            let subject = format!("{name}.{}", Shown(attribute));
            let message = format!("`{subject}` and all its data are gone after this");
            let finding = cx.finding(change, &subject, message);
            Some(finding.help(format!(
                "leave it in `{name}` and stop reading it; schema changes here only add"
            )))
        }
        _ => None,
    }
}

/// Older indexes and constraints that the column is part of.
fn goes_along(cx: &Context<'_>, table: &ObjectName, column: &str) -> Vec<String> {
    let Some((name, found)) = cx.table(table) else { return Vec::new() };
    let mut gone = Vec::new();
    for (constraint, it) in &found.constraints {
        let what = match &it.kind {
            ConstraintKind::PrimaryKey { .. } => "the primary key",
            ConstraintKind::Unique { .. } => "the unique key",
            ConstraintKind::ForeignKey(_) => "the foreign key",
            ConstraintKind::Check(_) => "the check",
            ConstraintKind::Exclude { .. } | ConstraintKind::NotNull { .. } => "the constraint",
            ConstraintKind::Default { .. } => continue,
        };
        if it.kind.columns().iter().any(|it| it == column) {
            gone.push(format!("{what} `{}`", Shown(constraint)));
        }
    }
    for (index, it) in cx.catalog.indexes_of(&name, &found) {
        if it.uses(column) && !cx.catalog.is_new_born(&it.born) {
            let what = if it.unique { "the unique index" } else { "the index" };
            gone.push(format!("{what} `{}`", Shown(&index)));
        }
    }
    gone
}

fn and_with_it(gone: &[String]) -> String {
    match gone {
        [] => String::new(),
        [one] => format!(", and with it {one}"),
        [first @ .., last] => format!(", and with it {} and {last}", first.join(", ")),
    }
}

/// What to do instead: where a column of the same type comes in its place, it is a renamed one.
fn help(cx: &Context<'_>, table: &ObjectName, column: &str, owner: &str) -> String {
    let data_type = cx.data_type(table, column);
    let changes = &cx.migration.script.changes;
    let mut added = changes.iter().filter_map(|it| match &it.op {
        Op::AddColumn { table: other, column, .. } if cx.is_same(table, other) => Some(column),
        _ => None,
    });
    let taking = added.find(|it| it.name == column || Some(&it.data_type) == data_type.as_ref());
    match taking {
        Some(it) if it.name == column => format!(
            "keep the column: `{}` comes back empty; for another type add a column beside it, fill it and move readers over",
            Shown(column)
        ),
        Some(it) => format!(
            "keep the column; if `{}` is to be the same under a new name, rename only the field: in Prisma, `@map(\"{}\")`",
            Shown(&it.name),
            Shown(column)
        ),
        None => format!(
            "leave the column in `{owner}` and stop reading it; schema changes here only add"
        ),
    }
}
