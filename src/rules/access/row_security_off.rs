//! # row-security-off
//!
//! Rows that are copied with row level security off are copied past the policies of the table they come from.
//!
//! Dumps begin with `set row_security = off` and copy nothing out of tables; so only a migration that reads rows into
//! a table after it is reported.
//!
//! ## Fails
//!
//! ```sql
//! set row_security = off;
//! create table dump as select * from users;
//! alter table dump enable row level security;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! set row_security = off;
//! create table notes (id bigint);
//! alter table notes enable row level security;
//! insert into notes values (1);
//! ```

use crate::rules::{Check, Finding, Rule, Whole, declare};
use crate::schema::{Change, Op, RelationKind};

pub(super) const RULE: Rule =
    declare!("access", "row_security_off.rs", "row-security-off", Approve, Check::Migration(check));

fn check(whole: &Whole<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, step) in whole.steps.iter().enumerate() {
        let rest = whole.steps.get(at + 1..).unwrap_or_default();
        if is_off(&step.change.op) && rest.iter().any(|it| copies(it.change)) {
            let message = "what is copied after this is copied past the policies of its table";
            let finding = whole.finding(&step.change.statement, "row_security", message);
            findings.push(finding.help("take the statement out"));
        }
    }
    findings
}

fn is_off(op: &Op) -> bool {
    match op {
        Op::Set { setting, value: Some(value), .. } => {
            let value = value.trim_matches('\'').to_ascii_lowercase();
            setting == "row_security" && matches!(value.as_str(), "off" | "false" | "no" | "0")
        }
        _ => false,
    }
}

fn copies(change: &Change) -> bool {
    match &change.op {
        Op::CreateTable(new) => {
            let stored = matches!(new.kind, RelationKind::Table | RelationKind::MaterializedView);
            stored && !new.reads.is_empty()
        }
        Op::Insert { queried, .. } => *queried,
        _ => false,
    }
}
