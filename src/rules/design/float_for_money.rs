//! # float-for-money
//!
//! Amounts in `real` or `double precision` are near to what they should be, and their sums are further away.
//!
//! `0.1 + 0.2` is not `0.3`. Judged by the name of the column: amount, price, cost, balance, fee, salary.
//!
//! ## Fails
//!
//! ```sql
//! alter table orders add column total_price double precision;
//! ```
//!
//! ```sql
//! alter table orders add column amount real;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! alter table orders add column total_price numeric(12, 2), add column fee_cents bigint;
//! ```
//!
//! ```sql
//! alter table orders add column weight double precision, add column price_ratio real;
//! ```

use super::typed::find;
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::Change;

pub(super) const RULE: Rule =
    declare!("design", "float_for_money.rs", "float-for-money", Warn, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    find(
        cx,
        change,
        |it| matches!(it.base(), "real" | "double precision" | "float") && is_amount(it.name),
        |it| format!("`{}` cannot hold most amounts exactly, and its sums drift", it.subject()),
        |_| "make it `numeric`, or whole cents as `bigint`; in Prisma, `Decimal`".to_owned(),
    )
}

/// Judged by its last word, so that `price_ratio` is none.
fn is_amount(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words = ["amount", "price", "cost", "balance", "fee", "salary", "subtotal", "revenue"];
    let last = name.rsplit('_').next().unwrap_or_default();
    words.contains(&last.trim_end_matches('s'))
}
