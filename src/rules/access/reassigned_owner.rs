//! # reassigned-owner
//!
//! Whoever owns a table is above its policies, so a new owner sees and changes every row.
//!
//! Judged are `reassign owned`, and `owner to` a role of the API: of a table, a view, a function, a type, or a schema,
//! whose owner may drop every table in it. What runs with the rights of its owner, a function or a view, may not go to
//! `service_role` either. A dump names the owner that the tables have anyway,
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
//! ```sql
//! alter schema public owner to authenticated;
//! alter schema public owner to postgres;
//! ```
//!
//! ```sql before
//! create function balance() returns int language sql security definer set search_path = '' as 'select 1';
//! ```
//!
//! ```sql
//! alter function balance() owner to service_role;
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
        Op::SetOwner { what, to, .. } if to == "service_role" && runs_as_owner(what) => (
            Shown(what).to_string(),
            format!(
                "the {} runs with the rights of `{}` after this, who is above every policy",
                Shown(what),
                Shown(to)
            ),
        ),
        _ => return None,
    };
    Some(cx.finding(change, subject, message).help("leave the owner, and grant what is needed"))
}

fn runs_as_owner(what: &str) -> bool {
    what.starts_with("function ") || what.starts_with("view ")
}
