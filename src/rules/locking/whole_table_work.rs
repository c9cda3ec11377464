//! # whole-table-work
//!
//! `VACUUM FULL`, `CLUSTER`, `REINDEX` and `REFRESH MATERIALIZED VIEW` go through a whole relation while everyone else
//! waits for it.
//!
//! So does moving a table to another tablespace or access method, and making it logged or unlogged. `REINDEX` and
//! `REFRESH` have a form that makes nobody wait.
//!
//! ## Fails
//!
//! ```sql
//! reindex table users;
//! ```
//!
//! ```sql
//! cluster users using users_email_idx;
//! ```
//!
//! ```sql before
//! create materialized view totals as select 1 as total;
//! ```
//!
//! ```sql
//! refresh materialized view totals;
//! ```
//!
//! ```sql
//! alter table orders set unlogged;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! reindex table concurrently users;
//! ```
//!
//! ```sql
//! analyze users;
//! ```
//!
//! ```sql
//! create materialized view totals as select 1 as total with no data;
//! refresh materialized view totals;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Certainty, Change, Effort, Op, Shown, Work, Worked};

pub(super) const RULE: Rule =
    declare!("locking", "whole_table_work.rs", "whole-table-work", Warn, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (help, writes) = match &change.op {
        Op::Maintain { work, .. } => advice(*work)?,
        Op::SetStorage { .. } if cx.catalog.effort(&change.op) == Effort::Rewrite => {
            ("do it while nobody needs the table, with a `lock_timeout`", false)
        }
        _ => return None,
    };
    let lock = cx.catalog.locks(&change.op).pop();
    let unused = lock.as_ref().is_some_and(|it| cx.is_unused(change, &it.on));
    if unused || change.certainty == Certainty::Deferred {
        return None;
    }
    let (subject, whom) = match (&lock, &change.op) {
        (Some(lock), _) => (cx.name(&lock.on), format!("`{}`", cx.name(&lock.on))),
        (None, Op::Maintain { on: Worked::Several(what), .. }) => {
            (Shown(what).to_string(), format!("one table of the {} after another", Shown(what)))
        }
        (None, _) => (cx.migration.path.to_string(), "the table".to_owned()),
    };
    let who = if writes { "nobody can write to" } else { "nobody can read or write" };
    let message = format!("{who} {whom} while this goes through all of it");
    Some(cx.finding(change, subject, message).help(help))
}

/// What to do in its place, and whether others can read meanwhile.
fn advice(work: Work) -> Option<(&'static str, bool)> {
    match work {
        Work::VacuumFull | Work::Cluster => Some((
            "leave it to autovacuum, or run `pg_repack` beside the migrations: it makes nobody wait",
            false,
        )),
        Work::Reindex { concurrently: false } => {
            Some(("write `reindex … concurrently`, in a migration of its own", true))
        }
        Work::Refresh { concurrently: false } => Some((
            "write `refresh materialized view concurrently …`; the view needs a unique index for it",
            false,
        )),
        Work::Vacuum
        | Work::Analyze
        | Work::Reindex { concurrently: true }
        | Work::Refresh { concurrently: true } => None,
    }
}
