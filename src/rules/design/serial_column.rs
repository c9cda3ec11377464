//! # serial-column
//!
//! `serial` makes a sequence beside the table that has privileges of its own and takes any number it is given.
//!
//! `generated always as identity` is the same in standard SQL: it goes with the column, and an `insert` that brings a number
//! by mistake is refused. Prisma writes `SERIAL` for `autoincrement()`.
//!
//! ## Fails
//!
//! ```sql
//! create table logs (id bigserial primary key);
//! alter table logs enable row level security;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table logs (id bigint generated always as identity primary key);
//! alter table logs enable row level security;
//! ```

use super::typed::find;
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, quoted};

pub(super) const RULE: Rule =
    declare!("design", "serial_column.rs", "serial-column", Allow, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    find(
        cx,
        change,
        |it| is_serial(it.base()),
        |it| {
            format!(
                "the numbers of `{}` come from a sequence beside the table, with privileges of its own",
                it.subject()
            )
        },
        |it| {
            format!(
                "write `{} {} generated always as identity`",
                quoted(it.name),
                if it.base().starts_with("big") || it.base() == "serial8" {
                    "bigint"
                } else {
                    "integer"
                }
            )
        },
    )
}

fn is_serial(data_type: &str) -> bool {
    matches!(data_type, "serial" | "bigserial" | "smallserial" | "serial2" | "serial4" | "serial8")
}
