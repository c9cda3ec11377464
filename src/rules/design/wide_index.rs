//! # wide-index
//!
//! An index over four columns or more is kept up at every write and used by few queries.
//!
//! Only queries that give its first columns can use it, and its first columns alone would mostly do.
//!
//! ## Fails
//!
//! ```sql
//! create index users_search_idx on users (name, age, email, type);
//! ```
//!
//! ## Passes
//!
//! What must be unique may need any number of columns.
//!
//! ```sql
//! create index users_name_age_idx on users (name, age);
//! create unique index users_all_key on users (name, age, email, type);
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op};

/// Columns of an index that few queries use.
const MANY: usize = 4;

pub(super) const RULE: Rule =
    declare!("design", "wide_index.rs", "wide-index", Allow, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::CreateIndex(index) = &change.op else { return None };
    if index.unique || index.method != "btree" || index.keys.len() < MANY {
        return None;
    }
    let table = cx.catalog.resolve_permanent(&index.table);
    let name = index.name.clone().unwrap_or_else(|| "this index".to_owned());
    let message =
        format!("every write to `{table}` keeps up the {} columns of `{name}`", index.keys.len());
    let finding = cx.finding_at(change, &index.at, table.to_string(), message);
    Some(finding.help("index the first one or two columns, which find nearly all"))
}
