//! # tighter-check
//!
//! A new check refuses rows that the running clients may still write.
//!
//! `NOT VALID` spares the rows that are there, and no new one. It passes over columns that the same change created,
//! and where a list only gets longer.
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

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{
    Certainty, Change, ConstraintKind, Expression, NewConstraint, ObjectName, Op, Shown,
};

pub(super) const RULE: Rule =
    declare!("compatibility", "tighter_check.rs", "tighter-check", Warn, Check::Change(check));

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
    if cx.is_new(change, table) || later || (new && !check.columns.is_empty()) {
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

/// Whether the new one lets in all that the old one did, as far as lists of texts and an added `OR` tell.
fn is_wider(old: &Expression, new: &Expression) -> bool {
    let bare = |it: &Expression| {
        let mut text = it.text.to_ascii_lowercase();
        for literal in &it.literals {
            text = text.replace(&format!("'{}'", literal.to_ascii_lowercase()), "");
        }
        text.replace(|c: char| c.is_whitespace() || c == ',', "")
    };
    let negated = old.text.to_ascii_lowercase().contains("not ") || old.text.contains(['<', '!']);
    let is_list = !old.literals.is_empty() && bare(old) == bare(new) && !negated;
    let more = new.text.strip_prefix(&old.text).map(str::trim_start);
    let adds = more.is_some_and(|it| it.get(..3).is_some_and(|it| it.eq_ignore_ascii_case("or ")));
    old.text == new.text
        || (adds && !old.text.to_ascii_lowercase().contains(" and "))
        || (is_list && old.literals.iter().all(|it| new.literals.contains(it)))
}
