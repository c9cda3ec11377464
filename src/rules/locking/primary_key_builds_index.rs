//! # primary-key-builds-index
//!
//! A new primary key reads the whole table, and builds an index of it, while nobody else can read or write it.
//!
//! A unique index that was built `CONCURRENTLY` before can be made the key in no time, where its columns are `NOT NULL`
//! already: `USING INDEX` makes them so, and reads the whole table for it.
//!
//! ## Fails
//!
//! ```sql
//! alter table orders add primary key (id);
//! ```
//!
//! ```sql before
//! create table orders (id bigint);
//! alter table orders enable row level security;
//! create unique index orders_pkey on orders (id);
//! ```
//!
//! ```sql
//! alter table orders add constraint orders_pkey primary key using index orders_pkey;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table orders (id bigint not null);
//! alter table orders enable row level security;
//! create unique index orders_pkey on orders (id);
//! ```
//!
//! ```sql
//! alter table orders add constraint orders_pkey primary key using index orders_pkey;
//! ```
//!
//! ```sql
//! create table notes (id bigint);
//! alter table notes enable row level security;
//! alter table notes add primary key (id);
//! ```

use super::{built_before, constraints};
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, ConstraintKind, ObjectName, Resolved, Shown, quoted};

pub(super) const RULE: Rule = declare!(
    "locking",
    "primary_key_builds_index.rs",
    "primary-key-builds-index",
    Warn,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (table, found) = constraints(cx, change)?;
    let (constraint, columns) = found.iter().find_map(|it| match &it.kind {
        ConstraintKind::PrimaryKey { columns } => Some((it, columns)),
        _ => None,
    })?;
    let (name, sql) = (cx.name(table), cx.sql_name(table));
    let at = &constraint.at;
    if let Some(index) = &constraint.using_index {
        let column = nullable(cx, table, index)?;
        let message = format!(
            "nobody can read or write `{name}` while every row is checked: `{}` may be null until now",
            Shown(&column)
        );
        return Some(cx.finding_at(change, at, &name, message).help(format!(
            "make the column `not null` first: a check `({} is not null) not valid` on {sql}, validated in a migration of its own, then `set not null`",
            quoted(&column)
        )));
    }
    let message = format!("nobody can read or write `{name}` while the index of this is built");
    let help = built_before(cx, table, constraint, columns, "pkey", "primary key");
    Some(cx.finding_at(change, at, &name, message).help(help))
}

/// A column of the index that may be null.
fn nullable(cx: &Context<'_>, table: &ObjectName, index: &str) -> Option<String> {
    let Resolved::Permanent(found) = cx.catalog.resolve(table) else { return None };
    let named = ObjectName::new(Some(&found.schema), index);
    let index = cx.catalog.index(&cx.catalog.resolve_index(&named))?;
    let table = cx.catalog.table(&found)?;
    let columns = index.keys.iter().filter_map(|it| it.column.clone());
    columns.into_iter().find(|it| table.columns.get(it).is_some_and(|it| !it.not_null))
}
