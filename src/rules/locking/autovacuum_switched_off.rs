//! # autovacuum-switched-off
//!
//! A table without autovacuum grows with every update, and its statistics are those of the day it was switched off.
//!
//! ## Fails
//!
//! ```sql
//! alter table users set (autovacuum_enabled = false);
//! ```
//!
//! ## Passes
//!
//! ```sql
//! alter table users set (autovacuum_vacuum_scale_factor = 0.01);
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op};

pub(super) const RULE: Rule = declare!(
    "locking",
    "autovacuum_switched_off.rs",
    "autovacuum-switched-off",
    Warn,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::SetStorage { table, what } = &change.op else { return None };
    let squeezed: String = what.chars().filter(|it| !it.is_whitespace() && *it != '\'').collect();
    let (_, value) = squeezed.split_once("autovacuum_enabled=")?;
    if !["false", "off", "0", "no"].iter().any(|it| value.starts_with(it)) {
        return None;
    }
    let (table, sql) = (cx.name(table), cx.sql_name(table));
    let message = format!("nothing cleans up behind updates and deletes of `{table}` any more");
    Some(cx.finding(change, &table, message).help(format!(
        "tune it in its place: `alter table {sql} set (autovacuum_vacuum_scale_factor = 0.01);`"
    )))
}
