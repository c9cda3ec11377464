//! # invalid-allow
//!
//! A comment that begins with `sprag:` and cannot be understood excuses nothing.
//!
//! What is warned about can be let pass, for a statement, by a comment on its line or on the lines directly above it:
//! `-- sprag: allow RULE reason="why" until=2027-06-30`. It names one rule and a reason; the last day on which it holds
//! may be left out.
//!
//! ## Fails
//!
//! ```sql
//! -- sprag: allow drop-tabel reason="nobody reads it"
//! create table t1 (id bigint);
//! alter table t1 enable row level security;
//! ```
//!
//! ```sql
//! create table t1 (id bigint); -- sprag: allow drop-table
//! alter table t1 enable row level security;
//! ```
//!
//! ```sql
//! -- sprag: allow drop-table reason="far from every statement"
//!
//! select 1;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! -- sprag: allow drop-table reason="nobody reads it" until=2027-06-30
//! create table t1 (id bigint);
//! alter table t1 enable row level security;
//! select '-- sprag: nothing';
//! ```

use crate::rules::{Check, Finding, Rule, Whole, by_name, declare};

pub(super) const RULE: Rule =
    declare!("hygiene", "invalid_allow.rs", "invalid-allow", Warn, Check::Migration(check));

fn check(whole: &Whole<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for allow in &whole.migration.script.allows {
        let problem = match &allow.said {
            Err(problem) => problem.clone(),
            Ok(said) if by_name(&said.rule).is_none() => {
                format!("there is no rule `{}`", said.rule)
            }
            Ok(_) if allow.statement.is_none() => {
                "no statement stands on its line or directly below it".to_owned()
            }
            Ok(_) => continue,
        };
        let message = format!("this comment excuses nothing: {problem}");
        findings.push(
            whole
                .finding(&allow.at, "sprag: allow", message)
                .help("write `-- sprag: allow RULE reason=\"why\"` directly above the statement; `sprag rules` lists the rules"),
        );
    }
    findings
}
