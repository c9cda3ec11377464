//! # out-of-order-migration
//!
//! A new migration that sorts before one which is already merged is skipped by some tools, and applied to fresh
//! databases in another order than to old ones.
//!
//! The order is compared with the tip of the branch that the change will end up in, not with where it began. Where
//! Drizzle keeps a journal, that is the order: a migration whose `when` is not later than that of one which a database
//! has already is passed over there, and nothing is said.

use super::beside::Journaled;
use super::{History, Slot};
use crate::rules::{Check, Finding, Rule, declare};
use crate::source::Span;

pub(super) const RULE: Rule = declare!(
    "history",
    "out_of_order_migration.rs",
    "out-of-order-migration",
    Deny,
    Check::History(check)
);

fn check(history: &History<'_>) -> Vec<Finding> {
    let journaled = history.journaled();
    let mut findings: Vec<Finding> = journaled.iter().flat_map(overtaken).collect();
    for change in history.added() {
        let slot = Slot::of(&change.path);
        let by_journal = journaled.iter().any(|it| *it.folder == slot.folder);
        if slot.version().is_none() || by_journal {
            continue;
        }
        let Some(last) = history.last(&slot.folder) else { continue };
        if last.name <= slot.name {
            continue;
        }
        let path = &change.path;
        let message =
            format!("`{}` comes before `{}`, which is already merged", slot.name, last.name);
        findings.push(
            Finding::new(path.to_string(), Span::file(path.clone()), message)
                .evidence(&slot.name)
                .help(rename(&slot, &last)),
        );
    }
    findings
}

/// New entries of a journal that databases will pass over, or that new ones apply in another order.
fn overtaken(journaled: &Journaled<'_>) -> Vec<Finding> {
    let path = &journaled.file.path;
    let mut findings = Vec::new();
    for (at, entry) in journaled.fresh() {
        // In a whole history nobody has anything: what stands before an entry was there before it.
        let merged = match journaled.merged.as_slice() {
            [] => &journaled.after.entries[..at],
            merged => merged,
        };
        let earlier = merged.iter().max_by_key(|it| it.when).filter(|it| entry.when <= it.when);
        let later = journaled.after.entries[at..].iter().find(|later| {
            journaled.merged.iter().any(|it| it.tag == later.tag) && later.tag != entry.tag
        });
        let message = match (earlier, later) {
            (Some(earlier), _) if earlier.tag == entry.tag => continue,
            (Some(earlier), _) => format!(
                "`{}` is no later than `{}` by the `when` of the journal: databases that have that one pass over it",
                entry.tag, earlier.tag
            ),
            (None, Some(later)) => format!(
                "`{}` stands before `{}` in the journal, which is already merged: new databases apply it in another order",
                entry.tag, later.tag
            ),
            (None, None) => continue,
        };
        let span = Span::new(path.clone(), entry.range.clone());
        findings.push(
            Finding::new(journaled.file_of(&entry.tag).to_string(), span, message)
                .evidence(&entry.tag)
                .help("delete it with its snapshot and its entry, take over the main branch, and run `drizzle-kit generate` again"),
        );
    }
    findings
}

/// The command that puts it last.
fn rename(slot: &Slot, last: &Slot) -> String {
    let (Some(old), Some(newest)) = (slot.version(), last.version()) else { return String::new() };
    let next = newest.parse::<u64>().map_or_else(
        |_| format!("{newest}1"),
        |it| format!("{:0width$}", it + 1, width = newest.len()),
    );
    let rest = &slot.name[old.len()..];
    format!(
        "give it a later name: `git mv '{}/{}' '{}/{next}{rest}'`",
        slot.folder, slot.name, slot.folder
    )
}
