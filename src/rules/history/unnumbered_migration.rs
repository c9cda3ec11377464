//! # unnumbered-migration
//!
//! A migration whose name does not begin with a number like its neighbours' is applied in an order nobody meant.
//!
//! Tools sort by name. Among names that begin with fourteen digits, one without a number comes after all of them, for
//! ever, and one with fewer digits comes wherever its first digits put it. A baseline may be called `0_init`.

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
        let baseline = !number.is_empty() && number.bytes().all(|it| it == b'0');
        if slot.is_stamped() || baseline || !stamped.contains(&slot.folder) {
            continue;
        }
        let path = &change.path;
        let message = if number.is_empty() {
            format!("`{}` has no number, so it comes after every migration that has one", slot.name)
        } else {
            format!("`{}` does not begin with fourteen digits, as its neighbours do", slot.name)
        };
        let words = slot.name.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
        findings.push(
            Finding::new(path.to_string(), Span::file(path.clone()), message)
                .evidence(&slot.name)
                .help(format!("name it by the time it was written: `YYYYMMDDHHMMSS_{words}`")),
        );
    }
    findings
}
