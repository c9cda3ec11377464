//! # delete-without-filter
//!
//! A `DELETE` without a condition, or with one that every row meets, deletes every row of the table.
//!
//! It counts wherever it stands: in a CTE, in `EXPLAIN ANALYZE`, in the body of a function, in the action of a rule.
//!
//! ## Fails
//!
//! ```sql
//! delete from users;
//! ```
//!
//! ```sql
//! delete from users where id = id or id is null;
//! ```
//!
//! ```sql
//! with gone as (delete from users returning id) select count(*) from gone;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! delete from sessions where expires_at < now();
//! ```
//!
//! ```sql
//! create table staging (id bigint);
//! delete from staging;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Filter, Op};

pub(super) const RULE: Rule = declare!(
    "destructive",
    "delete_without_filter.rs",
    "delete-without-filter",
    Deny,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::Delete { table, filter: Filter::EveryRow } = &change.op else { return None };
    if cx.is_new(change, table) {
        return None;
    }
    let sql = cx.sql_name(table);
    let table = cx.name(table);
    let finding = cx.finding(change, &table, format!("every row of `{table}` is gone after this"));
    Some(finding.help(format!("say which rows: `delete from {sql} where …`")))
}
