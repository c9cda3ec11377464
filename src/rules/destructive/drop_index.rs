//! # drop-index
//!
//! Queries that an index made fast read the whole table once it is gone.
//!
//! It passes where the same change, or an index that stays, serves the same queries: one of the same table whose first
//! columns are those of the dropped one. Dropping a unique index is `drop-constraint`.
//!
//! ## Fails
//!
//! ```sql
//! drop index users_email_idx;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table users (id bigint primary key, email text, age integer);
//! alter table users enable row level security;
//! create index users_email_idx on users (email);
//! ```
//!
//! ```sql
//! drop index users_email_idx;
//! create index users_email_age_idx on users (email, age);
//! ```
//!
//! ```sql
//! create temp table picked (id bigint);
//! create index picked_id_idx on picked (id);
//! drop index picked_id_idx;
//! ```

use crate::rules::{Check, Context, Finding, Made, Rule, declare};
use crate::schema::{Change, Expression, Index, IndexKey, Op, TableName};

pub(super) const RULE: Rule =
    declare!("destructive", "drop_index.rs", "drop-index", Warn, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::DropIndex { name, .. } = &change.op else { return None };
    let name = cx.catalog.resolve_index(name);
    let index = cx.catalog.index(&name);
    if let Some(index) = &index
        && (index.unique || cx.catalog.is_new_born(&index.born) || is_replaced(cx, &name, index))
    {
        return None;
    }
    // An index that nobody knows may be made again under its name.
    if index.is_none() && !cx.made_later(Made::Index, &name.name).is_empty() {
        return None;
    }
    let on = index.as_ref().map_or_else(String::new, |it| format!(" of `{}`", it.table));
    let message = format!("queries that `{name}` made fast read the whole table{on} after this");
    let finding = cx.finding(change, name.to_string(), message);
    Some(finding.help(match index {
        _ if !cx.is_postgres() => "look first whether no query uses it".to_owned(),
        Some(index) => {
            let keys: Vec<&str> = index.keys.iter().map(|it| it.text.as_str()).collect();
            format!(
                "look in `pg_stat_user_indexes` whether nobody scans it; to bring it back: `create index concurrently {} on {} using {} ({});`",
                crate::schema::quoted(&name.name),
                index.table.sql(),
                index.method,
                keys.join(", ")
            )
        }
        None => "look in `pg_stat_user_indexes` whether nobody scans it".to_owned(),
    }))
}

/// Whether an index that stays, or comes later, serves the queries of this one.
fn is_replaced(cx: &Context<'_>, name: &TableName, index: &Index) -> bool {
    let serves = |keys: &[IndexKey], method: &str, predicate: Option<&Expression>| {
        let mut pairs = index.keys.iter().zip(keys);
        keys.len() >= index.keys.len()
            && pairs.all(|(one, other)| one.text.eq_ignore_ascii_case(&other.text))
            && method == index.method
            && predicate
                .is_none_or(|it| index.predicate.as_ref().is_some_and(|p| p.text == it.text))
    };
    let later = cx.made_later(Made::IndexOn, &index.table.name);
    let mut later = later.iter().filter_map(|it| match &it.op {
        Op::CreateIndex(it) if cx.name(&it.table) == index.table.to_string() => Some(it),
        _ => None,
    });
    if later.any(|it| serves(&it.keys, &it.method, it.predicate.as_ref())) {
        return true;
    }
    let Some(table) = cx.catalog.table(&index.table) else { return false };
    let mut others = cx.catalog.indexes_of(&index.table, &table).into_iter();
    others.any(|(other, it)| {
        other != name.name && it.born.sure && serves(&it.keys, &it.method, it.predicate.as_ref())
    })
}
