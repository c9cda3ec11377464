//! # local-setting-without-transaction
//!
//! `SET LOCAL` outside of a transaction is over before the next statement, so it does nothing.
//!
//! Where a file is sent as one text, as Prisma does, it is a transaction and the setting holds; under `psql`, statement
//! by statement, it does not, and only a warning says so.
//!
//! ## Fails
//!
//! ```sql
//! set local lock_timeout = '5s';
//! alter table users add column nick text;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! begin;
//! set local lock_timeout = '5s';
//! alter table users add column nick text;
//! commit;
//! ```
//!
//! ```sql
//! set lock_timeout = '5s';
//! alter table users add column nick text;
//! ```

use crate::rules::{Check, Finding, Rule, Step, Whole, declare};
use crate::schema::{Certainty, Lasting, Op};

pub(super) const RULE: Rule = declare!(
    "locking",
    "local_setting_without_transaction.rs",
    "local-setting-without-transaction",
    Warn,
    Check::Migration(check)
);

fn check(whole: &Whole<'_>) -> Vec<Finding> {
    let local = |it: &&Step<'_>| {
        matches!(
            it.change.op,
            Op::Set { lasting: Lasting::Transaction, .. }
                | Op::SetSearchPath { lasting: Lasting::Transaction, .. }
        )
    };
    // `set_config(…, true)` and what stands in a block is for that statement.
    let found = whole.steps.iter().filter(local).filter(|it| {
        let change = it.change;
        !it.in_transaction && change.certainty == Certainty::Sure && change.span == change.statement
    });
    let finding = |it: &Step<'_>| {
        let path = whole.migration.path.to_string();
        let message = "under `psql` this ends with its own statement, so nothing after it is set";
        let finding = whole.finding(&it.change.span, path, message);
        finding
            .help("put `begin;` before it and `commit;` at the end, or write `set` without `local`")
    };
    found.map(finding).collect()
}
