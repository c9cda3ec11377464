//! # revoked-privilege
//!
//! A privilege that is taken away is missed by every program that still uses it.
//!
//! To take something from `anon` or from `public` closes what was open, and is left; so is a table of the same change.
//!
//! ## Fails
//!
//! ```sql
//! revoke select on users from authenticated;
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

use super::reach::is_anyone;
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op, Securable, Shown};

pub(super) const RULE: Rule =
    declare!("access", "revoked_privilege.rs", "revoked-privilege", Warn, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::Revoke { on: Securable::Tables(tables), from, privileges } = &change.op else {
        return None;
    };
    let closes = from.iter().any(|it| is_anyone(it));
    let old = tables.iter().find(|it| !cx.is_new(change, it)).filter(|_| !closes)?;
    let role = Shown(from.first()?);
    let table = cx.name(old);
    let what =
        if privileges.is_empty() { "do anything with".to_owned() } else { privileges.join(", ") };
    let message = format!("`{role}` may no longer {what} `{table}`");
    let finding = cx.finding(change, &table, message);
    Some(finding.help("make sure that no program relies on it"))
}
