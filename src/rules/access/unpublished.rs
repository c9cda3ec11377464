//! # unpublished
//!
//! Whoever listens to a publication, subscription or foreign server that is dropped hears nothing more, and gets no
//! error.
//!
//! What the same migration publishes again is not reported.
//!
//! ## Fails
//!
//! ```sql
//! alter publication supabase_realtime add table users;
//! alter publication supabase_realtime drop table users;
//! ```
//!
//! ```sql
//! drop publication supabase_realtime;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! drop publication supabase_realtime;
//! create publication supabase_realtime for table users;
//! ```

use crate::rules::{Check, Finding, Rule, Whole, declare};
use crate::schema::{Op, Shown};

pub(super) const RULE: Rule =
    declare!("access", "unpublished.rs", "unpublished", Warn, Check::Migration(check));

fn check(whole: &Whole<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, step) in whole.steps.iter().enumerate() {
        let Op::Unpublish { publication, tables } = &step.change.op else { continue };
        let rest = whole.steps.get(at + 1..).unwrap_or_default();
        let again =
            |op: &Op| matches!(op, Op::Publish { publication: it, .. } if it == publication);
        if rest.iter().any(|it| again(&it.change.op)) {
            continue;
        }
        let name = Shown(publication);
        let message = match tables.first() {
            Some(table) => {
                format!("whoever listens to `{name}` hears nothing of `{table}` after this")
            }
            None => format!("whoever listens to `{name}` hears nothing after this"),
        };
        let finding = whole.finding(&step.change.statement, name.to_string(), message);
        findings.push(finding.help("make sure that nobody listens any more"));
    }
    findings
}
