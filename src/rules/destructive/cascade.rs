//! # cascade
//!
//! `CASCADE` takes away what depends on a thing without naming it.
//!
//! What the migrations show of it is named: views, foreign keys of other tables, policies, triggers, defaults. It
//! passes where nothing is known to depend on the thing, and where what does is new, or dropped or made again by name
//! in the same migration.
//!
//! ## Fails
//!
//! ```sql before
//! create table users (id bigint constraint users_pkey primary key);
//! alter table users enable row level security;
//! create table orders (id bigint primary key, user_id bigint references users);
//! alter table orders enable row level security;
//! ```
//!
//! ```sql
//! alter table users drop constraint users_pkey cascade;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table drafts (id bigint primary key);
//! create table pages (id bigint primary key, draft_id bigint references drafts);
//! alter table pages enable row level security;
//! drop table drafts cascade;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{
    Cascade, Change, ConstraintKind, ObjectName, Op, RoutineOp, Shown, Table, TableName,
};

pub(super) const RULE: Rule =
    declare!("destructive", "cascade.rs", "cascade", Approve, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (what, found) = match &change.op {
        Op::DropTable { name, cascade: Cascade::Yes }
        | Op::DropView { name, cascade: Cascade::Yes } => {
            let (name, _) = cx.table(name)?;
            (name.to_string(), of_relation(cx, &name))
        }
        Op::DropColumn { table, column, cascade: Cascade::Yes, .. } => {
            let (name, found) = cx.table(table)?;
            let policies = found.policies.iter().filter(|(_, it)| it.names(column));
            let policies =
                policies.map(|(policy, _)| format!("the policy `{}` of `{name}`", Shown(policy)));
            let mut gone: Vec<String> = policies.collect();
            gone.extend(keys_to(cx, &name, Some(std::slice::from_ref(column))));
            (format!("{name}.{}", Shown(column)), gone)
        }
        Op::DropConstraint { table, name, cascade: Cascade::Yes, .. } => {
            let (table, found) = cx.table(table)?;
            let kind = &found.constraints.get(name)?.kind;
            (format!("{table}.{}", Shown(name)), keys_to(cx, &table, Some(kind.columns())))
        }
        Op::Routine { name, op: RoutineOp::Drop { cascade: Cascade::Yes, .. }, .. } => {
            (cx.catalog.resolve_routine(name, None).to_string(), triggers_of(cx, name))
        }
        _ => return None,
    };
    if found.is_empty() {
        return None;
    }
    let message = format!(
        "{} {} gone with `{what}` after this",
        found.join(", "),
        if found.len() == 1 { "is" } else { "are" }
    );
    let finding = cx.finding(change, what, message);
    Some(finding.help("leave `cascade` out: Postgres then refuses, and names all that depends on it; drop by name what is to go"))
}

fn of_relation(cx: &Context<'_>, name: &TableName) -> Vec<String> {
    let reads = |it: &Table| it.reads.contains(name) && !cx.catalog.is_new_born(&it.born);
    let views = cx.catalog.tables().filter(|(_, it)| reads(it)).map(|(view, _)| view);
    let views = views.filter(|view| !is_named(cx, view));
    let mut gone: Vec<String> = views.map(|it| format!("the view `{it}`")).collect();
    gone.extend(keys_to(cx, name, None));
    gone
}

/// Whether the migration drops it, or makes it again, in words of its own.
fn is_named(cx: &Context<'_>, relation: &TableName) -> bool {
    cx.migration.script.changes.iter().any(|it| match &it.op {
        Op::DropView { name, .. } | Op::DropTable { name, .. } => {
            cx.catalog.resolve_permanent(name) == *relation
        }
        Op::CreateTable(new) => cx.catalog.resolve_permanent(&new.name) == *relation,
        _ => false,
    })
}

/// Foreign keys of older tables that refer to the table, or to one of its columns.
fn keys_to(cx: &Context<'_>, target: &TableName, columns: Option<&[String]>) -> Vec<String> {
    let mut gone = Vec::new();
    for (table, it) in cx.catalog.tables() {
        if table == *target || cx.catalog.is_new_born(&it.born) {
            continue;
        }
        for (name, constraint) in &it.constraints {
            let ConstraintKind::ForeignKey(key) = &constraint.kind else { continue };
            let here = key.target == ObjectName::new(Some(&target.schema), &target.name);
            let refers = columns
                .is_none_or(|it| key.target_columns.iter().any(|column| it.contains(column)));
            let old = !cx.catalog.is_new_born(&constraint.born);
            if here && refers && old && !is_named(cx, &table) {
                gone.push(format!("the foreign key `{}` of `{table}`", Shown(name)));
            }
        }
    }
    gone
}

fn triggers_of(cx: &Context<'_>, routine: &ObjectName) -> Vec<String> {
    let mut gone = Vec::new();
    for (table, it) in cx.catalog.tables().filter(|(_, it)| !it.triggers.is_empty()) {
        for (name, trigger) in &it.triggers {
            let again = || {
                cx.migration.script.changes.iter().any(|it| {
                matches!(&it.op, Op::CreateTrigger { name: made, .. } | Op::DropTrigger { name: made, .. } if made == name)
            })
            };
            let runs = trigger.function.name == routine.name
                && (routine.schema.is_none()
                    || trigger.function.schema.is_none()
                    || trigger.function.schema == routine.schema);
            if runs && !again() && !cx.catalog.is_new_born(&trigger.born) {
                gone.push(format!("the trigger `{}` of `{table}`", Shown(name)));
            }
        }
    }
    gone
}
