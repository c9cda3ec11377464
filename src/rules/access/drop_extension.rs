//! # drop-extension
//!
//! Dropping an extension takes every function, type and operator of it away, and with `cascade` the columns and
//! indexes that use them.
//!
//! An extension that the same migration creates again, as in another schema, is not dropped, where nothing goes with
//! it.
//!
//! ## Fails
//!
//! ```sql
//! create extension citext;
//! alter table users add column nick citext;
//! drop extension citext cascade;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create extension citext;
//! drop extension citext;
//! create extension citext schema extensions;
//! ```

use crate::rules::{Check, Finding, Rule, Whole, declare};
use crate::schema::{Cascade, Certainty, Op, Shown};

pub(super) const RULE: Rule =
    declare!("access", "drop_extension.rs", "drop-extension", Deny, Check::Migration(check));

fn check(whole: &Whole<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, step) in whole.steps.iter().enumerate() {
        let Op::DropExtension { name, cascade } = &step.change.op else { continue };
        let rest = whole.steps.get(at + 1..).unwrap_or_default();
        let mut later =
            rest.iter().map(|it| it.change).filter(|it| it.certainty == Certainty::Sure);
        let again = later
            .any(|it| matches!(&it.op, Op::CreateExtension { name: made, .. } if made == name));
        let name = Shown(name);
        let message = match cascade {
            Cascade::Yes => format!(
                "`{name}` is gone after this, and with it every column, index and function that uses it"
            ),
            Cascade::No if again => continue,
            Cascade::No => format!("the functions and types of `{name}` are gone after this"),
        };
        let finding = whole.finding(&step.change.statement, name.to_string(), message);
        findings.push(finding.help("leave the extension in place: it costs nothing"));
    }
    findings
}
