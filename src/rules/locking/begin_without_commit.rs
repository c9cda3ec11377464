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

use super::committed;
use crate::rules::{BREAKPOINT, Check, Finding, Fix, Rule, Step, Whole, declare};
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
    let text = &whole.migration.text;
    // Drizzle has a transaction around it, which a `COMMIT` would end.
    let fix = if text.contains(BREAKPOINT) {
        taken_out(text, begun)
    } else {
        committed(Fix::new("end the file with `commit;`"), text)
    };
    vec![
        whole
            .finding(&begun.change.span, path, message)
            .help("end the file with `commit;`, or take the `begin;` out")
            .fix(fix),
    ]
}

/// With the break behind it, so that no empty batch is left.
fn taken_out(text: &str, begun: &Step<'_>) -> Fix {
    let at = &begun.change.statement;
    let mut end = at.end;
    for sign in [";", BREAKPOINT, "\n"] {
        let rest = text.get(end..).unwrap_or_default();
        let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r']).len();
        let broken = rest.len() - rest.trim_start().len();
        let blank = if sign == BREAKPOINT { broken } else { blank };
        if rest.get(blank..).is_some_and(|it| it.starts_with(sign)) {
            end += blank + sign.len();
        }
    }
    Fix::new("take the `begin;` out").edit(at.start..end, "")
}
