//! # char-type
//!
//! `char(n)` fills what is shorter with spaces, and those spaces count or do not count depending on who compares.
//!
//! It saves nothing over `text`: Postgres stores both alike (Postgres manual, 8.3).
//!
//! ## Fails
//!
//! ```sql
//! alter table users add column country char(2);
//! ```
//!
//! ```sql
//! alter table users add column country character (2);
//! ```
//!
//! ```sql
//! alter table users alter column name type char(10);
//! ```
//!
//! ## Passes
//!
//! ```sql
//! alter table users add column country text check (length(country) = 2);
//! ```
//!
//! The internal one-byte type has its name in quotes.
//!
//! ```sql
//! alter table users add column kind "char";
//! ```

use super::typed::find;
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, quoted};

pub(super) const RULE: Rule =
    declare!("design", "char_type.rs", "char-type", Warn, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    find(
        cx,
        change,
        |it| {
            matches!(
                it.base(),
                "char" | "character" | "bpchar" | "nchar" | "national char" | "national character"
            )
        },
        |it| {
            format!("`{}` fills shorter values with spaces, which then count or not", it.subject())
        },
        |it| {
            format!(
                "make it `text`, with `check (length({}) = …)` where the length matters",
                quoted(it.name)
            )
        },
    )
}
