//! # rename-column
//!
//! To everyone who uses the old name, a renamed column is a dropped one.
//!
//! ## Fails
//!
//! ```sql
//! alter table users rename column email to mail;
//! ```
//!
//! ```sql
//! alter table users rename email to mail;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table drafts (id bigint, body text);
//! alter table drafts rename column body to note;
//! alter table drafts enable row level security;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{AttributeOp, Change, Op, Shown, quoted};

pub(super) const RULE: Rule =
    declare!("destructive", "rename_column.rs", "rename-column", Deny, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (owner, sql, from, to, data_type) = match &change.op {
        Op::RenameColumn { table, from, to } => {
            if cx.is_new_column(change, table, from) {
                return None;
            }
            (cx.name(table), cx.sql_name(table), from, to, cx.data_type(table, from))
        }
        Op::Attribute { of: name, op: AttributeOp::Rename { from, to } } => {
            let name = cx.catalog.resolve_type(name);
            if cx.catalog.is_new_type(&name) {
                return None;
            }
            (name.to_string(), name.sql(), from, to, None)
        }
        _ => return None,
    };
    let subject = format!("{owner}.{}", Shown(from));
    let data_type = data_type.unwrap_or_else(|| "…".to_owned());
    let finding =
        cx.finding(change, &subject, format!("`{subject}` is not found under its name after this"));
    let add = format!("alter table {sql} add column {} {data_type};", quoted(&to.name));
    let help = format!(
        "add the new column beside it, `{add}`, write both, and move readers over; in Prisma, rename only the field and keep the column with `@map(\"{}\")`",
        Shown(from)
    );
    let elsewhere = format!(
        "add the new column beside it, write both, and move readers over; in Prisma, rename only the field and keep the column with `@map(\"{}\")`",
        Shown(from)
    );
    Some(finding.help(cx.in_sql(help, &elsewhere)))
}
