//! # varchar-limit
//!
//! The length of a `varchar(n)` is a guess, and a value that is longer is an error in production.
//!
//! `text` is stored in the same way. A limit that is meant is a `check`, which can be changed without touching the column.
//!
//! ## Fails
//!
//! ```sql
//! alter table users add column city varchar(50);
//! ```
//!
//! ## Passes
//!
//! ```sql
//! alter table users add column city text, add column street varchar;
//! ```

use super::typed::find;
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, quoted};

pub(super) const RULE: Rule =
    declare!("design", "varchar_limit.rs", "varchar-limit", Allow, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    find(
        cx,
        change,
        |it| it.base() == "varchar" && it.data_type.contains('('),
        |it| {
            format!(
                "a value of `{}` that is longer than its `{}` is an error",
                it.subject(),
                it.data_type
            )
        },
        |it| {
            format!(
                "make it `text`, with `check (length({}) <= …)` where a limit is meant",
                quoted(it.name)
            )
        },
    )
}
