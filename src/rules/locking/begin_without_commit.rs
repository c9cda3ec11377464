//! # begin-without-commit
//!
//! A transaction that is begun and never committed is taken back when the connection closes: nothing of it is left.
//!
//! Neither `psql` nor Prisma says so; the migration counts as applied.
//!
//! ## Fails
//!
//! ```sql
//! begin;
//! alter table users add column nick text;
//! ```
//!
//! ```sql
//! begin;
//! alter table users add column nick text;
//! commit;
//! begin;
//! alter table users add column city text;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! begin;
//! alter table users add column nick text;
//! commit;
//! ```

use crate::rules::{Check, Finding, Fix, Rule, Step, Whole, declare};
use crate::schema::{Boundary, Certainty, Op};

pub(super) const RULE: Rule = declare!(
    "locking",
    "begin_without_commit.rs",
    "begin-without-commit",
    Deny,
    Check::Migration(check)
);

fn check(whole: &Whole<'_>) -> Vec<Finding> {
    let mut begun: Option<&Step<'_>> = None;
    for step in whole.steps.iter().filter(|it| it.change.certainty == Certainty::Sure) {
        match step.change.op {
            Op::Transaction(Boundary::Begin) => begun = begun.or(Some(step)),
            Op::Transaction(Boundary::Commit | Boundary::Rollback) => begun = None,
            _ => {}
        }
    }
    let Some(begun) = begun else { return Vec::new() };
    let path = whole.migration.path.to_string();
    let message =
        "no `COMMIT` follows, so everything after this is taken back when the connection closes";
    let end = whole.migration.text.trim_end().len();
    let semicolon = if whole.migration.text.trim_end().ends_with(';') { "" } else { ";" };
    vec![
        whole
            .finding(&begun.change.span, path, message)
            .help("end the file with `commit;`, or take the `begin;` out")
            .fix(
                Fix::new("end the file with `commit;`")
                    .edit(end..end, format!("{semicolon}\ncommit;")),
            ),
    ]
}
