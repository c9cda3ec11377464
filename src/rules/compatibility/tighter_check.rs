//! # tighter-check
//!
//! A new check refuses rows that the running clients may still write.
//!
//! `NOT VALID` spares the rows that are there, and no new one. It passes over columns that the same change created,
//! and where a list only gets longer or a number only gets further away.
//!
//! ## Fails
//!
//! ```sql before
//! create table users (id bigint primary key, age integer);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users add constraint adults check (age >= 18) not valid;
//! ```
//!
//! ```sql before
//! create table users (id bigint primary key, age integer constraint ages check (age between 0 and 150));
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users drop constraint ages;
//! alter table users add constraint ages check (age between 1 and 200);
//! ```
//!
//! ```sql before
//! create domain mail as text;
//! create table users (id bigint primary key, email mail);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter domain mail add constraint at check (value like '%@%');
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table users (id bigint primary key, plan text constraint plans check (plan in ('free', 'paid')));
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users drop constraint plans;
//! alter table users add constraint plans check (plan in ('free', 'paid', 'team'));
//! ```
//!
//! Written as Postgres stores it, it is the same list.
//!
//! ```sql before
//! create table users (id bigint primary key, plan text constraint plans check (plan in ('free', 'paid')));
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users drop constraint plans;
//! alter table users add constraint plans check ((plan = any (array['free'::text, 'paid'::text, 'team'::text])));
//! ```
//!
//! ```sql before
//! create table users (id bigint primary key, age integer constraint ages check (age between 0 and 150));
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users add constraint ages_wider check (age >= 0 and age < 200) not valid;
//! ```
//!
//! ```sql before
//! create table users (id bigint primary key, email text not null);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users add constraint emails check (email is not null);
//! ```

use std::collections::BTreeSet;

use super::wider;
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{
    Certainty, Change, ConstraintKind, DomainOp, Expression, NewConstraint, ObjectName, Op, Shown,
};

pub(super) const RULE: Rule =
    declare!("compatibility", "tighter_check.rs", "tighter-check", Warn, Check::Change(check));

/// More checks of a column are not looked at.
const MOST: usize = 64;

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    match &change.op {
        Op::AddConstraint { table, constraint } => {
            // What takes the place of another is judged where the other goes.
            let name = constraint.name.as_deref();
            let replaces = name.is_some_and(|name| {
                let before = cx.migration.script.changes.iter().take(cx.here.1);
                before.rev().any(|it| is_drop(cx, &it.op, table, name))
            });
            if replaces { None } else { judge(cx, change, table, constraint) }
        }
        Op::DropConstraint { table, name, .. } => {
            let found = cx.table(table);
            let old = &found.as_ref()?.1.constraints.get(name)?.kind;
            let ConstraintKind::Check(old) = old else { return None };
            let (later, new) = cx.lasting_rest().find_map(|it| match &it.op {
                Op::AddConstraint { table: other, constraint }
                    if constraint.name.as_ref() == Some(name) && cx.is_same(table, other) =>
                {
                    Some((it, constraint))
                }
                _ => None,
            })?;
            if matches!(&new.kind, ConstraintKind::Check(new) if is_wider(old, new)) {
                return None;
            }
            judge(cx, later, table, new)
        }
        Op::AlterDomain { name, op: DomainOp::AddConstraint } => {
            let domain = cx.catalog.resolve_type(name);
            let replaces = cx.migration.script.changes.iter().take(cx.here.1).any(|it| {
                matches!(&it.op, Op::AlterDomain { name, op: DomainOp::DropConstraint { .. } } if cx.catalog.resolve_type(name) == domain)
            });
            let column =
                cx.catalog.columns_of_type(&domain).into_iter().next().filter(|_| !replaces)?;
            let message =
                format!("`{column}` takes less after this, as it is of the type `{domain}`");
            let finding = cx.finding(change, domain.to_string(), message);
            Some(
                finding
                    .help("look that no client writes such rows any more, and that none are there"),
            )
        }
        _ => None,
    }
}

fn is_drop(cx: &Context<'_>, op: &Op, of: &ObjectName, constraint: &str) -> bool {
    matches!(op, Op::DropConstraint { table, name, .. } if name == constraint && cx.is_same(table, of))
}

fn judge(
    cx: &Context<'_>,
    change: &Change,
    table: &ObjectName,
    constraint: &NewConstraint,
) -> Option<Finding> {
    let ConstraintKind::Check(check) = &constraint.kind else { return None };
    let new = check.columns.iter().all(|it| cx.is_new_column(change, table, it));
    let later = change.certainty == Certainty::Deferred;
    let empty = new && !check.columns.is_empty();
    if cx.is_new(change, table) || later || empty || is_known(cx, table, check) {
        return None;
    }
    let name = cx.name(table);
    let subject = match &constraint.name {
        Some(constraint) => format!("{name}.{}", Shown(constraint)),
        None => name.clone(),
    };
    let message = format!("`{name}` refuses rows that break `{}` after this", Shown(&check.text));
    let finding = cx.finding(change, subject, message);
    Some(finding.help("look that no client writes such rows any more, and that none are there"))
}

/// Whether rows that break it are kept out already, by this change set's doing or before: a check that is there, or was
/// before the change set, lets in no more, or its columns cannot be null.
fn is_known(cx: &Context<'_>, table: &ObjectName, check: &Expression) -> bool {
    let Some((name, table)) = cx.table(table) else { return false };
    let Some(new) = wider::read(&check.text) else { return false };
    if wider::passes(&new, &|it| table.columns.get(it).is_some_and(|it| it.not_null)) {
        return true;
    }
    let before = cx.catalog.table_before(&name);
    let constraints = before.iter().flat_map(|it| &it.constraints).chain(&table.constraints);
    let checks = constraints.filter_map(|(_, it)| match &it.kind {
        ConstraintKind::Check(old) if it.born.sure => Some(old),
        _ => None,
    });
    let wanted: BTreeSet<&String> = check.columns.iter().collect();
    let concerns = |it: &&Expression| it.columns.iter().any(|it| wanted.contains(it));
    checks.filter(concerns).take(MOST).any(|it| is_wider(it, check))
}

/// Whether the new one lets in all that the old one did, as far as their texts tell.
fn is_wider(old: &Expression, new: &Expression) -> bool {
    let read = |it: &Expression| wider::read(&it.text);
    old.text == new.text
        || read(old).zip(read(new)).is_some_and(|(old, new)| wider::is_wider(&old, &new))
}
