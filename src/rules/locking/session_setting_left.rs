//! # session-setting-left
//!
//! A setting that outlives the migration decides what later statements of the same connection do.
//!
//! Editors and poolers use a connection again: the next query there runs as another role, in another schema or time
//! zone, or without triggers. `SET LOCAL` in a transaction ends with it. Timeouts are let through.
//!
//! ## Fails
//!
//! ```sql
//! set role authors;
//! update users set name = trim(name) where id = 1;
//! ```
//!
//! ```sql
//! set session_replication_role = replica;
//! update users set name = trim(name) where id = 1;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! set role authors;
//! update users set name = trim(name) where id = 1;
//! reset role;
//! ```
//!
//! ```sql
//! begin;
//! set local session_replication_role = replica;
//! update users set name = trim(name) where id = 1;
//! commit;
//! ```

use std::collections::BTreeMap;

use crate::rules::{Check, Finding, Rule, Step, Whole, declare};
use crate::schema::{Certainty, Lasting, Op, Shown};

pub(super) const RULE: Rule = declare!(
    "locking",
    "session_setting_left.rs",
    "session-setting-left",
    Warn,
    Check::Migration(check)
);

/// What changes the meaning of a later statement.
const SETTINGS: &[&str] = &[
    "default_transaction_isolation",
    "default_transaction_read_only",
    "role",
    "row_security",
    "search_path",
    "session_authorization",
    "session_replication_role",
    "timezone",
];

fn check(whole: &Whole<'_>) -> Vec<Finding> {
    let mut left: BTreeMap<&str, &Step<'_>> = BTreeMap::new();
    for step in whole.steps.iter().filter(|it| it.runs()) {
        let sure = step.change.certainty == Certainty::Sure;
        match &step.change.op {
            Op::Set { setting, value: None, .. } if sure && setting == "all" => left.clear(),
            Op::Set { setting, value: None, .. } if sure => {
                left.remove(setting.as_str());
            }
            Op::SetSearchPath { schemas: Some(it), .. } if sure && *it == ["public"] => {
                left.remove("search_path");
            }
            Op::Set { setting, value: Some(_), lasting: Lasting::Session }
                if SETTINGS.contains(&setting.as_str()) =>
            {
                left.insert(setting, step);
            }
            Op::SetSearchPath { lasting: Lasting::Session, .. } => {
                left.insert("search_path", step);
            }
            _ => {}
        }
    }
    let finding = |(setting, step): (&str, &Step<'_>)| {
        let setting = Shown(setting);
        let message = format!("whatever uses this connection next keeps this `{setting}`");
        let finding = whole.finding(&step.change.span, setting.to_string(), message);
        finding.help(format!(
            "end the file with `reset {setting};`, or use `set local` between `begin;` and `commit;`"
        ))
    };
    left.into_iter().map(finding).collect()
}
