//! # drop-column
//!
//! Dropping a column deletes its data for good and breaks every client that still reads it.
//!
//! Stop reading the column and leave it. Dropping it and adding it again under the same name loses the data all the
//! same.
//!
//! ## Fails
//!
//! ```sql
//! alter table users drop column email;
//! ```
//!
//! ```sql
//! alter table users drop column age, add column age bigint;
//! ```
//!
//! The fields of a composite type are columns inside of columns.
//!
//! ```sql
//! alter type address drop attribute city cascade;
//! ```
//!
//! ## Passes
//!
//! Nobody can be reading a column that the same change created, or one of a table that it created.
//!
//! ```sql
//! create table drafts (id bigint primary key, note text);
//! alter table drafts drop column note;
//! ```
//!
//! ```sql before
//! create table users (id bigint);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users add column nick text;
//! alter table users drop column nick;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op, Shown};

pub(super) const RULE: Rule =
    declare!("destructive", "drop_column.rs", "drop-column", Deny, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (subject, owner) = match &change.op {
        Op::DropColumn { table, column, .. } => {
            if cx.is_new_column(change, table, column) {
                return None;
            }
            let table = cx.name(table);
            (format!("{table}.{}", Shown(column)), table)
        }
        Op::DropAttribute { name, attribute } => {
            let name = cx.catalog.resolve_type(name);
            if cx.catalog.is_new_type(&name) {
                return None;
            }
            (format!("{name}.{}", Shown(attribute)), name.to_string())
        }
        _ => return None,
    };
    let finding =
        cx.finding(change, &subject, format!("`{subject}` and all its data are gone after this"));
    Some(finding.help(format!(
        "leave the column in `{owner}` and stop reading it; schema changes here only add"
    )))
}
