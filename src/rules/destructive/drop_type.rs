//! # drop-type
//!
//! Dropping a type or domain breaks every client that uses it; with `CASCADE` the columns of that type go too.
//!
//! ## Fails
//!
//! ```sql
//! drop type order_status cascade;
//! ```
//!
//! ```sql
//! drop domain email_text;
//! ```
//!
//! A type of today can carry a column of yesterday.
//!
//! ```sql before
//! create table orders (id bigint, status text);
//! alter table orders enable row level security;
//! ```
//!
//! ```sql
//! create type order_status as enum ('new', 'paid');
//! alter table orders alter column status type order_status using status::order_status;
//! drop type order_status cascade;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create type mood as enum ('good', 'bad');
//! drop type mood;
//! ```
//!
//! An enum that is made anew is there after it.
//!
//! ```sql before
//! create type mood as enum ('good', 'bad');
//! ```
//!
//! ```sql
//! create type mood_new as enum ('good', 'bad', 'ugly');
//! alter type mood rename to mood_old;
//! alter type mood_new rename to mood;
//! drop type mood_old;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Cascade, Change, Op};

pub(super) const RULE: Rule =
    declare!("destructive", "drop_type.rs", "drop-type", Deny, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::DropType { name, cascade, domain } = &change.op else { return None };
    let name = cx.catalog.resolve_type(name);
    let columns = match cascade {
        Cascade::Yes => cx.catalog.columns_of_type(&name),
        Cascade::No => Vec::new(),
    };
    let replaced = *cascade == Cascade::No && cx.is_enum_again(&name);
    if (cx.catalog.is_new_type(&name) && columns.is_empty()) || replaced {
        return None;
    }
    let what = if *domain { "domain" } else { "type" };
    let message = match columns.as_slice() {
        [] => format!("the {what} `{name}` is gone after this"),
        columns => format!(
            "the {what} `{name}` is gone after this, and with it the data in `{}`",
            columns.join("`, `")
        ),
    };
    let finding = cx.finding(change, name.to_string(), message);
    Some(finding.help(format!("leave the {what} `{name}` in place; schema changes here only add")))
}
