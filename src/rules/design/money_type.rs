//! # money-type
//!
//! `money` has no currency, and what its digits mean depends on a setting of the server.
//!
//! `lc_monetary` decides how many digits stand behind the point; a dump that is restored elsewhere has other amounts
//! (Postgres manual, 8.2).
//!
//! ## Fails
//!
//! ```sql
//! alter table orders add column total money;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! alter table orders add column total numeric(12, 2), add column currency text;
//! ```

use super::typed::find;
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::Change;

pub(super) const RULE: Rule =
    declare!("design", "money_type.rs", "money-type", Warn, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    find(
        cx,
        change,
        |it| it.base() == "money",
        |it| format!("what `{}` is worth depends on a setting of the server", it.subject()),
        |_| {
            "make it `numeric(12, 2)`, or whole cents as `bigint`, and the currency a column of its own".to_owned()
        },
    )
}
