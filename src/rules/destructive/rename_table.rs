//! # rename-table
//!
//! To everyone who uses the old name, a renamed table is a dropped one.
//!
//! Moving a table to another schema is the same. `ALTER INDEX … RENAME` renames a table as well when the name is a
//! table's.
//!
//! ## Fails
//!
//! ```sql
//! alter table users rename to people;
//! ```
//!
//! ```sql
//! alter table users set schema archive;
//! ```
//!
//! ```sql before
//! create table users (id bigint);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter index users rename to people;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table drafts (id bigint);
//! alter table drafts rename to scraps;
//! alter table scraps enable row level security;
//! ```
//!
//! ```sql
//! alter index users_email_idx rename to users_mail_idx;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op, RelationKind, Resolved, Shown};

pub(super) const RULE: Rule =
    declare!("destructive", "rename_table.rs", "rename-table", Deny, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (from, to) = match &change.op {
        Op::RenameTable { from, to } => (from, Shown(to).to_string()),
        Op::MoveTable { from, schema } => {
            (from, format!("{}.{}", Shown(schema), Shown(&from.name)))
        }
        Op::RenameIndex { from, to } => {
            let Resolved::Permanent(name) = cx.catalog.resolve(from) else { return None };
            cx.catalog.table(&name).filter(|it| it.kind == RelationKind::Table)?;
            (from, Shown(to).to_string())
        }
        Op::RenameSchema { from, to } => {
            if cx.catalog.is_new_schema(from) {
                return None;
            }
            let message = format!(
                "nothing in the schema `{}` is found under its name after this",
                Shown(from)
            );
            let finding = cx.finding(change, Shown(from).to_string(), message);
            return Some(
                finding.help(format!("create `{}` beside it and move readers over", Shown(to))),
            );
        }
        _ => return None,
    };
    if cx.is_new(change, from) {
        return None;
    }
    let table = cx.name(from);
    let finding =
        cx.finding(change, &table, format!("`{table}` is not found under its name after this"));
    let help = format!(
        "keep `{table}`, and give readers the new name with a view: `create view {to} with (security_invoker = true) as select * from {};`",
        cx.sql_name(from)
    );
    let elsewhere = format!("keep `{table}`, and give readers the new name with a view of it");
    Some(finding.help(cx.in_sql(help, &elsewhere)))
}
