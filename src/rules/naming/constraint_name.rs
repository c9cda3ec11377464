//! # constraint-name
//!
//! A constraint that ends in what it is, as `_pkey`, `_fkey`, `_key` and `_check`, explains the error that it causes.
//!
//! Postgres, Prisma and Drizzle (`_fk`, `_unique`) name theirs so; whoever gives a name of his own gives one like them.
//!
//! ## Fails
//!
//! ```sql
//! alter table users add constraint grown_up check (age > 17) not valid;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! alter table users add constraint users_age_check check (age > 17) not valid;
//! ```

use super::named::{Kind, named};
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Shown};

pub(super) const RULE: Rule =
    declare!("naming", "constraint_name.rs", "constraint-name", Allow, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let named = named(cx, change);
    let (it, ends) = named.iter().find_map(|it| {
        let ends: &[&str] = match it.kind {
            Kind::PrimaryKey => &["_pkey", "_pk"],
            Kind::Unique => &["_key", "_unique", "_uk"],
            Kind::ForeignKey => &["_fkey", "_fk"],
            Kind::Check => &["_check", "_ck"],
            _ => return None,
        };
        (!ends.iter().any(|end| it.name.ends_with(end))).then_some((it, ends))
    })?;
    let end = ends.first()?;
    let message = format!("`{}` does not end in what it is: `{end}`", Shown(it.name));
    let table = it.owner.rsplit('.').next().unwrap_or_default();
    let help = format!("name it after the table and its columns: `{table}_…{end}`");
    Some(cx.finding_at(change, &it.at, it.subject(), message).help(help))
}
