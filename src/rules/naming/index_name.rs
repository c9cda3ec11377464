//! # index-name
//!
//! An index that is named after its table and ends in `_idx` or `_key` says in every plan and error what it is.
//!
//! Also `idx_` and `ix_` in front are a way. Prisma, Drizzle and Postgres itself name theirs so.
//!
//! ## Fails
//!
//! ```sql
//! create index fast_lookup on users (name);
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create index users_name_idx on users (name);
//! create unique index users_name_age_key on users (name, age);
//! create index idx_users_age on users (age);
//! create index on users (type);
//! ```

use super::named::{Kind, named};
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op, Shown};

pub(super) const RULE: Rule =
    declare!("naming", "index_name.rs", "index-name", Allow, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::CreateIndex(index) = &change.op else { return None };
    let named = named(cx, change);
    let it = named.iter().find(|it| it.kind == Kind::Index)?;
    let ends = ["_idx", "_key", "_index", "_unique", "_uindex"];
    let begins = ["idx_", "ix_", "uq_", "uidx_"];
    if ends.iter().any(|end| it.name.ends_with(end))
        || begins.iter().any(|begin| it.name.starts_with(begin))
    {
        return None;
    }
    let table = &index.table.name;
    let message =
        format!("`{}` does not say that it is an index of `{}`", Shown(it.name), Shown(table));
    let columns = index.keys.iter().map(|it| it.label.as_str()).collect::<Vec<_>>().join("_");
    let end = if index.unique { "key" } else { "idx" };
    let help = format!("name it `{}`", Shown(&format!("{table}_{columns}_{end}")));
    Some(cx.finding_at(change, &it.at, it.subject(), message).help(help))
}
