//! # foreign-key-type-mismatch
//!
//! Postgres refuses a foreign key between columns whose types cannot be compared.
//!
//! ## Fails
//!
//! ```sql
//! create table teams (id uuid primary key);
//! alter table teams enable row level security;
//! create table members (id bigint primary key, team_id text references teams (id));
//! alter table members enable row level security;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table teams (id bigserial primary key);
//! alter table teams enable row level security;
//! create table members (id bigint primary key, team_id integer references teams (id));
//! alter table members enable row level security;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, ConstraintKind, ForeignKey, ObjectName, Op, Shown};

pub(super) const RULE: Rule = declare!(
    "compatibility",
    "foreign_key_type_mismatch.rs",
    "foreign-key-type-mismatch",
    Deny,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (table, added) = super::foreign_keys(&change.op)?;
    for it in added {
        let ConstraintKind::ForeignKey(key) = &it.kind else { continue };
        let Some((column, from, to)) = mismatch(cx, &change.op, table, key) else { continue };
        let subject = format!("{}.{}", cx.name(table), Shown(column));
        let message = format!(
            "this fails: `{subject}` is {}, and what it refers to in `{}` is {}",
            Shown(&from),
            cx.name(&key.target),
            Shown(&to)
        );
        let finding = cx.finding_at(change, &it.at, &subject, message);
        return Some(finding.help(format!("make `{subject}` {}", Shown(&to))));
    }
    None
}

fn mismatch<'a>(
    cx: &Context<'_>,
    op: &Op,
    table: &ObjectName,
    key: &'a ForeignKey,
) -> Option<(&'a str, String, String)> {
    let (_, target) = cx.table(&key.target)?;
    let targets = if key.target_columns.is_empty() {
        target.primary_key()?.to_vec()
    } else {
        key.target_columns.clone()
    };
    key.columns.iter().zip(targets).find_map(|(column, target_column)| {
        let to = target.columns.get(&target_column)?.data_type.clone();
        let own = match op {
            Op::CreateTable(new) => new.columns.iter().find(|it| it.name == *column),
            Op::AddColumn { column: new, .. } => Some(new).filter(|it| it.name == *column),
            _ => None,
        };
        let from = own.map(|it| it.data_type.clone()).or_else(|| cx.data_type(table, column))?;
        let differ = family(&from)? != family(&to)?;
        differ.then_some((column.as_str(), from, to))
    })
}

/// Types with the same answer have an operator `=` between them in one family of a B-tree.
fn family(data_type: &str) -> Option<&'static str> {
    let bare = data_type.split(['(', ' ']).next().unwrap_or_default();
    if data_type.contains('[') {
        return None;
    }
    Some(match bare {
        "smallint" | "integer" | "bigint" | "serial" | "bigserial" | "smallserial" | "serial2"
        | "serial4" | "serial8" | "numeric" | "real" | "double" => "number",
        "text" | "varchar" | "char" | "character" | "bpchar" => "text",
        "uuid" => "uuid",
        "boolean" => "boolean",
        "date" | "timestamp" | "timestamptz" => "time",
        "bytea" => "bytes",
        _ => return None,
    })
}
