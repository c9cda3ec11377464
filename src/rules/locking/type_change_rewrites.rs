//! # type-change-rewrites
//!
//! Most changes of a type write the table or its indexes anew while nobody else can read or write it.
//!
//! `alter-column-type` stops every change of a type, for its risk to the values. This rule is for those who let that one
//! pass. What Postgres changes in the catalog alone, as `varchar(10)` to `varchar(20)` or to `text`, is let through.
//!
//! ## Fails
//!
//! ```sql before
//! create table users (id bigint primary key, age integer, name varchar(10));
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users alter column age type bigint;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table users (id bigint primary key, age integer, name varchar(10));
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users alter column name type varchar(20);
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Certainty, Change, Op, Rework, Shown, quoted};

pub(super) const RULE: Rule = declare!(
    "locking",
    "type_change_rewrites.rs",
    "type-change-rewrites",
    Allow,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::AlterColumnType { table, column, to, using } = &change.op else { return None };
    if change.certainty == Certainty::Deferred || cx.is_unused(change, table) {
        return None;
    }
    let (name, sql) = (cx.name(table), cx.sql_name(table));
    let what = match cx.catalog.rework(table, column, to, using.as_deref()) {
        Rework::Nothing => return None,
        Rework::Indexes => "the indexes of this column are built anew",
        Rework::IndexesInUtc => "it, or in UTC only its indexes, are written anew",
        Rework::Table => "every row is written anew",
    };
    let message = format!("nobody can read or write `{name}` while {what}");
    let subject = format!("{name}.{}", Shown(column));
    Some(cx.finding(change, subject, message).help(format!(
        "add a column of the new type beside it, `alter table {sql} add column {} {};`, and fill it in batches",
        quoted(&format!("{column}_new")),
        Shown(to)
    )))
}
