//! # reassigned-owner
//!
//! Whoever owns a table is above its policies, so a new owner sees and changes every row.
//!
//! Judged are `reassign owned` and `owner to` a role of the API. A dump names the owner that the tables have anyway,
//! and is left.
//!
//! ## Fails
//!
//! ```sql
//! reassign owned by app_owner to anon;
//! ```
//!
//! ```sql
//! alter table users owner to authenticated;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! alter table users owner to postgres;
//! ```

use super::reach::is_api;
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op, RoleOp, Shown};

pub(super) const RULE: Rule =
    declare!("access", "reassigned_owner.rs", "reassigned-owner", Approve, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (subject, message) = match &change.op {
        Op::Role(RoleOp::Reassign { roles, to }) => (
            Shown(roles).to_string(),
            format!(
                "everything that `{}` owns is owned by `{}` after this, who is above its policies",
                Shown(roles),
                Shown(to)
            ),
        ),
        Op::SetOwner { what, to, .. } if is_api(to) => (
            Shown(what).to_string(),
            format!(
                "`{}` owns the {} after this, and is above its policies",
                Shown(to),
                Shown(what)
            ),
        ),
        _ => return None,
    };
    Some(cx.finding(change, subject, message).help("leave the owner, and grant what is needed"))
}
