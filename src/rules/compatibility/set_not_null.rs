//! # set-not-null
//!
//! Clients that still leave a column empty fail as soon as it must have a value.
//!
//! And the statement itself fails where a row has none. A primary key requires its columns as well. It passes where a
//! validated check has kept nulls out already: first `check (c is not null) not valid`, then fill the rows and
//! validate it, then this.
//!
//! ## Fails
//!
//! ```sql before
//! create table users (id bigint primary key, age integer);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users alter column age set not null;
//! ```
//!
//! ```sql before
//! create domain mail as text;
//! create table users (id bigint primary key, email mail);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter domain mail set not null;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table users (id bigint primary key, age integer check (age is not null));
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users alter column age set not null;
//! ```
//!
//! ```sql before
//! create table users (id bigint primary key);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users add column plan text;
//! update users set plan = 'free' where plan is null;
//! alter table users alter column plan set not null;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Certainty, Change, ConstraintKind, DomainOp, Op, Shown, Table, quoted};

pub(super) const RULE: Rule =
    declare!("compatibility", "set_not_null.rs", "set-not-null", Approve, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (table, columns) = match &change.op {
        Op::AlterDomain { name, op: DomainOp::SetNotNull } => {
            let domain = cx.catalog.resolve_type(name);
            let column = cx.catalog.columns_of_type(&domain).into_iter().next()?;
            let message = format!(
                "rows without `{column}` are refused after this, as `{domain}` takes no null"
            );
            let finding = cx.finding(change, &column, message);
            return Some(
                finding.help("make every client write it first, and fill the rows that have none"),
            );
        }
        Op::SetNotNull { table, column } => (table, std::slice::from_ref(column)),
        Op::AddConstraint { table, constraint } => match &constraint.kind {
            ConstraintKind::PrimaryKey { columns } => (table, columns.as_slice()),
            ConstraintKind::NotNull { column } => (table, std::slice::from_ref(column)),
            _ => return None,
        },
        _ => return None,
    };
    if cx.is_new(change, table) || change.certainty == Certainty::Deferred {
        return None;
    }
    let found = cx.table(table);
    let is_key = !matches!(change.op, Op::SetNotNull { .. });
    let open = columns.iter().find(|column| {
        let known = found.as_ref().and_then(|(_, it)| it.columns.get(*column));
        // Of a key over columns that nobody knows nothing can be said.
        let required = known.map_or(is_key, |it| it.not_null);
        let checked = found.as_ref().is_some_and(|(_, it)| is_checked(it, column));
        !required && !checked && !cx.is_new_column(change, table, column)
    })?;
    let subject = format!("{}.{}", cx.name(table), Shown(open));
    let message = format!("rows without `{subject}` are refused after this");
    let finding = cx.finding(change, &subject, message);
    let (sql, column) = (cx.sql_name(table), quoted(open));
    let help = format!(
        "make every client write it first; then `alter table {sql} add check ({column} is not null) not valid;`, fill the rows, validate the check, and require it last"
    );
    let elsewhere =
        "make every client write it first, fill the rows that have none, and require it last";
    Some(finding.help(cx.in_sql(help, elsewhere)))
}

/// Whether a check that holds for every row keeps nulls out of the column.
fn is_checked(table: &Table, column: &str) -> bool {
    table.constraints.values().any(|it| match &it.kind {
        ConstraintKind::Check(check) if it.validated && it.born.sure => {
            let text = check.text.to_ascii_lowercase().replace(['(', ')', '"'], " ");
            let words: Vec<&str> = text.split_whitespace().collect();
            words == [column.to_ascii_lowercase().as_str(), "is", "not", "null"]
        }
        _ => false,
    })
}
