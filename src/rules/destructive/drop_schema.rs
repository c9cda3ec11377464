//! # drop-schema
//!
//! Dropping a schema or a database deletes everything in it.
//!
//! Dropping `public` and creating it again is how `prisma migrate reset` begins: every table is gone.
//!
//! ## Fails
//!
//! ```sql
//! drop schema if exists public cascade;
//! create schema public;
//! ```
//!
//! ```sql
//! drop database shop;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create schema scratch;
//! create table scratch.t (id bigint);
//! drop schema scratch cascade;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Certainty, Change, Op, Shown};

pub(super) const RULE: Rule =
    declare!("destructive", "drop_schema.rs", "drop-schema", Deny, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (name, what) = match &change.op {
        Op::DropSchema { name, .. } => {
            if change.certainty != Certainty::Deferred && cx.catalog.is_new_schema(name) {
                return None;
            }
            (name, "schema")
        }
        Op::DropDatabase { name } => (name, "database"),
        _ => return None,
    };
    let message = format!("everything in the {what} `{}` is gone after this", Shown(name));
    let finding = cx.finding(change, Shown(name).to_string(), message);
    Some(
        finding.help(format!(
            "leave the {what} `{}` in place; schema changes here only add",
            Shown(name)
        )),
    )
}
