//! # duplicate-timestamp
//!
//! Two migrations with the same number have no order that everyone agrees on, and some tools take them for one.
//!
//! Supabase and Drizzle know a migration by its number. Prisma knows it by its whole name, so there two of one change
//! may share a number; one that is merged and one that is new may not, since they were written without each other.

use std::collections::{BTreeMap, BTreeSet};

use super::{History, Slot};
use crate::rules::{Check, Finding, Rule, declare};
use crate::source::{RepoPath, Span};

pub(super) const RULE: Rule = declare!(
    "history",
    "duplicate_timestamp.rs",
    "duplicate-timestamp",
    Deny,
    Check::History(check)
);

fn check(history: &History<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen: BTreeMap<(RepoPath, String), String> = BTreeMap::new();
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
        let key = (slot.folder.clone(), version.to_owned());
        let other = merged.map(|it| Slot::of(&it).name).or_else(|| {
            // Prisma knows a migration by its whole name, and whoever wrote both chose their order.
            let by_name = change.path.file_name().eq_ignore_ascii_case(b"migration.sql");
            seen.get(&key).filter(|_| !by_name).cloned()
        });
        seen.insert(key, slot.name.clone());
        let Some(other) = other else { continue };
        let path = &change.path;
        let message = format!("`{}` has the same number as `{other}`", slot.name);
        findings.push(
            Finding::new(path.to_string(), Span::file(path.clone()), message)
                .evidence(&slot.name)
                .help("give the newer one a later number with `git mv`"),
        );
    }
    findings
}
