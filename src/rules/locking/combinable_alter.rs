//! # combinable-alter
//!
//! Two `ALTER TABLE` of one table in a row wait for the same lock twice, and go through the table twice where both have to.
//!
//! ## Fails
//!
//! ```sql
//! alter table users add column nick text;
//! alter table users add column city text;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! alter table users add column nick text, add column city text;
//! ```
//!
//! ```sql
//! alter table users add column nick text;
//! alter table orders add column note text;
//! ```

use std::collections::BTreeSet;

use crate::rules::{Check, Finding, Rule, Step, Whole, declare};
use crate::schema::Op;

pub(super) const RULE: Rule =
    declare!("locking", "combinable_alter.rs", "combinable-alter", Allow, Check::Migration(check));

fn check(whole: &Whole<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut told = BTreeSet::new();
    for pair in whole.steps.windows(2) {
        let [first, second] = pair else { continue };
        let (Some(one), Some(other)) = (altered(first), altered(second)) else { continue };
        let apart = first.change.statement != second.change.statement;
        let subject = one.to_string();
        if one == other && apart && told.insert(one) {
            let message = format!("this waits for the lock of `{one}` again");
            findings.push(
                whole
                    .finding(&second.change.statement, subject, message)
                    .label(whole.span(&first.change.statement), "the first time")
                    .help("join both in one `alter table`, with a comma between their parts"),
            );
        }
    }
    findings
}

/// The table that others use and that an `ALTER TABLE` changes in a part that may stand beside others.
fn altered<'a>(step: &'a Step<'_>) -> Option<&'a crate::schema::TableName> {
    let joins = matches!(
        step.change.op,
        Op::AddColumn { .. }
            | Op::DropColumn { .. }
            | Op::SetNotNull { .. }
            | Op::DropNotNull { .. }
            | Op::SetDefault { .. }
            | Op::DropDefault { .. }
            | Op::SetGenerated { .. }
            | Op::AddConstraint { .. }
            | Op::DropConstraint { .. }
            | Op::AlterColumnType { .. }
            | Op::SetStorage { .. }
    );
    step.locks.first().filter(|_| joins).map(|it| &it.on)
}
