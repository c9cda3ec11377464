//! # policy-unknown-column
//!
//! A policy that names a column which its table does not have cannot be created.
//!
//! Compared is with the columns that the migrations show, so a column that somebody added by hand is reported too.
//!
//! ## Fails
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid);
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! do $$ begin
//!   create policy own on notes using (user_id = auth.uid());
//! exception when undefined_column then null; end $$;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! create policy own on notes using (notes.owner_id = auth.uid());
//! ```

use super::reach::policy_name;
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, ObjectName, Op, RelationKind, Resolved, Shown};

/// Every table has them (Postgres manual, 5.5).
const SYSTEM: &[&str] = &["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"];

pub(super) const RULE: Rule = declare!(
    "access",
    "policy_unknown_column.rs",
    "policy-unknown-column",
    Warn,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (on, name, using, check) = parts(&change.op)?;
    let Resolved::Permanent(on) = cx.catalog.resolve(on) else { return None };
    let table = cx.catalog.table(&on)?;
    // A column without a type is of a query, whose other columns nobody knows.
    let complete = table.kind == RelationKind::Table
        && !table.columns.is_empty()
        && table.columns.values().all(|it| !it.data_type.is_empty());
    if !complete {
        return None;
    }
    let mut named = using.iter().chain(&check).flat_map(|it| &it.columns);
    let known = |it: &str| table.columns.contains_key(it) || SYSTEM.contains(&it) || it == on.name;
    let missing = named.find(|it| !known(it))?;
    let message = format!(
        "`{on}` has no column `{}` that the migrations show, so this policy cannot be created",
        Shown(missing)
    );
    let finding = cx.finding(change, policy_name(&on, name), message);
    Some(finding.help(format!("name a column of `{on}`")))
}

type Parts<'a> = (
    &'a ObjectName,
    &'a str,
    Option<&'a crate::schema::Expression>,
    Option<&'a crate::schema::Expression>,
);

fn parts(op: &Op) -> Option<Parts<'_>> {
    match op {
        Op::CreatePolicy { table, name, using, check, .. }
        | Op::AlterPolicy { table, name, using, check, .. } => {
            Some((table, name, using.as_ref(), check.as_ref()))
        }
        _ => None,
    }
}
