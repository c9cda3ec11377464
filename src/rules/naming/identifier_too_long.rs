//! # identifier-too-long
//!
//! Postgres cuts a name at 63 bytes and only mentions it, so the database has another name than the migration.
//!
//! What comes to the same 63 bytes is the same name: the second one fails, or with `if not exists` is not created at
//! all. A tool that compares names finds a difference for ever.
//!
//! ## Fails
//!
//! ```sql
//! alter table users add column the_day_on_which_the_account_was_last_seen_by_anybody_of_the_support_team date;
//! ```
//!
//! ```text
//! warning[identifier-too-long]: `the_day_on_which_the_account_was_last_seen_by_anybody_of_the_support_team` is stored as `the_day_on_which_the_account_was_last_seen_by_anybody_of_the_su`: Postgres cuts names at 63 bytes
//!   ╭▸ prisma/migrations/20260101000000_example/migration.sql:1:30
//!   │
//! 1 │ alter table users add column the_day_on_which_the_account_was_last_seen_by_anybody_of_the_support_team date;
//!   │                              ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
//!   │
//!   ├ note: by default, `identifier-too-long` is warned about
//!   ├ help: give it a name of at most 63 bytes
//!   ╰ explain: sprag explain identifier-too-long
//! ```
//!
//! ```sql
//! create table orders_of_customers_that_were_imported_from_the_previous_warehouse (id bigint primary key);
//! alter table orders_of_customers_that_were_imported_from_the_previous_warehouse enable row level security;
//! ```
//!
//! ```sql
//! create policy "Members may read everything that others of their team have written in it" on users for select to authenticated
//!     using ((select auth.uid()) is not null);
//! ```
//!
//! ## Passes
//!
//! ```sql
//! alter table users add column last_seen_by_support_on date;
//! ```

use super::named::named;
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, NAME_LIMIT, Shown};

pub(super) const RULE: Rule =
    declare!("naming", "identifier_too_long.rs", "identifier-too-long", Warn, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let script = &cx.migration.script;
    let named = named(cx, change);
    let mut long =
        named.iter().filter_map(|it| Some((it, script.cut_from(&change.statement, it.name)?)));
    let (first, cut) = long.next()?;
    let message = format!(
        "`{}` is stored as `{}`: Postgres cuts names at {NAME_LIMIT} bytes",
        Shown(&cut.written),
        Shown(first.name)
    );
    let help = format!("give it a name of at most {NAME_LIMIT} bytes");
    let finding = cx.finding_at(change, &cut.at, first.subject(), message).help(help);
    Some(long.fold(finding, |finding, (it, cut)| {
        finding.label(cx.span(&cut.at), format!("`{}` as well", Shown(it.name)))
    }))
}
