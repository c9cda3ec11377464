//! # duplicate-timestamp
//!
//! Two migrations with the same number have no order that everyone agrees on, and some tools take them for one.
//!
//! Supabase knows a migration by its number, and so does Drizzle when it writes the next one. Prisma knows it by its
//! whole name, so there two of one change may share a number; one that is merged and one that is new may not, since they
//! were written without each other. What the journal of Drizzle lists twice is applied twice.

use std::collections::{BTreeMap, BTreeSet};

use super::beside::Journaled;
use super::{History, Slot};
use crate::parse::drizzle::Entry;
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
    let journaled = history.journaled();
    // They never run, whatever their number: `skipped-migration`.
    let unlisted: BTreeSet<RepoPath> =
        journaled.iter().flat_map(|it| history.unlisted(it)).collect();
    let mut findings: Vec<Finding> = journaled.iter().flat_map(doubled).collect();
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
        if is_listed(journaled, &slot) || unlisted.contains(&change.path) {
            continue;
        }
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

/// Whether a journal says where it comes, whatever its number.
fn is_listed(journaled: &[Journaled<'_>], slot: &Slot) -> bool {
    let tag = slot.name.strip_suffix(".sql").unwrap_or(&slot.name);
    journaled.iter().any(|it| *it.folder == slot.folder && it.after.entry(tag).is_some())
}

/// New entries of a journal that have the tag or the number of another.
fn doubled(journaled: &Journaled<'_>) -> Vec<Finding> {
    let path = &journaled.file.path;
    let mut tags: BTreeSet<&str> = BTreeSet::new();
    let mut numbers: BTreeMap<i64, &str> = BTreeMap::new();
    let known = &journaled.before.entries;
    // The target may have gone on, and given the number away.
    let unseen = |it: &&Entry| {
        journaled.before.entry(&it.tag).is_none() && journaled.after.entry(&it.tag).is_none()
    };
    for entry in journaled.merged.iter().filter(unseen) {
        entry.idx.and_then(|it| numbers.insert(it, &entry.tag));
    }
    let mut findings = Vec::new();
    for entry in &journaled.after.entries {
        let twin = entry.idx.and_then(|it| numbers.insert(it, &entry.tag));
        let again = !tags.insert(&entry.tag);
        // What was there before is no news.
        let old = |it: &str| known.iter().filter(|known| known.tag == it).count();
        let is_new = |one: &str, other: &str| old(one) == 0 || old(other) == 0;
        let message = match twin {
            _ if again && old(&entry.tag) < 2 => {
                format!("`{}` stands twice in the journal, so Drizzle applies it twice", entry.tag)
            }
            // Where it comes too early besides, that has been told.
            Some(twin) if !again && is_new(&entry.tag, twin) && !journaled.is_overtaken(entry) => {
                format!("`{}` has the `idx` of `{twin}`", entry.tag)
            }
            _ => continue,
        };
        let span = Span::new(path.clone(), entry.range.clone());
        findings.push(
            Finding::new(journaled.file_of(&entry.tag).to_string(), span, message)
                .evidence(&entry.tag)
                .help("delete the newer one with its snapshot and its entry, then run `drizzle-kit generate` again"),
        );
    }
    findings
}
