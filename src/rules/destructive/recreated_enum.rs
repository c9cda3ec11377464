//! # recreated-enum
//!
//! Making an enum anew writes every table that uses it again, while nobody else can read or write them; `add value`
//! writes nothing.
//!
//! ## Fails
//!
//! ```sql before
//! create type order_status as enum ('new', 'paid');
//! create table orders (id bigint primary key, status order_status);
//! alter table orders enable row level security;
//! ```
//!
//! ```sql
//! create type order_status_new as enum ('new', 'paid', 'settled');
//! alter table orders alter column status type order_status_new using (status::text::order_status_new);
//! alter type order_status rename to order_status_old;
//! alter type order_status_new rename to order_status;
//! drop type order_status_old;
//! ```
//!
//! ```sql before
//! create type order_status as enum ('new', 'paid');
//! create table orders (id bigint primary key, status order_status);
//! alter table orders enable row level security;
//! ```
//!
//! ```sql
//! alter type order_status rename to order_status_old;
//! create type order_status as enum ('new', 'paid', 'settled');
//! alter table orders alter column status type order_status using status::text::order_status;
//! drop type order_status_old;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create type order_status as enum ('new', 'paid');
//! ```
//!
//! ```sql
//! alter type order_status add value 'settled';
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Shown};

pub(super) const RULE: Rule =
    declare!("destructive", "recreated_enum.rs", "recreated-enum", Warn, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (recreation, name, labels) = cx.known_recreation()?;
    let old = cx.here != recreation.first || cx.catalog.is_new_type(&name);
    if old || labels.iter().any(|it| !recreation.labels.contains(it)) {
        return None;
    }
    let added: Vec<String> = recreation
        .labels
        .iter()
        .filter(|it| !labels.contains(it))
        .map(|it| format!("`alter type {} add value '{}';`", name.sql(), Shown(it)))
        .collect();
    let message = format!("every table that uses `{name}` is written anew under a lock for this");
    let help = match added.as_slice() {
        [] => "leave the order of the labels as it is".to_owned(),
        added => format!("write {} in its place", added.join(" ")),
    };
    Some(cx.finding(change, name.to_string(), message).help(help))
}
