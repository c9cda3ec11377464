//! # role-above-rls
//!
//! A role with `BYPASSRLS` or `SUPERUSER` is above every policy of every table.
//!
//! So is whoever is made a member of such a role: `service_role`, `postgres`, one that is called after owning or
//! administering something; by way of a role in between as well. Whoever may make roles makes itself a member.
//!
//! ## Fails
//!
//! ```sql
//! alter role authenticated bypassrls;
//! alter role authenticated nobypassrls;
//! ```
//!
//! ```sql
//! do $$ begin
//!   create role reports login bypassrls;
//! end $$;
//! drop role reports;
//! ```
//!
//! ```sql
//! grant service_role to authenticated;
//! revoke service_role from authenticated;
//! ```
//!
//! ```sql
//! create role web in role service_role role anon;
//! drop role web;
//! ```
//!
//! ```sql
//! alter role authenticated createrole;
//! alter role authenticated nocreaterole;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create role reports login;
//! drop role reports;
//! ```
//!
//! ```sql
//! grant authenticated to app_owner;
//! revoke authenticated from app_owner;
//! ```

use super::reach::{api_within, is_api};
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op, RoleOp, Securable, Shown};

/// Roles that Postgres and Supabase put above row level security, or above privileges.
const ABOVE: &[&str] = &[
    "postgres",
    "service_role",
    "supabase_admin",
    "supabase_storage_admin",
    "supabase_auth_admin",
    "pg_read_all_data",
    "pg_write_all_data",
    "pg_read_server_files",
    "pg_write_server_files",
    "pg_execute_server_program",
];

pub(super) const RULE: Rule =
    declare!("access", "role_above_rls.rs", "role-above-rls", Deny, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let mut named = None;
    let (role, why) = match &change.op {
        Op::Role(RoleOp::SetOptions { role, options, .. }) => {
            let above = |it: &&String| match it.as_str() {
                "superuser" | "bypassrls" => true,
                "createrole" | "replication" => is_api(role),
                _ => false,
            };
            (role, format!("`{}`", options.iter().find(above)?))
        }
        Op::Grant { privileges, on: Securable::Membership, to, .. } => {
            let (of, role) = above_api(cx, privileges, to)?;
            (&*named.insert(role), format!("what `{of}` may"))
        }
        Op::Configure { what, setting, value: Some(value) } if setting == "role" => {
            let of = value.trim_matches(['\'', '"']);
            let of = ABOVE.iter().find(|it| **it == of)?;
            (what, format!("what `{of}` may"))
        }
        _ => return None,
    };
    let role = Shown(role);
    let message = format!("`{role}` has {why} after this: no policy of any table holds it back");
    let finding = cx.finding(change, role.to_string(), message);
    Some(finding.help("write policies for what the role has to see, and leave it below them"))
}

/// The role above that a role of the API gets into, by this grant and those that the migrations made before it.
fn above_api(cx: &Context<'_>, of: &[String], to: &[String]) -> Option<(String, String)> {
    let is_above = |it: &String| {
        let words = || it.split('_');
        ABOVE.contains(&it.as_str()) || words().any(|it| matches!(it, "owner" | "admin"))
    };
    let above = of.iter().find_map(|it| cx.catalog.groups_of(it).into_iter().find(is_above))?;
    let inside = |it: &String| api_within(cx.catalog, it).first().map(ToString::to_string);
    Some((above, to.iter().find_map(inside)?))
}
