//! # required-column
//!
//! A new column that must have a value and has no default refuses every row that the running clients write.
//!
//! And the statement itself fails where the table has rows. A default of Prisma (`@default(uuid())`, `@updatedAt`) is
//! made by the client and none of the database.
//!
//! ## Fails
//!
//! ```sql before
//! create table users (id bigint primary key);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users add column tenant_id uuid not null;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table users (id bigint primary key);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users add column plan text not null default 'free';
//! alter table users add column tenant_id uuid;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Certainty, Change, Generated, Guard, Op, Shown, quoted};

pub(super) const RULE: Rule = declare!(
    "compatibility",
    "required_column.rs",
    "required-column",
    Approve,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::AddColumn { table, column, guard, .. } = &change.op else { return None };
    let filled = column.default.is_some()
        || matches!(
            column.generated,
            Some(Generated::Identity | Generated::Stored | Generated::Virtual)
        );
    if !column.not_null
        || filled
        || cx.is_new(change, table)
        || change.certainty == Certainty::Deferred
    {
        return None;
    }
    let there = cx.table(table).is_some_and(|(_, it)| it.columns.contains_key(&column.name));
    if there && *guard == Guard::IfNotExists {
        return None;
    }
    let subject = format!("{}.{}", cx.name(table), Shown(&column.name));
    let message = format!(
        "rows without `{subject}` are refused after this, and it fails where `{}` has rows",
        cx.name(table)
    );
    let finding = cx.finding(change, &subject, message);
    let help = format!(
        "give it a default, `… not null default …`, or add it without `not null`: `alter table {} add column {} {};`, fill it, and require it once every client writes it",
        cx.sql_name(table),
        quoted(&column.name),
        Shown(&column.data_type)
    );
    let elsewhere = "give it a default, or add it without `not null`, fill it, and require it once every client writes it";
    Some(finding.help(cx.in_sql(help, elsewhere)))
}
