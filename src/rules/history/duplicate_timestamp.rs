//! # duplicate-timestamp
//!
//! Two migrations with the same number have no order that everyone agrees on, and some tools take them for one.

use std::collections::BTreeSet;

use super::{History, Slot};
use crate::rules::{Check, Finding, Rule, declare};
use crate::source::Span;

pub(super) const RULE: Rule = declare!(
    "history",
    "duplicate_timestamp.rs",
    "duplicate-timestamp",
    Deny,
    Check::History(check)
);

fn check(history: &History<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen: BTreeSet<(Vec<u8>, String)> = BTreeSet::new();
    let deleted: BTreeSet<&[u8]> = history
        .changes
        .iter()
        .filter(|it| it.after.is_none())
        .map(|it| it.path.as_bytes())
        .collect();
    for change in history.added() {
        let slot = Slot::of(&change.path);
        let Some(version) = slot.version() else { continue };
        let merged = history.same_version(&slot).find(|it| !deleted.contains(it.as_bytes()));
        let merged = merged.map(|it| Slot::of(&it));
        let key = (slot.folder.as_bytes().to_vec(), version.to_owned());
        let twice = !seen.insert(key);
        if merged.is_none() && !twice {
            continue;
        }
        let other = merged.map_or_else(
            || "another migration of this change".to_owned(),
            |it| format!("`{}`", it.name),
        );
        let path = &change.path;
        let message = format!("`{}` has the same number as {other}", slot.name);
        findings.push(
            Finding::new(path.to_string(), Span::file(path.clone()), message)
                .evidence(&slot.name)
                .help("give the newer one a later number with `git mv`"),
        );
    }
    findings
}
