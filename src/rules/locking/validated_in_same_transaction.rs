//! # validated-in-same-transaction
//!
//! `NOT VALID` gains nothing where `VALIDATE CONSTRAINT` follows in the same transaction: the first lock is still held.
//!
//! A file that is sent as one text is one transaction. The rows that were there are read while nobody can write.
//!
//! ## Fails
//!
//! ```sql
//! alter table users add constraint users_age_check check (age > 0) not valid;
//! alter table users validate constraint users_age_check;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table users (id bigint primary key, age integer);
//! alter table users enable row level security;
//! alter table users add constraint users_age_check check (age > 0) not valid;
//! ```
//!
//! ```sql
//! alter table users validate constraint users_age_check;
//! ```

use std::collections::BTreeMap;

use super::{alone, outlasts};
use crate::rules::{Check, Finding, Held, Rule, Step, Whole, declare};
use crate::schema::{Certainty, ObjectName, Op, Shown, TableName};

pub(super) const RULE: Rule = declare!(
    "locking",
    "validated_in_same_transaction.rs",
    "validated-in-same-transaction",
    Warn,
    Check::Migration(check)
);

fn check(whole: &Whole<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for steps in whole.transactions() {
        let mut added: BTreeMap<(&TableName, &str), &Step<'_>> = BTreeMap::new();
        for step in steps {
            let Some(Held { on, .. }) = step.locks.first() else { continue };
            match &step.change.op {
                Op::AddConstraint { constraint, .. } if constraint.not_valid => {
                    let name = constraint.name.as_deref().unwrap_or_default();
                    added.insert((on, name), step);
                }
                Op::ValidateConstraint { name, .. } => {
                    let found = added.get(&(on, name.as_str()));
                    findings.extend(found.map(|it| finding(whole, it, step, on, name)));
                }
                _ => {}
            }
        }
    }
    findings
}

fn finding(
    whole: &Whole<'_>,
    added: &Step<'_>,
    step: &Step<'_>,
    table: &TableName,
    name: &str,
) -> Finding {
    let at = &step.change.statement;
    let message = format!(
        "nobody can write to `{table}` while this reads it: the transaction holds the lock of the constraint"
    );
    let mut finding = whole
        .finding(at, format!("{table}.{}", Shown(name)), message)
        .label(whole.span(&added.change.span), "the lock is taken here")
        .help("validate it in a migration of its own");
    let sure = step.change.certainty == Certainty::Sure && !step.in_transaction;
    let rest = whole.migration.script.changes.iter().filter(|it| it.statement.start > at.start);
    let on = ObjectName::new(None, table.name.as_str());
    let steady = sure && outlasts(rest, &on, name);
    if let Some(sql) = whole.migration.text.get(at.clone()).filter(|_| steady) {
        let title = "move it into a migration of its own";
        finding.fix = alone(whole.migration, at, title, &format!("validate {name}"), sql);
    }
    finding
}
