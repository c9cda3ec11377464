//! # unique-on-existing
//!
//! Where two rows have the same value already, a new unique key fails; where clients still write one, they do.
//!
//! It passes where a column is new and empty, and where a smaller key is unique already.
//!
//! ## Fails
//!
//! ```sql before
//! create table users (id bigint primary key, email text);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! create unique index users_email_key on users (email);
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table users (id bigint primary key, email text);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users add column handle text unique;
//! alter table users add constraint users_id_email_key unique (id, email);
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{
    Certainty, Change, ConstraintKind, NewConstraint, ObjectName, Op, Table, TableName,
};

pub(super) const RULE: Rule = declare!(
    "compatibility",
    "unique_on_existing.rs",
    "unique-on-existing",
    Warn,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (table, columns, condition) = key(&change.op)?;
    if cx.is_new(change, table) || change.certainty == Certainty::Deferred {
        return None;
    }
    let found = cx.table(table);
    let empty = |it: &String| {
        let known = found.as_ref().and_then(|(_, table)| table.columns.get(it));
        cx.is_new_column(change, table, it) && known.is_some_and(|it| it.default.is_none())
    };
    if columns.iter().any(empty) {
        return None;
    }
    if let Some((name, table)) = &found
        && is_unique(cx, name, table, &columns)
    {
        return None;
    }
    let list = columns.join("`, `");
    let name = cx.name(table);
    let message = format!("two rows of `{name}` with the same `{list}` make this fail");
    let finding = cx.finding(change, format!("{name}.{}", columns.join(",")), message);
    let select: Vec<String> = columns.iter().map(|it| sql(it)).collect();
    let (select, table) = (select.join(", "), cx.sql_name(table));
    let condition = condition.map_or_else(String::new, |it| format!(" where {it}"));
    Some(finding.help(format!(
        "look for them first: `select {select}, count(*) from {table}{condition} group by {select} having count(*) > 1;`"
    )))
}

fn sql(key: &str) -> String {
    let is_name = key.chars().all(|it| it.is_alphanumeric() || it == '_');
    if is_name { crate::schema::quoted(key) } else { key.to_owned() }
}

/// The table, the columns or expressions that become unique, and among which rows.
fn key(op: &Op) -> Option<(&ObjectName, Vec<String>, Option<&str>)> {
    match op {
        Op::CreateIndex(index) if index.unique => {
            let keys =
                index.keys.iter().map(|it| it.column.clone().unwrap_or_else(|| it.text.clone()));
            Some((
                &index.table,
                keys.collect(),
                index.predicate.as_ref().map(|it| it.text.as_str()),
            ))
        }
        Op::AddConstraint { table, constraint } => match constraint {
            NewConstraint { using_index: Some(_), .. } => None,
            NewConstraint {
                kind:
                    ConstraintKind::Unique { columns, .. } | ConstraintKind::PrimaryKey { columns },
                ..
            } => Some((table, columns.clone(), None)),
            _ => None,
        },
        Op::AddColumn { table, column, constraints, .. } => {
            let unique = constraints.iter().any(|it| it.kind.is_indexed());
            // Every row gets the same value.
            let default = column.default.as_ref().filter(|it| it.calls.is_empty());
            (unique && default.is_some()).then(|| (table, vec![column.name.clone()], None))
        }
        _ => None,
    }
}

/// Whether some of the columns are a key already.
fn is_unique(cx: &Context<'_>, name: &TableName, table: &Table, columns: &[String]) -> bool {
    let within = |key: &[String]| !key.is_empty() && key.iter().all(|it| columns.contains(it));
    let constraint = table.constraints.values().any(|it| match &it.kind {
        ConstraintKind::PrimaryKey { columns: key } => it.born.sure && within(key),
        ConstraintKind::Unique { columns: key, .. } => {
            let nullable = key.iter().any(|it| table.columns.get(it).is_none_or(|it| !it.not_null));
            it.born.sure && !nullable && within(key)
        }
        _ => false,
    });
    constraint
        || cx.catalog.indexes_of(name, table).iter().any(|(_, it)| {
            let key: Option<Vec<String>> = it.keys.iter().map(|it| it.column.clone()).collect();
            it.unique
                && it.born.sure
                && it.predicate.is_none()
                && key.is_some_and(|it| {
                    within(&it)
                        && it.iter().all(|it| table.columns.get(it).is_some_and(|it| it.not_null))
                })
        })
}
