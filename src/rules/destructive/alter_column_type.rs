//! # alter-column-type
//!
//! Another type can lose data, fail on the rows that are there, rewrite the table while everyone waits, or break the
//! clients that expect the old one.
//!
//! So somebody who answers for the data looks at it first: the rule's level is `approve`. What the change costs and
//! risks is said as far as the old type is known. An enum that is made anew with other labels is one change, and
//! `enum-value-removed` and `recreated-enum` judge it.
//!
//! ## Fails
//!
//! ```sql
//! alter table users alter column age type bigint;
//! ```
//!
//! ```text
//! error[alter-column-type]: `public.users.age` becomes bigint by this
//!   ╭▸ prisma/migrations/20260101000000_example/migration.sql:1:19
//!   │
//! 1 │ alter table users alter column age type bigint;
//!   │                   ━━━━━━━━━━━━━━━━━━━━━━━━━━━━
//!   │
//!   ├ note: by default, `alter-column-type` needs an approval
//!   ├ note: this is for whoever answers for the data: an exception for `public.users.age` lets it pass once the policy of the main branch has it
//!   ├ help: add a column of the new type beside it, `alter table public.users add column age_new bigint;`, fill it and move readers over; or let the owner of the data decide
//!   ╰ explain: sprag explain alter-column-type
//! ```
//!
//! ```sql
//! alter table users add column nick text, alter column email set data type varchar(10) using left(email, 10);
//! ```
//!
//! ```sql before
//! create table events (id bigint primary key, at timestamp(3));
//! alter table events enable row level security;
//! ```
//!
//! ```sql
//! alter table events alter column at type timestamptz(3);
//! ```
//!
//! ```text
//! error[alter-column-type]: `public.events.at` is no longer timestamp(3) but timestamptz(3) after this: the whole table is written anew under a lock, and values are rounded, cut or read differently
//!   ╭▸ prisma/migrations/20260101000000_example/migration.sql:1:20
//!   │
//! 1 │ alter table events alter column at type timestamptz(3);
//!   │                    ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
//!   │
//!   ├ note: by default, `alter-column-type` needs an approval
//!   ├ note: this is for whoever answers for the data: an exception for `public.events.at` lets it pass once the policy of the main branch has it
//!   ├ help: add a column of the new type beside it, `alter table public.events add column at_new timestamptz(3);`, fill it and move readers over; or let the owner of the data decide
//!   ╰ explain: sprag explain alter-column-type
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table users (id bigint);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users add column age integer;
//! alter table users alter column age type bigint;
//! ```
//!
//! ```sql
//! alter table users alter column type set default 'x';
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{AttributeOp, Change, Op, Shown, TypeChange, enum_labels, quoted};

pub(super) const RULE: Rule = declare!(
    "destructive",
    "alter_column_type.rs",
    "alter-column-type",
    Approve,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    if let Some(finding) = said_again(cx, change) {
        return Some(finding);
    }
    let (owner, sql, column, from, to, using) = match &change.op {
        Op::AlterColumnType { table, column, to, using } => {
            let from = cx.data_type(table, column);
            if cx.is_new_column(change, table, column) || cx.is_recreated(table, column, to) {
                return None;
            }
            // `MODIFY` of MySQL says the type of a column whatever it changes.
            if from.as_ref() == Some(to) && using.is_none() || is_longer_enum(from.as_deref(), to) {
                return None;
            }
            (cx.name(table), cx.sql_name(table), column, from, to, using.as_deref())
        }
        Op::Attribute { of: name, op: AttributeOp::AlterType { attribute, to } } => {
            let name = cx.catalog.resolve_type(name);
            if cx.catalog.is_new_type(&name) {
                return None;
            }
            (name.to_string(), name.sql(), attribute, None, to, None)
        }
        _ => return None,
    };
    let subject = format!("{owner}.{}", Shown(column));
    let message = match from {
        Some(from) if !cx.is_postgres() => {
            format!("`{subject}` is no longer {from} but {} after this", Shown(to))
        }
        Some(from) => {
            let does = TypeChange::of(&from, to, column, using).words();
            format!("`{subject}` is no longer {from} but {} after this: {does}", Shown(to))
        }
        None => format!("`{subject}` becomes {} by this", Shown(to)),
    };
    let finding = cx.finding(change, &subject, message);
    let help = format!(
        "add a column of the new type beside it, `alter table {sql} add column {} {};`, fill it and move readers over; or let the owner of the data decide",
        quoted(&format!("{column}_new")),
        Shown(to)
    );
    let elsewhere = "add a column of the new type beside it, fill it and move readers over; or let the owner of the data decide";
    Some(finding.help(cx.in_sql(help, elsewhere)))
}

/// The type that the column has by then, because another file of the same change gave it that. It does nothing as long
/// as that file runs first; whoever signs for that file has not signed for this one.
fn said_again(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::AlterColumnType { table, column, to, using: None } = &change.op else { return None };
    let same = cx.data_type(table, column).as_ref() == Some(to);
    if !same || cx.is_new_column(change, table, column) || cx.is_recreated(table, column, to) {
        return None;
    }
    let before = cx.ahead.retyped_elsewhere(cx.here.0, table, column)?;
    let subject = format!("{}.{}", cx.name(table), Shown(column));
    let message = format!("`{subject}` becomes {} by this too, if it is not by then", Shown(to));
    let finding = cx.finding(change, &subject, message);
    Some(finding.label(before, "this does so before it").help("leave one of the two"))
}

/// An enum of MySQL, which stands in its column, with new labels behind the old ones: every row stays as it is.
fn is_longer_enum(from: Option<&str>, to: &str) -> bool {
    let (Some(from), Some(to)) = (from.and_then(enum_labels), enum_labels(to)) else {
        return false;
    };
    to.starts_with(&from)
}
