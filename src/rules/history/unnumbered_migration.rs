//! # unnumbered-migration
//!
//! A migration whose name begins with no number, among others that have one, is applied in an order nobody meant.
//!
//! Tools sort by name. Among names that begin with fourteen digits, one without a number comes after all of them, for
//! ever. A number of other digits sorts too: `out-of-order-migration` says where that is too early, and
//! `impossible-timestamp` that it is no moment.

use super::{History, Slot};
use crate::rules::{Check, Finding, Rule, declare};
use crate::source::Span;

pub(super) const RULE: Rule = declare!(
    "history",
    "unnumbered_migration.rs",
    "unnumbered-migration",
    Approve,
    Check::History(check)
);

fn check(history: &History<'_>) -> Vec<Finding> {
    let stamped = history.stamped();
    let mut findings = Vec::new();
    for change in history.added() {
        let slot = Slot::of(&change.path);
        let number = slot.version().unwrap_or_default();
        // Supabase passes over it: `skipped-migration`.
        let by_cli = slot.is_supabase();
        if !number.is_empty() || by_cli || !stamped.contains(&slot.folder) {
            continue;
        }
        let path = &change.path;
        let message = format!(
            "`{}` has no number, so it comes after every migration that has one",
            slot.name
        );
        let words = slot.name.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
        findings.push(
            Finding::new(path.to_string(), Span::file(path.clone()), message)
                .evidence(&slot.name)
                .help(format!("name it by the time it was written: `YYYYMMDDHHMMSS_{words}`")),
        );
    }
    findings
}
