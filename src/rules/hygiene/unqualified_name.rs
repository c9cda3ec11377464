//! # unqualified-name
//!
//! A name without its schema means what `search_path` says, and that is another for every role and every editor.
//!
//! ## Fails
//!
//! ```sql
//! create table logs (id bigint primary key);
//! alter table logs enable row level security;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table public.logs (id bigint primary key);
//! alter table public.logs enable row level security;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Certainty, Change, ObjectName, Op, Persistence, Resolved};

pub(super) const RULE: Rule =
    declare!("hygiene", "unqualified_name.rs", "unqualified-name", Allow, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let name = created(&change.op).filter(|it| it.schema.is_none())?;
    if change.certainty == Certainty::Deferred {
        return None;
    }
    let schema = cx.catalog.created_in(name);
    let message = format!("`{name}` is created wherever `search_path` leads");
    let full = ObjectName { schema: Some(schema), name: name.name.clone() };
    let Resolved::Permanent(full) = cx.catalog.resolve(&full) else { return None };
    Some(cx.finding(change, full.to_string(), message).help(format!("write `{}`", full.sql())))
}

/// The name that a statement gives to something with a schema.
fn created(op: &Op) -> Option<&ObjectName> {
    Some(match op {
        Op::CreateTable(new) if new.persistence == Persistence::Permanent => &new.name,
        Op::CreateRoutine(new) => &new.name,
        Op::CreateType { name, .. } | Op::CreateSequence { name, .. } => name,
        _ => return None,
    })
}
