//! # update-without-filter
//!
//! An `UPDATE` without a condition writes over what every row holds, and nobody gets the old values back.
//!
//! A condition that every row meets, as `1 = 1`, is none; so is an `ON CONFLICT … DO UPDATE` of a table's own rows. It
//! passes where it fills columns that the same change created.
//!
//! ## Fails
//!
//! ```sql
//! update users set email = 'nobody@example.org';
//! ```
//!
//! ```sql
//! update users set email = 'nobody@example.org' where 1 + 1 = 2;
//! ```
//!
//! ```sql
//! merge into users u using users s on u.id = s.id when matched and u.id = s.id then update set age = null;
//! ```
//!
//! ```sql
//! insert into users (id, email) select id, email from users where true
//!   on conflict (id) do update set age = null;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! update users set age = 0 where age is null;
//! ```
//!
//! ```sql before
//! create table users (id bigint primary key, first text, last text);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users add column name text;
//! update users set name = first || ' ' || last;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op};

pub(super) const RULE: Rule = declare!(
    "destructive",
    "update_without_filter.rs",
    "update-without-filter",
    Approve,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::Update { table, filter, columns } = &change.op else { return None };
    if !cx.is_every_row(table, filter) {
        return None;
    }
    let old: Vec<&str> = columns
        .iter()
        .filter(|it| !cx.is_new_column(change, table, it))
        .map(String::as_str)
        .collect();
    if cx.is_new(change, table) || (old.is_empty() && !columns.is_empty()) {
        return None;
    }
    let sql = cx.sql_name(table);
    let table = cx.name(table);
    let message = format!(
        "what every row of `{table}` holds in `{}` is written over by this",
        old.join("`, `")
    );
    let finding = cx.finding(change, &table, message);
    Some(finding.help(format!(
        "say which rows: `update {sql} set … where …`, or write the new values to a new column"
    )))
}
