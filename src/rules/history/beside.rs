//! What tools keep beside the SQL of one folder, as far as a change makes a difference to it.

use std::collections::BTreeSet;

use super::{History, Slot};
use crate::parse::drizzle::{Entry, Journal};
use crate::source::{File, RepoPath};

/// One folder of migrations with what its tool keeps there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// `prisma/migrations`, `drizzle`: the folder of [`super::Slot`].
    pub folder: Option<RepoPath>,
    /// Drizzle's `meta/_journal.json`.
    pub journal: Versions,
    /// Prisma's `migration_lock.toml`.
    pub lock: Versions,
    /// The provider that the Prisma schema beside the folder is for, where it could matter.
    pub provider: Option<String>,
    /// A file of each folder that the change leaves without the `migration.sql` that Prisma looks for in it.
    pub hollow: Vec<RepoPath>,
    /// Drizzle's snapshots: those that are new, and those at the target that a new one may have overlooked.
    pub snapshots: Vec<Snapshot>,
}

/// A file where the change begins, where it ends, and at the target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    pub before: Option<File>,
    pub after: Option<File>,
    pub tip: Option<File>,
}

/// A snapshot of Drizzle, and the one that it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub path: RepoPath,
    pub previous: String,
    pub new: bool,
}

impl Versions {
    /// What the change brings, where that is not what was there.
    pub(super) fn news(&self) -> Option<&File> {
        let before = self.before.as_ref().map(|it| (&it.id, it.mode));
        self.after.as_ref().filter(|it| before != Some((&it.id, it.mode)))
    }

    pub(super) fn is_gone(&self) -> bool {
        self.before.is_some() && self.after.is_none()
    }
}

/// A folder that Drizzle applies by a journal it can read.
pub(super) struct Journaled<'a> {
    pub(super) folder: &'a RepoPath,
    pub(super) file: &'a File,
    pub(super) before: Journal,
    pub(super) after: Journal,
    /// Entries that others may have applied: those from before the change, and those at the target.
    pub(super) merged: Vec<Entry>,
}

impl Journaled<'_> {
    /// Entries that nobody else has yet.
    pub(super) fn fresh(&self) -> impl Iterator<Item = (usize, &Entry)> {
        let merged: BTreeSet<&str> = self.merged.iter().map(|it| it.tag.as_str()).collect();
        let entries = self.after.entries.iter().enumerate();
        entries.filter(move |(_, it)| !merged.contains(it.tag.as_str()))
    }

    /// Whether databases that have a merged migration will pass over this one.
    pub(super) fn is_overtaken(&self, entry: &Entry) -> bool {
        self.merged.iter().all(|it| it.tag != entry.tag)
            && self.merged.iter().any(|it| entry.when <= it.when)
    }

    /// `drizzle/0003_tags.sql`
    pub(super) fn file_of(&self, tag: &str) -> RepoPath {
        let name = format!("{tag}.sql");
        RepoPath::from([self.folder.as_bytes(), b"/", name.as_bytes()].concat())
    }
}

impl<'a> History<'a> {
    /// The folders with a journal that can be read.
    pub(super) fn journaled(&self) -> &[Journaled<'a>] {
        self.journaled.get_or_init(|| self.read_journals())
    }

    /// A journal that could not be read before had no entries.
    fn read_journals(&self) -> Vec<Journaled<'a>> {
        let read = |it: &Option<File>| {
            it.as_ref().and_then(|it| Journal::read(it.content.text()?).ok()).unwrap_or_default()
        };
        let one = |it: &'a Beside| {
            let file = it.journal.after.as_ref()?;
            let after = Journal::read(file.content.text()?).ok()?;
            let (before, tip) = (read(&it.journal.before), read(&it.journal.tip));
            let mut merged = before.entries.clone();
            let more = tip.entries.into_iter().filter(|it| before.entry(&it.tag).is_none());
            merged.extend(more);
            Some(Journaled { folder: it.folder.as_ref()?, file, before, after, merged })
        };
        self.beside.iter().filter_map(one).collect()
    }

    /// Whether a file is there after the change, as far as its name tells.
    pub(super) fn has(&self, path: &RepoPath) -> bool {
        match self.changes.iter().find(|it| it.path == *path) {
            Some(change) => change.after.is_some(),
            None => self.target.contains(path.as_bytes()),
        }
    }

    /// Whether migrations are left in a folder.
    pub(super) fn remains(&self, folder: &RepoPath) -> bool {
        let prefix = [folder.as_bytes(), b"/"].concat();
        self.target.with_prefix(&prefix).any(|it| self.has(&it.into()))
            || self
                .changes
                .iter()
                .any(|it| it.after.is_some() && it.path.as_bytes().starts_with(&prefix))
    }

    /// The migrations that lie in a folder itself after the change.
    pub(super) fn files_of(&self, folder: &RepoPath) -> Vec<RepoPath> {
        let prefix = [folder.as_bytes(), b"/"].concat();
        let merged = self.target.with_prefix(&prefix).map(RepoPath::from);
        let merged = merged.filter(|it| self.has(it));
        let added = self.added().map(|it| it.path.clone());
        let added = added.filter(|it| !self.target.contains(it.as_bytes()));
        merged.chain(added).filter(|it| it.parent().as_ref() == Some(folder)).collect()
    }

    /// New files that a journal does not list, in a folder that is applied by it: where it lists the fewer ones,
    /// somebody applies them in another way.
    pub(super) fn unlisted(&self, journaled: &Journaled<'_>) -> Vec<RepoPath> {
        let tags: BTreeSet<&str> = journaled.after.entries.iter().map(|it| &*it.tag).collect();
        let is_listed = |path: &RepoPath| {
            Slot::of(path).name.strip_suffix(".sql").is_some_and(|it| tags.contains(it))
        };
        let files = self.files_of(journaled.folder);
        let (listed, mut others): (Vec<_>, Vec<_>) = files.into_iter().partition(is_listed);
        if others.len() > listed.len().max(1) {
            return Vec::new();
        }
        let added: BTreeSet<&RepoPath> = self.added().map(|it| &it.path).collect();
        others.retain(|it| added.contains(it));
        others
    }

    /// What is known of a folder.
    pub(super) fn beside(&self, folder: &RepoPath) -> Option<&'a Beside> {
        self.beside.iter().find(|it| it.folder.as_ref() == Some(folder))
    }
}
