//! # invalid-index-kept
//!
//! `CREATE INDEX CONCURRENTLY IF NOT EXISTS` is content with the broken index that an earlier try left behind.
//!
//! When the build fails, Postgres keeps an index that is invalid: no query uses it, and every write keeps it up to date.
//!
//! ## Fails
//!
//! ```sql
//! create index concurrently if not exists users_name_idx on users (name);
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create index concurrently users_name_idx on users (name);
//! ```
//!
//! ```sql
//! drop index concurrently if exists users_name_idx;
//! create index concurrently if not exists users_name_idx on users (name);
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Guard, ObjectName, Op};

pub(super) const RULE: Rule =
    declare!("locking", "invalid_index_kept.rs", "invalid-index-kept", Allow, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::CreateIndex(index) = &change.op else { return None };
    if !index.concurrently || index.guard != Guard::IfNotExists {
        return None;
    }
    let name = index.name.as_ref()?;
    let earlier = cx.migration.script.changes.get(..cx.here.1)?;
    let dropped =
        |it: &Change| matches!(&it.op, Op::DropIndex { name: it, .. } if it.name == *name);
    if earlier.iter().any(dropped) {
        return None;
    }
    let schema = index.table.schema.as_deref();
    let index = cx.catalog.resolve_index(&ObjectName::new(schema, name));
    let message =
        format!("if an earlier try failed, its invalid `{index}` stays, and nothing is built");
    Some(cx.finding(change, index.to_string(), message).help(format!(
        "put `drop index concurrently if exists {};` into a migration of its own before, and leave `if not exists` out",
        index.sql()
    )))
}
