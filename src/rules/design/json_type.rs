//! # json-type
//!
//! `json` keeps a text that is read anew at every use: it has no equality, no index, and keeps doubled keys.
//!
//! `select distinct` and `group by` over a row with such a column fail. `jsonb` has what `json` lacks. `json` is right where
//! the text itself must be kept, to the byte.
//!
//! ## Fails
//!
//! ```sql
//! alter table users add column settings json;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! alter table users add column settings jsonb;
//! ```

use super::typed::find;
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::Change;

pub(super) const RULE: Rule =
    declare!("design", "json_type.rs", "json-type", Warn, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    find(
        cx,
        change,
        |it| it.base() == "json",
        |it| {
            format!(
                "`{}` has no equality and no index: `distinct` and `group by` fail on it",
                it.subject()
            )
        },
        |_| "make it `jsonb`".to_owned(),
    )
}
