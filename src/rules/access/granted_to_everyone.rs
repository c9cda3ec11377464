//! # granted-to-everyone
//!
//! A privilege for `anon` or `public` is one for everyone who reaches the API, logged in or not.
//!
//! Judged are privileges on tables that were there before this change, on all tables of a schema at once, and by
//! default on every later one. `truncate`, `references` and `trigger` are not held back by row level security, so
//! `all` is too much for `authenticated` as well. So is `select` on what no policy holds back: `auth.users`, a view with
//! the rights of its owner, a materialized view, a table without row level security outside of the exposed schemas.
//! Of functions those are judged that are above the policies (`security definer`) and were closed to everyone before;
//! of settings all that need a grant. What the same change creates may be granted as Supabase's dumps do;
//! its row level security is judged elsewhere.
//!
//! ## Fails
//!
//! ```sql
//! grant all on users to anon;
//! ```
//!
//! ```sql
//! grant select (email) on users to public;
//! ```
//!
//! ```sql
//! grant all on all tables in schema public to authenticated;
//! ```
//!
//! ```sql
//! alter default privileges in schema public grant all on tables to anon;
//! alter default privileges in schema public revoke all on tables from anon;
//! ```
//!
//! ```sql
//! grant select on auth.users to authenticated;
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key);
//! alter table notes enable row level security;
//! create materialized view private.all_notes as select * from notes;
//! ```
//!
//! ```sql
//! grant select on private.all_notes to authenticated;
//! ```
//!
//! ```sql before
//! create function balance() returns int language sql security definer set search_path = '' as 'select 1';
//! revoke execute on function balance() from public, anon;
//! ```
//!
//! ```sql
//! grant execute on all functions in schema public to anon;
//! ```
//!
//! ```sql
//! grant set on parameter session_replication_role to anon;
//! revoke set on parameter session_replication_role from anon;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! grant select, insert on users to authenticated;
//! ```
//!
//! ```sql
//! create table notes (id bigint);
//! alter table notes enable row level security;
//! grant all on notes to anon;
//! ```
//!
//! ```sql
//! grant usage on schema public to anon;
//! ```
//!
//! ```sql before
//! create function balance() returns int language sql security definer set search_path = '' as 'select 1';
//! revoke execute on function balance() from public, anon;
//! ```
//!
//! ```sql
//! grant execute on function balance() to authenticated;
//! ```
//!
//! ```sql before
//! create function balance() returns int language sql security definer set search_path = '' as 'select 1';
//! ```
//!
//! ```sql
//! revoke execute on function balance() from public;
//! grant execute on function balance() to anon, authenticated;
//! ```
//!
//! ```sql
//! alter default privileges in schema public revoke all on tables from anon;
//! ```

use super::reach::{DEEPEST_VIEW, api_within, is_anyone, is_api, protected_below};
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{
    Change, Op, Privilege, RelationKind, Resolved, Routine, Securable, Shown, TableName,
};

/// Row level security does not hold them back.
const UNHELD: &[&str] = &["truncate", "references", "trigger"];

pub(super) const RULE: Rule = declare!(
    "access",
    "granted_to_everyone.rs",
    "granted-to-everyone",
    Approve,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (privileges, roles, subject) = match &change.op {
        Op::Grant { privileges, on, to, .. } => (privileges, to, granted_on(cx, change, on)?),
        Op::DefaultPrivileges { schemas, privileges, on, roles, granted: true }
            if on == "tables" =>
        {
            let schemas =
                if schemas.is_empty() { "every schema".to_owned() } else { schemas.join(", ") };
            (privileges, roles, format!("later tables of {schemas}"))
        }
        _ => return None,
    };
    let closed = match &change.op {
        Op::Grant { on, .. } => unprotected(cx, on),
        _ => false,
    };
    let routine = matches!(
        &change.op,
        Op::Grant { on: Securable::Routines(_) | Securable::AllRoutinesIn(_), .. }
    );
    let schema = matches!(&change.op, Op::Grant { on: Securable::Schemas(_), .. });
    if schema && !privileges.is_empty() && !privileges.iter().any(|it| it == "create") {
        return None;
    }
    let open = |it: &&str| is_too_much(it, privileges) || closed && is_api(it);
    let too_much = |it: &&str| if routine { is_anyone(it) } else { open(it) };
    let role = Shown(roles.iter().find(|it| api_within(cx.catalog, it).iter().any(too_much))?);
    let what = if privileges.is_empty() { "everything".to_owned() } else { privileges.join(", ") };
    let subject = Shown(&subject);
    let message = format!("`{role}` may {what} on `{subject}` after this");
    let finding = cx.finding(change, subject.to_string(), message);
    Some(
        finding.help(
            "grant what is needed to the role that needs it, and let policies say which rows",
        ),
    )
}

