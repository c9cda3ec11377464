//! # foreign-key-without-key
//!
//! Postgres refuses a foreign key to columns that no primary key and no unique key is over.
//!
//! ## Fails
//!
//! ```sql
//! create table teams (id uuid primary key, slug text);
//! alter table teams enable row level security;
//! create table members (id bigint primary key, team text references teams (slug));
//! alter table members enable row level security;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table teams (id uuid primary key, slug text unique);
//! alter table teams enable row level security;
//! create table members (id bigint primary key, team text references teams (slug));
//! alter table members enable row level security;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, ConstraintKind, ForeignKey, RelationKind, Table, TableName};

pub(super) const RULE: Rule = declare!(
    "compatibility",
    "foreign_key_without_key.rs",
    "foreign-key-without-key",
    Deny,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (table, added) = super::foreign_keys(&change.op)?;
    for it in added {
        let ConstraintKind::ForeignKey(key) = &it.kind else { continue };
        let Some((target, found)) = cx.table(&key.target) else { continue };
        // What was there before the migrations may have keys that they do not show.
        let known = found.born.sure && found.kind == RelationKind::Table && found.parent.is_none();
        if !known || cx.is_same(table, &key.target) || has_key(cx, &target, &found, key) {
            continue;
        }
        let columns = key.target_columns.join("`, `");
        let message = if columns.is_empty() {
            format!("this fails: `{target}` has no primary key to refer to")
        } else {
            format!(
                "this fails: nothing keeps two rows of `{target}` from having the same `{columns}`"
            )
        };
        let finding = cx.finding_at(change, &it.at, cx.name(table), message);
        return Some(finding.help(format!(
            "refer to the primary key of `{target}`, or add a unique key over what is referred to before this"
        )));
    }
    None
}

fn has_key(cx: &Context<'_>, name: &TableName, table: &Table, key: &ForeignKey) -> bool {
    if key.target_columns.is_empty() {
        return table.primary_key().is_some();
    }
    let sorted = |columns: &[String]| {
        let mut columns = columns.to_vec();
        columns.sort_unstable();
        columns
    };
    let wanted = sorted(&key.target_columns);
    let constraint = table.constraints.values().any(|it| match &it.kind {
        ConstraintKind::PrimaryKey { columns } | ConstraintKind::Unique { columns, .. } => {
            sorted(columns) == wanted
        }
        _ => false,
    });
    constraint
        || cx.catalog.indexes_of(name, table).iter().any(|(_, it)| {
            let columns: Option<Vec<String>> = it.keys.iter().map(|it| it.column.clone()).collect();
            it.unique && it.predicate.is_none() && columns.is_some_and(|it| sorted(&it) == wanted)
        })
}
