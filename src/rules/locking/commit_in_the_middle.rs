//! # commit-in-the-middle
//!
//! A `COMMIT` before the end makes two transactions of a migration: when the second fails, the first half stays.
//!
//! Then the migration counts as failed and cannot simply be run again. Prisma's own transaction around an enum that is
//! made anew is let through.
//!
//! ## Fails
//!
//! ```sql
//! begin;
//! alter table users add column nick text;
//! commit;
//! alter table users add column city text;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! begin;
//! alter table users add column nick text;
//! alter table users add column city text;
//! commit;
//! ```
//!
//! ```sql
//! begin;
//! create type order_status_new as enum ('new', 'paid', 'sent');
//! alter table orders alter column status type order_status_new using (status::text::order_status_new);
//! alter type order_status rename to order_status_old;
//! alter type order_status_new rename to order_status;
//! drop type order_status_old;
//! commit;
//! alter table users add column city text;
//! ```

use super::outside;
use crate::rules::{Check, Finding, Rule, Step, Whole, declare};
use crate::schema::{Boundary, Certainty, Op};

pub(super) const RULE: Rule = declare!(
    "locking",
    "commit_in_the_middle.rs",
    "commit-in-the-middle",
    Warn,
    Check::Migration(check)
);

fn check(whole: &Whole<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut before = 0;
    let mut recreates = false;
    for (index, step) in whole.steps.iter().enumerate() {
        recreates |= step.recreates;
        if does(step) {
            before += 1;
        }
        let commits = matches!(step.change.op, Op::Transaction(Boundary::Commit));
        if !commits || step.change.certainty != Certainty::Sure {
            continue;
        }
        let rest = || whole.steps.iter().skip(index + 1);
        // What Postgres runs in no transaction needs the end of the one before.
        let needed = rest().any(|it| outside(&it.change.op).is_some());
        if before > 0 && rest().any(does) && !recreates && !needed {
            let path = whole.migration.path.to_string();
            let message = "what stands before this stays when something after it fails";
            findings.push(whole.finding(&step.change.span, path, message).help(
                "put what follows into a migration of its own, or move the `commit;` to the end",
            ));
        }
        (before, recreates) = (0, false);
    }
    findings
}

/// It leaves something behind that a later failure would have to take back.
fn does(step: &Step<'_>) -> bool {
    step.runs()
        && !matches!(
            step.change.op,
            Op::Transaction(_) | Op::Set { .. } | Op::SetSearchPath { .. } | Op::Lock { .. }
        )
}
