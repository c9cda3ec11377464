//! # missing-lock-timeout
//!
//! Without a `lock_timeout`, a statement that waits for a lock makes every later query on the table wait behind it.
//!
//! The wait ends when the longest query that was running ends. With a timeout the migration fails in its place, and can
//! be tried again.
//!
//! ## Fails
//!
//! ```sql
//! alter table users add column nick text;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! set lock_timeout = '5s';
//! alter table users add column nick text;
//! ```
//!
//! ```sql
//! create index concurrently users_name_idx on users (name);
//! ```
//!
//! ```sql
//! create table notes (id bigint primary key);
//! alter table notes enable row level security;
//! ```

use crate::rules::{Check, Finding, Fix, Rule, Whole, declare};
use crate::schema::{Certainty, Op};

pub(super) const RULE: Rule = declare!(
    "locking",
    "missing_lock_timeout.rs",
    "missing-lock-timeout",
    Allow,
    Check::Migration(check)
);

fn check(whole: &Whole<'_>) -> Vec<Finding> {
    let mut limited = false;
    for step in whole.steps {
        match &step.change.op {
            Op::Set { setting, value, .. } if setting == "lock_timeout" || setting == "all" => {
                let sure = step.change.certainty == Certainty::Sure;
                limited = sure && value.as_ref().is_some_and(|it| is_limit(it));
            }
            _ => {}
        }
        let Some(lock) = step.locks.iter().find(|it| it.mode.stops_writes()) else { continue };
        if limited {
            continue;
        }
        let at = whole.steps.first().map_or(0, |it| it.change.statement.start);
        let message = format!(
            "while this waits for `{}`, every later query on it waits too, for as long as it takes",
            lock.on
        );
        return vec![
            whole
                .finding(&step.change.span, lock.on.to_string(), message)
                .help("begin the file with `set lock_timeout = '5s';`")
                .fix(
                    Fix::new("limit the wait for locks").edit(at..at, "set lock_timeout = '5s';\n"),
                ),
        ];
    }
    Vec::new()
}

/// Nought is no limit.
fn is_limit(value: &str) -> bool {
    value.chars().any(|it| ('1'..='9').contains(&it))
}
