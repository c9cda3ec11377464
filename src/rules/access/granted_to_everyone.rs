//! # granted-to-everyone
//!
//! A privilege for `anon` or `public` is one for everyone who reaches the API, logged in or not.
//!
//! Judged are privileges on tables that were there before this change, on all tables of a schema at once, and by
//! default on every later one. `truncate`, `references` and `trigger` are not held back by row level security, so
//! `all` is too much for `authenticated` as well. What the same change creates may be granted as Supabase's dumps do;
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
//! ```sql
//! alter default privileges in schema public revoke all on tables from anon;
//! ```

use super::reach::is_anyone;
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op, Privilege, Resolved, Securable, Shown};

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
    let schema = matches!(&change.op, Op::Grant { on: Securable::Schemas(_), .. });
    if schema && !privileges.is_empty() && !privileges.iter().any(|it| it == "create") {
        return None;
    }
    let role = Shown(roles.iter().find(|it| is_too_much(it, privileges))?);
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
        _ => None,
    }
}
