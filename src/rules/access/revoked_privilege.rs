//! # revoked-privilege
//!
//! A privilege that is taken away is missed by every program that still uses it.
//!
//! To take something from `anon` or from `public` closes what was open, and is left; so is what the same change
//! creates.
//!
//! ## Fails
//!
//! ```sql
//! revoke select on users from authenticated;
//! ```
//!
//! ```sql before
//! create table users (id bigint primary key);
//! alter table users enable row level security;
//! create view names with (security_invoker = true) as select id from users;
//! ```
//!
//! ```sql
//! drop view names;
//! create view names with (security_invoker = true) as select id from users;
//! revoke select on names from authenticated;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! revoke all on users from anon, public;
//! ```
//!
//! ```sql
//! create table notes (id bigint);
//! revoke all on notes from authenticated;
//! ```
//!
//! ```sql
//! create materialized view private.names as select id from users;
//! revoke all on private.names from authenticated;
//! ```

use super::reach::is_anyone;
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Certainty, Change, ObjectName, Op, Securable, Shown};

pub(super) const RULE: Rule =
    declare!("access", "revoked_privilege.rs", "revoked-privilege", Warn, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::Revoke { on: Securable::Tables(tables), from, privileges } = &change.op else {
        return None;
    };
    let closes = from.iter().any(|it| is_anyone(it));
    let old = tables.iter().find(|it| !is_made_here(cx, change, it)).filter(|_| !closes)?;
    let role = Shown(from.first()?);
    let table = cx.name(old);
    let what =
        if privileges.is_empty() { "do anything with".to_owned() } else { privileges.join(", ") };
    let message = format!("`{role}` may no longer {what} `{table}`");
    let finding = cx.finding(change, &table, message);
    Some(finding.help("make sure that no program relies on it"))
}

/// Also of a view: nobody had the privilege before.
fn is_made_here(cx: &Context<'_>, change: &Change, name: &ObjectName) -> bool {
    let recent = || {
        let (name, table) = cx.table(name)?;
        Some(cx.catalog.is_recent(&table.born) && cx.catalog.table_before(&name).is_none())
    };
    cx.is_new(change, name)
        || (change.certainty != Certainty::Deferred && recent().unwrap_or_default())
}
