//! # unique-on-existing
//!
//! Where two rows have the same value already, a new unique key fails; where clients still write one, they do.
//!
//! It passes where a column is new and empty, where a smaller key is unique already, and where the key was unique until this
//! change.
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
//! ```sql before
//! create table users (id bigint primary key, email text, active boolean);
//! alter table users enable row level security;
//! create unique index users_email_key on users (email) where active;
//! ```
//!
//! ```sql
//! drop index users_email_key;
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
//!
//! ```sql before
//! create table users (id bigint primary key, email text);
//! alter table users enable row level security;
//! create unique index users_email_key on users (lower(email));
//! ```
//!
//! ```sql
//! drop index users_email_key;
//! create unique index users_email_key on users (lower(email)) include (id);
//! ```
//!
//! ```sql
//! create materialized view private.totals as select id, count(*) as n from users group by id;
//! create unique index totals_id_key on private.totals (id);
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{
    Certainty, Change, ConstraintKind, Index, IndexKey, ObjectName, Op, Table, TableName,
};

pub(super) const RULE: Rule = declare!(
    "compatibility",
    "unique_on_existing.rs",
    "unique-on-existing",
    Warn,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Key { table, columns, condition, alike } = key(&change.op)?;
    if cx.is_unused(change, table) || change.certainty == Certainty::Deferred {
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
    if let Some((name, table)) = &found {
        let before = cx.catalog.table_before(name);
        let old = |name: &TableName| cx.catalog.index_before(name);
        let is = |name: &TableName| cx.catalog.index(name).map(std::borrow::Cow::into_owned);
        let until_now =
            before.is_some_and(|it| is_unique(name, &it, &columns, condition, alike, &old));
        if until_now || is_unique(name, table, &columns, condition, alike, &is) {
            return None;
        }
    }
    let list = columns.join("`, `");
    let name = cx.name(table);
    let message = format!("two rows of `{name}` with the same `{list}` make this fail");
    let finding = cx.finding(change, format!("{name}.{}", columns.join(",")), message);
    let select: Vec<String> = columns.iter().map(|it| sql(cx, it)).collect();
    let (select, table) = (select.join(", "), cx.sql_name(table));
    let condition = condition.map_or_else(String::new, |it| format!(" where {it}"));
    Some(finding.help(format!(
        "look for them first: `select {select}, count(*) from {table}{condition} group by {select} having count(*) > 1;`"
    )))
}

fn sql(cx: &Context<'_>, key: &str) -> String {
    let is_name = key.chars().all(|it| it.is_alphanumeric() || it == '_');
    if is_name { cx.quoted(key) } else { key.to_owned() }
}

/// What becomes unique.
struct Key<'a> {
    table: &'a ObjectName,
    /// Columns or expressions.
    columns: Vec<String>,
    /// Among which rows.
    condition: Option<&'a str>,
    /// Rows without a value count as well.
    alike: bool,
}

fn key(op: &Op) -> Option<Key<'_>> {
    match op {
        Op::CreateIndex(index) if index.unique => Some(Key {
            table: &index.table,
            columns: index.keys.iter().map(label).collect(),
            condition: index.predicate.as_ref().map(|it| it.text.as_str()),
            alike: index.nulls_not_distinct,
        }),
        Op::AddConstraint { table, constraint } => {
            let (columns, alike) = match &constraint.kind {
                ConstraintKind::Unique { columns, nulls_not_distinct } => {
                    (columns.clone(), *nulls_not_distinct)
                }
                ConstraintKind::PrimaryKey { columns } => (columns.clone(), true),
                _ => return None,
            };
            let key = Key { table, columns, condition: None, alike };
            constraint.using_index.is_none().then_some(key)
        }
        Op::AddColumn { table, column, constraints, .. } => {
            let unique = constraints.iter().any(|it| it.kind.is_indexed());
            // Every row gets the same value.
            let default = column.default.as_ref().filter(|it| it.calls.is_empty());
            let columns = vec![column.name.clone()];
            (unique && default.is_some()).then_some(Key {
                table,
                columns,
                condition: None,
                alike: false,
            })
        }
        _ => None,
    }
}

fn label(key: &IndexKey) -> String {
    key.column.clone().unwrap_or_else(|| key.text.clone())
}

/// Whether some of the columns are a key of the table, among those rows at least.
fn is_unique(
    name: &TableName,
    table: &Table,
    columns: &[String],
    condition: Option<&str>,
    alike: bool,
    index: &impl Fn(&TableName) -> Option<Index>,
) -> bool {
    // Rows without a value count for the new key only where they are alike to it.
    let within = |key: &[String], old_alike: bool| {
        let set = |it: &String| table.columns.get(it).is_some_and(|it| it.not_null);
        let inside = !key.is_empty() && key.iter().all(|it| columns.contains(it));
        inside && (!alike || old_alike || key.iter().all(set))
    };
    let constraint = table.constraints.values().any(|it| match &it.kind {
        ConstraintKind::PrimaryKey { columns: key } => it.born.sure && within(key, true),
        ConstraintKind::Unique { columns: key, nulls_not_distinct } => {
            it.born.sure && within(key, *nulls_not_distinct)
        }
        _ => false,
    });
    constraint
        || table.indexes.iter().any(|it| {
            let Some(it) = index(&TableName::new(name.schema.as_str(), it)) else { return false };
            let keys: Vec<String> = it.keys.iter().map(label).collect();
            let rows = it.predicate.as_ref().is_none_or(|it| Some(it.text.as_str()) == condition);
            it.unique && it.born.sure && rows && within(&keys, it.nulls_not_distinct)
        })
}
