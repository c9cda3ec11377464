//! # changed-default
//!
//! Clients that leave a column out get another value than before.
//!
//! ## Fails
//!
//! ```sql before
//! create table users (id bigint primary key, plan text default 'free');
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users alter column plan set default 'trial';
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table users (id bigint primary key, plan text);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users alter column plan set default 'free';
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op, Shown};

pub(super) const RULE: Rule =
    declare!("compatibility", "changed_default.rs", "changed-default", Allow, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::SetDefault { table, column, default } = &change.op else { return None };
    if cx.is_new_column(change, table, column) {
        return None;
    }
    let (name, found) = cx.table(table)?;
    let before = found.columns.get(column)?.default.clone()?;
    if before == default.text {
        return None;
    }
    let subject = format!("{name}.{}", Shown(column));
    let message = format!(
        "rows without `{subject}` get `{}` after this, and no longer `{}`",
        Shown(&default.text),
        Shown(&before)
    );
    let finding = cx.finding(change, &subject, message);
    Some(finding.help("look that no client relies on the old one"))
}
