//! # delete-rows
//!
//! Rows that a migration deletes are gone for good, wherever it is applied.
//!
//! A test database does not show which rows of production a condition meets. Without a condition it is
//! `delete-without-filter`. It passes in the body of a function: what runs later is no part of the migration.
//!
//! ## Fails
//!
//! ```sql
//! delete from users where email is null;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create function forget(who bigint) returns void language sql as $$ delete from users where id = who $$;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Certainty, Change, Op};

pub(super) const RULE: Rule =
    declare!("destructive", "delete_rows.rs", "delete-rows", Warn, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::Delete { table, filter } = &change.op else { return None };
    let every = cx.is_every_row(table, filter);
    if every || change.certainty == Certainty::Deferred || cx.is_new(change, table) {
        return None;
    }
    let sql = cx.sql_name(table);
    let table = cx.name(table);
    let message = format!("the rows of `{table}` that meet the condition are gone after this");
    let finding = cx.finding(change, &table, message);
    Some(finding.help(format!(
        "count them in production first, `select count(*) from {sql} where …`, and keep a copy of them"
    )))
}
