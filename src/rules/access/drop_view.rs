//! # drop-view
//!
//! Dropping a view breaks whoever still reads it.
//!
//! A view that the same change makes again is replaced, not dropped, as long as it keeps the columns that are known.
//!
//! ## Fails
//!
//! ```sql before
//! create view mails as select 1 as id, '' as email;
//! ```
//!
//! ```sql
//! drop view mails;
//! ```
//!
//! ```sql before
//! create view mails as select 1 as id, '' as email;
//! ```
//!
//! ```sql
//! drop view mails;
//! create view mails as select 1 as id;
//! ```
//!
//! ```sql before
//! create table users (id bigint primary key, email text);
//! alter table users enable row level security;
//! create view mails with (security_invoker = true) as select id, email, lower(email) as small from users;
//! ```
//!
//! ```sql
//! drop view mails;
//! create view mails with (security_invoker = true) as select u.id, lower(u.email) as small from users u;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create view mails as select 1 as id, '' as email;
//! ```
//!
//! ```sql
//! drop view if exists mails;
//! create view mails as select 1 as id, '' as email, 2 as kind;
//! ```
//!
//! ```sql
//! create view drafts as select 1 as id;
//! drop view drafts;
//! ```

use super::reach::is_made_again;
use crate::rules::{Check, Context, Finding, Made, Rule, declare};
use crate::schema::{Change, Op, Resolved, Shown, TableName};

pub(super) const RULE: Rule =
    declare!("access", "drop_view.rs", "drop-view", Approve, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::DropView { name, .. } = &change.op else { return None };
    let Resolved::Permanent(name) = cx.catalog.resolve(name) else { return None };
    let view = cx.catalog.table(&name);
    if view.as_ref().is_some_and(|it| cx.catalog.is_new_born(&it.born)) {
        return None;
    }
    let message = match again(cx, change, &name) {
        None => format!("whoever reads `{name}` gets an error after this"),
        Some(lost) => {
            let lost = lost.first()?;
            format!("`{name}` comes back without its column `{}`", Shown(lost))
        }
    };
    let finding = cx.finding(change, name.to_string(), message);
    Some(finding.help("stop reading it in one release, drop it in the next"))
}

/// Columns that the view has not when it is made again. Absent: it is not.
fn again(cx: &Context<'_>, change: &Change, name: &TableName) -> Option<Vec<String>> {
    let of = |op: &Op| match op {
        Op::CreateTable(new) => cx.catalog.resolve_permanent(&new.name) == *name,
        _ => false,
    };
    if !is_made_again(cx, change, (Made::View, &name.name), of) {
        return None;
    }
    let later = cx.made_later(Made::View, &name.name);
    let made = later.into_iter().rev().find_map(|it| match &it.op {
        Op::CreateTable(new) if of(&it.op) => Some(new),
        _ => None,
    });
    // In the same branch: what it is there is not looked at.
    let Some(made) = made else { return Some(Vec::new()) };
    let known = cx.catalog.table(name);
    let before: &[String] = known.as_ref().map_or(&[], |it| &it.shows);
    if !before.is_empty() && !made.shows.is_empty() {
        let lost = before.iter().filter(|it| !made.shows.contains(it));
        return Some(lost.cloned().collect());
    }
    let before = known.iter().flat_map(|it| it.columns.keys());
    // Where no column has a name of its own, the columns are those of what it reads.
    let told = !made.columns.is_empty();
    let lost = before.filter(|it| told && !made.columns.iter().any(|new| new.name == **it));
    // A query that names only some of its columns names the others by what it reads.
    let partly = !made.reads.is_empty();
    Some(lost.filter(|_| !partly).cloned().collect())
}
