//! # duplicate-index
//!
//! Two indexes that begin with the same columns do one work twice: at every write, and on every disk.
//!
//! An index over `(a, b)` finds by `a` as well, so one over `(a)` alone is only kept up. What is unique, partial, or of
//! another kind is not the same.
//!
//! ## Fails
//!
//! ```sql before
//! create table users (id bigint primary key, email text not null, name text, age integer);
//! create index users_email_idx on users (email);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! create index users_email_again_idx on users (email);
//! ```
//!
//! ```sql before
//! create table users (id bigint primary key, email text not null, name text, age integer);
//! create index users_email_idx on users (email);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! create index users_email_name_idx on users (email, name);
//! ```
//!
//! A primary key and what is `unique` have an index of their own.
//!
//! ```sql
//! create table handles (id bigint primary key, handle text unique);
//! create index handles_handle_idx on handles (handle);
//! alter table handles enable row level security;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table users (id bigint primary key, email text not null, name text, age integer);
//! create index users_email_idx on users (email);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! create index users_name_email_idx on users (name, email);
//! create index users_young_idx on users (email) where age < 18;
//! ```

use super::each_table;
use crate::rules::{Check, Finding, Rule, State, declare};
use crate::schema::{ConstraintKind, Index, Shown, Table, quoted};

pub(super) const RULE: Rule =
    declare!("design", "duplicate_index.rs", "duplicate-index", Warn, Check::State(check));

fn check(state: &State<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    each_table(state, |name, table| {
        let indexes = state.catalog.indexes_of(name, table);
        let ours = |it: &Index| state.everything || state.catalog.is_recent(&it.born);
        for (one, it) in &indexes {
            let other =
                indexes.iter().find(|(other, by)| other != one && covers(by, it, other > one));
            let (other, newer) = match (other, constraint(table, it)) {
                (_, Some(constraint)) => (constraint, it),
                (Some((other, by)), None) => (other, if ours(it) { it } else { by }),
                (None, None) => continue,
            };
            let Some(at) = newer.born.at.as_ref().filter(|_| ours(newer)) else { continue };
            let (one, other) = (Shown(one), Shown(other));
            let message = format!(
                "`{other}` finds all that `{one}` finds, and both are kept up at every write"
            );
            findings.push(
                Finding::new(format!("{}.{one}", Shown(&name.schema)), at.clone(), message)
                    .evidence(&format!("index {one}"))
                    .help(format!("keep one of them: `{other}`")),
            );
        }
    });
    findings
}

/// The primary key or unique constraint whose index finds what this one finds.
fn constraint<'a>(table: &'a Table, index: &Index) -> Option<&'a String> {
    let plain = index.predicate.is_none() && !index.unique && index.method == "btree";
    let keys: Vec<&str> = index.keys.iter().map(|it| it.text.as_str()).collect();
    let found = table.constraints.iter().filter(|_| plain && !keys.is_empty()).find(|(_, it)| {
        let (ConstraintKind::PrimaryKey { columns } | ConstraintKind::Unique { columns, .. }) =
            &it.kind
        else {
            return false;
        };
        columns.len() >= keys.len()
            && columns.iter().map(|it| quoted(it)).zip(&keys).all(|(a, b)| a == *b)
    });
    found.map(|(name, _)| name)
}

/// Whether everything that `less` is for can be done with `more`. Of two that are the same, `second` says which goes.
fn covers(more: &Index, less: &Index, second: bool) -> bool {
    let same = more.method == less.method && more.predicate == less.predicate;
    let begins = less.keys.len() <= more.keys.len()
        && less.keys.iter().zip(&more.keys).all(|(less, more)| less.text == more.text);
    let equal = less.keys.len() == more.keys.len() && less.unique == more.unique;
    let longer = less.keys.len() < more.keys.len() && less.method == "btree" && !less.unique;
    let weaker = less.keys.len() == more.keys.len() && more.unique && !less.unique;
    same && !less.keys.is_empty() && begins && (equal && second || longer || weaker)
}
