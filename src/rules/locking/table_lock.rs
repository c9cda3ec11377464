//! # table-lock
//!
//! `LOCK TABLE` makes everyone who uses the table wait until the whole migration is done.
//!
//! ## Fails
//!
//! ```sql
//! begin;
//! lock table users in share row exclusive mode;
//! update users set name = trim(name) where id < 1000;
//! commit;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! begin;
//! lock table users in row exclusive mode;
//! update users set name = trim(name) where id < 1000;
//! commit;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Certainty, Change, LockMode, Op, Shown};

pub(super) const RULE: Rule =
    declare!("locking", "table_lock.rs", "table-lock", Warn, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::Lock { table, mode } = &change.op else { return None };
    let lock = cx.catalog.locks(&change.op).pop()?;
    let deferred = change.certainty == Certainty::Deferred;
    if deferred || !lock.mode.stops_writes() || cx.is_unused(change, table) {
        return None;
    }
    let who = match lock.mode {
        LockMode::AccessExclusive => "nobody can read or write",
        _ => "nobody can write to",
    };
    let table = cx.name(table);
    let message = format!("{who} `{table}` from here until the transaction ends ({})", Shown(mode));
    Some(cx.finding(change, &table, message).help(
        "take the lock out: each statement takes the lock that it needs; or lock single rows with `select … for update`",
    ))
}
