//! # integer-primary-key
//!
//! A primary key of four bytes ends at two thousand million, and the table with it.
//!
//! Rows that were deleted or rolled back have used up their numbers too. Making the key a `bigint` later rewrites the table
//! and every table that refers to it, while nobody can write. Prisma's `Int @id` is such a key.
//!
//! ## Fails
//!
//! ```sql
//! create table logs (id serial primary key);
//! alter table logs enable row level security;
//! ```
//!
//! ```sql
//! create table logs (id integer not null, constraint logs_pkey primary key (id));
//! alter table logs enable row level security;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table logs (id bigint generated always as identity primary key);
//! alter table logs enable row level security;
//! ```
//!
//! In a key of several columns the others are numbered elsewhere.
//!
//! ```sql
//! create table seats (room integer, number integer, primary key (room, number));
//! alter table seats enable row level security;
//! ```

use super::typed::{base, typed};
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, ConstraintKind, Op};

pub(super) const RULE: Rule = declare!(
    "design",
    "integer_primary_key.rs",
    "integer-primary-key",
    Allow,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::CreateTable(table) = &change.op else { return None };
    let key = table.constraints.iter().find_map(|it| match &it.kind {
        ConstraintKind::PrimaryKey { columns } => Some(columns),
        _ => None,
    })?;
    let [key] = key.as_slice() else { return None };
    let typed = typed(cx, change);
    let it = typed.iter().find(|it| it.name == *key)?;
    let limit = match base(it.data_type) {
        "integer" | "serial" | "serial4" => "2,147,483,647",
        "smallint" | "smallserial" | "serial2" => "32,767",
        _ => return None,
    };
    let message = format!("after {limit} rows nothing can be added to `{}`", it.table);
    let finding = cx.finding_at(change, &it.at, it.subject(), message);
    Some(finding.help("make it `bigint generated always as identity`; in Prisma, `BigInt`"))
}
