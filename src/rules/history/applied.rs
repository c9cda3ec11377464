//! Which migrations somebody has applied by hand, as the trusted ledger has it.

use std::collections::BTreeMap;

use super::{History, Slot};
use crate::parse::prisma::is_checksum_of;
use crate::source::RepoPath;

/// What is known to be applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    pub entries: BTreeMap<RepoPath, Application>,
    /// Whether what it does not list, and what comes after all that it lists, is known not to be applied.
    pub complete: bool,
}

/// That a migration was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Of the file, in hex.
    pub sha256: String,
    pub at: String,
    pub by: String,
}

impl Application {
    /// Whether this is the text that was applied. Line ends do not count: a database does not see them.
    pub fn is_of(&self, text: &str) -> bool {
        is_checksum_of(&self.sha256, text)
    }

    /// `was applied by Ann on 2026-09-02`.
    pub(super) fn words(&self) -> String {
        format!("was applied by {} on {}", self.by, self.at)
    }
}

impl History<'_> {
    /// What the ledger has of a migration.
    pub(super) fn application(&self, path: &RepoPath) -> Option<&Application> {
        self.applied?.entries.get(path)
    }

    /// Whether a merged migration is known not to be applied: the ledger has one before it, and neither it nor any
    /// after it. Before the first entry nobody kept a ledger.
    pub(super) fn is_unapplied(&self, path: &RepoPath) -> bool {
        let Some(applied) = self.applied.filter(|it| it.complete) else { return false };
        let slot = Slot::of(path);
        let database = slot.database();
        let others = applied.entries.keys().map(Slot::of);
        let last = others.filter(|it| it.database() == database).map(|it| it.name).max();
        last.is_some_and(|last| last < slot.name)
    }

    /// Merged migrations that the change edits or takes away, and may.
    pub fn taken_back(&self) -> Vec<&RepoPath> {
        let merged = self.changes.iter().filter(|it| it.before.is_some());
        let paths = merged.map(|it| &it.path);
        paths.filter(|it| self.is_unapplied(it)).collect()
    }
}
