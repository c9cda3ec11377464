//! # written-catalog
//!
//! A write to the system catalogs of Postgres changes the database past every check that a statement would make.
//!
//! Row level security can be switched off so, an index declared valid, a column retyped without touching its rows.
//!
//! ## Fails
//!
//! ```sql
//! update pg_class set relrowsecurity = false where relname = 'users';
//! ```
//!
//! ```sql
//! delete from pg_catalog.pg_depend where objid = 0;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table pg_notes (id bigint);
//! update pg_notes set id = 1;
//! ```
//!
//! ```sql
//! select relname from pg_catalog.pg_class where relname = 'users';
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, ObjectName, Op};

pub(super) const RULE: Rule =
    declare!("access", "written_catalog.rs", "written-catalog", Deny, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (Op::Update { table, .. } | Op::Insert { table, .. } | Op::Delete { table, .. }) =
        &change.op
    else {
        return None;
    };
    if !is_catalog(cx, table) {
        return None;
    }
    let message = format!("`{table}` is Postgres' own: this changes the database past every check");
    let finding = cx.finding(change, table.to_string(), message);
    Some(
        finding
            .help("write the statement that does it: `alter table`, `alter index`, `alter type`"),
    )
}

fn is_catalog(cx: &Context<'_>, table: &ObjectName) -> bool {
    match table.schema.as_deref() {
        Some(schema) => schema == "pg_catalog",
        // Postgres looks there first.
        None => {
            table.name.starts_with("pg_")
                && cx.catalog.table(&cx.catalog.resolve_permanent(table)).is_none()
        }
    }
}
