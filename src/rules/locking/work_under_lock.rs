//! # work-under-lock
//!
//! A statement that takes long holds up everyone who waits for a lock that an earlier one of its transaction took.
//!
//! A file that is sent as one text is one transaction, and locks last until its end: after `ADD COLUMN` nobody reads the
//! table until the last index of the file is built, of whatever table.
//!
//! ## Fails
//!
//! ```sql
//! alter table users add column nick text;
//! create index orders_status_idx on orders (status);
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create index orders_status_idx on orders (status);
//! ```
//!
//! ```sql
//! alter table users add column nick text;
//! alter table orders add column note text;
//! ```

use crate::rules::{Check, Finding, Rule, Step, Whole, declare};
use crate::schema::{Effort, LockMode};

pub(super) const RULE: Rule =
    declare!("locking", "work_under_lock.rs", "work-under-lock", Allow, Check::Migration(check));

fn check(whole: &Whole<'_>) -> Vec<Finding> {
    whole.transactions().filter_map(|steps| look(whole, steps)).collect()
}

/// One finding for each transaction: the first lock, and the first work behind it.
fn look(whole: &Whole<'_>, steps: &[Step<'_>]) -> Option<Finding> {
    let mut held: Option<(&Step<'_>, &crate::rules::Held)> = None;
    for step in steps {
        if let Some((first, lock)) = held
            && step.effort != Effort::Nothing
            && step.change.statement != first.change.statement
        {
            let message = format!("nobody can read or write `{}` until this is done", lock.on);
            let finding = whole.finding(&step.change.span, lock.on.to_string(), message).label(
                whole.span(&first.change.span),
                "it is locked here, until the transaction ends",
            );
            return Some(
                finding.help("put this into a migration of its own, before or after this one"),
            );
        }
        let mut locks = step.locks.iter();
        let exclusive = locks.find(|it| it.mode == LockMode::AccessExclusive);
        held = held.or(exclusive.map(|it| (step, it)));
    }
    None
}