fn is_too_much(role: &str, privileges: &[Privilege]) -> bool {
    let unheld = privileges.is_empty() || privileges.iter().any(|it| UNHELD.contains(&it.as_str()));
    is_anyone(role) || role == "authenticated" && unheld
}

/// Whether no policy holds back what is granted: whoever may read it reads all of it.
fn unprotected(cx: &Context<'_>, on: &Securable) -> bool {
    let Securable::Tables(tables) = on else { return matches!(on, Securable::Other(_)) };
    tables.iter().filter(|it| cx.catalog.is_findable(it)).any(|name| {
        let users = name.schema.as_deref() == Some("auth") && name.name == "users";
        let Some((name, found)) = cx.table(name) else { return users };
        let source = || protected_below(cx.catalog, &found, DEEPEST_VIEW).is_some();
        users
            || match found.kind {
                RelationKind::Table => {
                    !found.rls && !cx.target.exposed_schemas.contains(&name.schema)
                }
                RelationKind::View => !found.security_invoker && source(),
                RelationKind::MaterializedView => source(),
                RelationKind::ForeignTable => false,
            }
    })
}

/// Whether a function is above the policies and everyone was kept from calling it before this change.
fn is_closed(cx: &Context<'_>, name: &TableName, now: &Routine) -> bool {
    let Some(before) = cx.catalog.routine_before(name) else { return false };
    let granted = |role| before.granted.get(role).copied();
    now.definer && granted("public") == Some(false) && granted("anon") != Some(true)
}

/// What was there before the change.
fn granted_on(cx: &Context<'_>, change: &Change, on: &Securable) -> Option<String> {
    match on {
        Securable::Tables(tables) => {
            let old = tables.iter().find(|it| {
                let recent = match cx.catalog.resolve(it) {
                    Resolved::Permanent(name) => {
                        cx.catalog.table(&name).is_some_and(|it| cx.catalog.is_recent(&it.born))
                    }
                    Resolved::Temporary(_) => true,
                };
                !recent && !cx.is_new(change, it)
            });
            Some(cx.name(old?))
        }
        // Whoever may create things there can put them in front of others.
        Securable::Schemas(schemas) => Some(format!("schema {}", schemas.join(", "))),
        Securable::AllTablesIn(schemas) => Some(format!("all tables in {}", schemas.join(", "))),
        Securable::Routines(routines) => {
            let names =
                routines.iter().map(|(it, of)| cx.catalog.resolve_routine(it, of.as_deref()));
            let mut names = names
                .filter(|name| cx.catalog.routine(name).is_some_and(|it| is_closed(cx, name, &it)));
            names.next().map(|it| it.to_string())
        }
        Securable::AllRoutinesIn(schemas) => {
            let mut routines = cx.catalog.routines();
            let found = routines
                .find(|(name, it)| schemas.contains(&name.schema) && is_closed(cx, name, it));
            found.map(|(name, _)| name.to_string())
        }
        Securable::Other(what) => what.starts_with("parameter ").then(|| what.clone()),
        _ => None,
    }
}
