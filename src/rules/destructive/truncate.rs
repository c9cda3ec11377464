//! # truncate
//!
//! `TRUNCATE` deletes every row of a table, and with `CASCADE` every row of the tables that refer to it.
//!
//! ## Fails
//!
//! ```sql
//! truncate users cascade;
//! ```
//!
//! A temporary table that a body makes only now and then does not hide another one.
//!
//! ```sql
//! create schema jobs;
//! create function jobs.collect(fresh boolean) returns void language plpgsql as $$
//! begin
//!   if fresh then create temp table picked (id bigint); end if;
//!   truncate picked;
//! end $$;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table staging (id bigint);
//! truncate table staging;
//! ```
//!
//! ```sql
//! create schema jobs;
//! create function jobs.collect() returns void language plpgsql as $$
//! begin
//!   create temp table if not exists picked (id bigint);
//!   truncate picked;
//! end $$;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op};

pub(super) const RULE: Rule =
    declare!("destructive", "truncate.rs", "truncate", Deny, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::Truncate { table } = &change.op else { return None };
    if cx.is_new(change, table) {
        return None;
    }
    let sql = cx.sql_name(table);
    let table = cx.name(table);
    let finding = cx.finding(change, &table, format!("every row of `{table}` is gone after this"));
    Some(finding.help(format!(
        "name the rows: `delete from {sql} where …`, in a migration that only does this"
    )))
}
