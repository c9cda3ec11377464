//! # drop-role
//!
//! A role that is dropped can no longer log in, and neither can the programs that use it.
//!
//! ## Fails
//!
//! ```sql
//! drop role app_owner;
//! create role app_owner;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create role reader;
//! drop role reader;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op, RoleOp, Shown};

pub(super) const RULE: Rule =
    declare!("access", "drop_role.rs", "drop-role", Approve, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::Role(RoleOp::Drop { role }) = &change.op else { return None };
    let before = cx.migration.script.changes.iter().take_while(|it| it.span != change.span);
    let made = |it: &Change| matches!(&it.op, Op::Role(RoleOp::SetOptions { role: new, created: true, .. }) if new == role);
    if before.into_iter().any(made) {
        return None;
    }
    let role = Shown(role);
    let message = format!("programs that log in as `{role}` cannot after this");
    let finding = cx.finding(change, role.to_string(), message);
    Some(finding.help(format!(
        "make sure that nothing uses it: `alter role \"{role}\" nologin` can be taken back"
    )))
}
