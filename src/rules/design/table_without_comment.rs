//! # table-without-comment
//!
//! A table that nobody has described is described by guessing.
//!
//! `comment on table` is shown by every client, and goes into every dump.
//!
//! ## Fails
//!
//! ```sql
//! create table logs (id bigint primary key);
//! alter table logs enable row level security;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table logs (id bigint primary key);
//! alter table logs enable row level security;
//! comment on table logs is 'What the workers did, kept for thirty days.';
//! ```

use super::each_table;
use crate::rules::{Check, Finding, Rule, State, declare};
use crate::schema::RelationKind;

pub(super) const RULE: Rule = declare!(
    "design",
    "table_without_comment.rs",
    "table-without-comment",
    Allow,
    Check::State(check)
);

fn check(state: &State<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    each_table(state, |name, table| {
        let recent = state.everything || state.catalog.is_recent(&table.born);
        let Some(at) = table.born.at.as_ref().filter(|_| recent) else { return };
        if table.kind != RelationKind::Table || table.parent.is_some() || table.comment.is_some() {
            return;
        }
        let message = format!("nobody is told what `{name}` is for");
        findings.push(
            Finding::new(name.to_string(), at.clone(), message)
                .evidence(&format!("create table {name}"))
                .help(format!("add `comment on table {} is '…';`", name.sql())),
        );
    });
    findings
}
