//! # alter-column-type
//!
//! Another type can lose data, fail on the rows that are there, rewrite the table while everyone waits, or break the
//! clients that expect the old one.
//!
//! So somebody who answers for the data looks at it first: the rule's level is `approve`.
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
use crate::schema::{Change, Op, Shown};

pub(super) const RULE: Rule = declare!(
    "destructive",
    "alter_column_type.rs",
    "alter-column-type",
    Approve,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (owner, column, from, to) = match &change.op {
        Op::AlterColumnType { table, column, to, .. } => {
            if cx.is_new_column(change, table, column) {
                return None;
            }
            (cx.name(table), column, cx.data_type(table, column), to)
        }
        Op::AlterAttributeType { name, attribute, to } => {
            let name = cx.catalog.resolve_type(name);
            if cx.catalog.is_new_type(&name) {
                return None;
            }
            (name.to_string(), attribute, None, to)
        }
        _ => return None,
    };
    let subject = format!("{owner}.{}", Shown(column));
    let message = match from {
        Some(from) => format!("`{subject}` is no longer {from} but {} after this", Shown(to)),
        None => format!("`{subject}` becomes {} by this", Shown(to)),
    };
    let finding = cx.finding(change, &subject, message);
    Some(finding.help(format!(
        "add a column of the new type beside it, `alter table {owner} add column {}_new {};`, fill it and move readers over; or let the owner of the data decide",
        Shown(column),
        Shown(to)
    )))
}
