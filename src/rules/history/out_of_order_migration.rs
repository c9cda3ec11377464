//! # out-of-order-migration
//!
//! A new migration that sorts before one which is already merged is skipped by some tools, and applied to fresh
//! databases in another order than to old ones.
//!
//! The order is compared with the tip of the branch that the change will end up in, not with where it began.

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
    let mut findings = Vec::new();
    for change in history.added() {
        let slot = Slot::of(&change.path);
        if slot.version().is_none() {
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
