//! # drop-not-null
//!
//! Clients that were built for a column that always has a value can read a null from it.
//!
//! ## Fails
//!
//! ```sql before
//! create table users (id bigint primary key, email text not null);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users alter column email drop not null;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table drafts (id bigint primary key, body text not null);
//! alter table drafts enable row level security;
//! alter table drafts alter column body drop not null;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op, Shown};

pub(super) const RULE: Rule =
    declare!("compatibility", "drop_not_null.rs", "drop-not-null", Allow, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::DropNotNull { table, column } = &change.op else { return None };
    let known = cx.table(table);
    let known = known.as_ref().and_then(|(_, it)| it.columns.get(column));
    if cx.is_new_column(change, table, column) || known.is_some_and(|it| !it.not_null) {
        return None;
    }
    let subject = format!("{}.{}", cx.name(table), Shown(column));
    let message = format!("`{subject}` can be null after this, which older clients do not expect");
    let finding = cx.finding(change, &subject, message);
    Some(finding.help("deploy the clients that take a null first"))
}
