//! # second-migration-folder
//!
//! Two folders of migrations for one database have no order between them, and neither tool knows what the other did.
//!
//! Prisma calls it drift and wants to reset; a fresh database gets the two in another order than the old ones. Only
//! the first migration of the second folder is told.

use std::collections::BTreeSet;

use super::{History, Slot};
use crate::rules::{Check, Finding, Rule, declare};
use crate::source::Span;

pub(super) const RULE: Rule = declare!(
    "history",
    "second_migration_folder.rs",
    "second-migration-folder",
    Warn,
    Check::History(check)
);

fn check(history: &History<'_>) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for change in history.added() {
        let slot = Slot::of(&change.path);
        if !seen.insert(slot.folder.clone()) || history.is_known(&slot.folder) {
            continue;
        }
        let same = |it: &Slot| it.folder != slot.folder && it.database() == slot.database();
        let Some(other) = history.target.iter().map(|it| Slot::of(&it.into())).find(same) else {
            continue;
        };
        let (path, folder, other) = (&change.path, &slot.folder, &other.folder);
        let message = format!("`{folder}` and `{other}` both change one database, in no order");
        findings.push(
            Finding::new(path.to_string(), Span::file(path.clone()), message)
                .evidence(&folder.to_string())
                .help(format!("write the change as a migration in `{other}`")),
        );
    }
    findings
}
