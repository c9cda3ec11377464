//! What became of the files: what was merged stays as it is, and what is new comes last.

mod applied;
mod beside;
mod broken_journal;
mod deleted_migration;
mod duplicate_timestamp;
mod edited_migration;
mod foreign_lock;
mod forked_snapshot;
mod impossible_timestamp;
mod migration_name;
mod missing_lock;
mod missing_migration_file;
mod out_of_order_migration;
mod rewritten_journal;
mod second_migration_folder;
mod skipped_migration;
mod unapproved_migration;
mod unnumbered_migration;
mod unwatched_migrations;
mod wrong_case_file;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

pub use applied::{Application, Applied};
use beside::Journaled;
pub use beside::{Beside, Snapshot, Versions};

use super::Rule;
use crate::source::{FileChange, PathList, RepoPath};

pub(super) const RULES: &[&Rule] = &[
    &edited_migration::RULE,
    &deleted_migration::RULE,
    &out_of_order_migration::RULE,
    &duplicate_timestamp::RULE,
    &missing_migration_file::RULE,
    &skipped_migration::RULE,
    &broken_journal::RULE,
    &rewritten_journal::RULE,
    &forked_snapshot::RULE,
    &foreign_lock::RULE,
    &missing_lock::RULE,
    &unnumbered_migration::RULE,
    &impossible_timestamp::RULE,
    &second_migration_folder::RULE,
    &wrong_case_file::RULE,
    &migration_name::RULE,
    &unwatched_migrations::RULE,
    &unapproved_migration::RULE,
];

/// Which migration files a change touches, and which there are where it will end up.
pub struct History<'a> {
    /// Only files that the policy calls migrations.
    changes: &'a [FileChange],
    /// The migrations at the tip of the branch that the change will end up in.
    target: &'a PathList,
    /// What the tools keep beside them, folder by folder.
    beside: &'a [Beside],
    /// What somebody has applied by hand. Absent: nobody asks.
    applied: Option<&'a Applied>,
    /// Several rules ask for them.
    journaled: OnceCell<Vec<Journaled<'a>>>,
}

/// Where a migration stands in its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The folder of the history it belongs to: `prisma/migrations`, `supabase/migrations`, `drizzle`.
    pub folder: RepoPath,
    /// What its tool sorts it by: the name of its folder (Prisma) or its own.
    pub name: String,
}

impl Slot {
    pub fn of(path: &RepoPath) -> Slot {
        let top = || RepoPath::from("");
        let parent = path.parent().unwrap_or_else(top);
        let named = if path.file_name().eq_ignore_ascii_case(b"migration.sql") {
            parent.clone()
        } else {
            path.clone()
        };
        let folder = named.parent().unwrap_or_else(top);
        Slot { folder, name: String::from_utf8_lossy(named.file_name()).into_owned() }
    }

    /// The digits that the name begins with; what has none is in no order.
    pub fn version(&self) -> Option<&str> {
        let digits = self.name.bytes().take_while(u8::is_ascii_digit).count();
        (digits > 0).then(|| &self.name[..digits])
    }

    /// Whether it is numbered by a time: `20260101120000_users`.
    fn is_stamped(&self) -> bool {
        self.version().is_some_and(|it| it.len() == 14)
    }

    /// Whether Supabase's CLI applies it, if anyone does.
    fn is_supabase(&self) -> bool {
        let mut above = self.folder.as_bytes().rsplit(|&byte| byte == b'/');
        [b"migrations".as_slice(), b"supabase"]
            .iter()
            .all(|name| above.next().is_some_and(|it| it.eq_ignore_ascii_case(name)))
    }

    /// The folder that the database is named by: the one above `prisma`, `supabase`, `drizzle` and `migrations`.
    ///
    /// A repository with both `prisma/migrations` and `supabase/migrations` has one database that two tools change;
    /// two packages with migrations of their own have two.
    pub fn database(&self) -> RepoPath {
        let mut folder = self.folder.clone();
        let tools: [&[u8]; 4] = [b"migrations", b"prisma", b"supabase", b"drizzle"];
        while tools.iter().any(|it| folder.file_name().eq_ignore_ascii_case(it)) {
            folder = folder.parent().unwrap_or_else(|| RepoPath::from(""));
        }
        folder
    }
}

impl<'a> History<'a> {
    pub fn new(
        changes: &'a [FileChange],
        target: &'a PathList,
        beside: &'a [Beside],
    ) -> History<'a> {
        History { changes, target, beside, applied: None, journaled: OnceCell::new() }
    }

    /// With what the trusted ledger says.
    #[must_use]
    pub fn with_applied(mut self, applied: &'a Applied) -> History<'a> {
        self.applied = Some(applied);
        self
    }
}

impl History<'_> {
    /// Migrations that are new.
    fn added(&self) -> impl Iterator<Item = &FileChange> {
        self.changes.iter().filter(|it| it.before.is_none() && it.after.is_some())
    }

    /// The files that the change touches, to be looked up.
    fn by_path(&self) -> BTreeMap<&RepoPath, &FileChange> {
        self.changes.iter().map(|it| (&it.path, it)).collect()
    }

    /// Whether the target has migrations in a folder.
    fn is_known(&self, folder: &RepoPath) -> bool {
        self.target.with_prefix(&[folder.as_bytes(), b"/"].concat()).next().is_some()
    }

    /// The folders that the change adds to and whose migrations are numbered by time: the newest of those that are
    /// merged, else most of those that come.
    fn stamped(&self) -> BTreeSet<RepoPath> {
        let added: Vec<Slot> = self.added().map(|it| Slot::of(&it.path)).collect();
        let folders: BTreeSet<&RepoPath> = added.iter().map(|it| &it.folder).collect();
        let stamped = |folder: &&RepoPath| match self.last(folder) {
            Some(last) => last.is_stamped(),
            None => {
                let (stamped, others): (Vec<_>, Vec<_>) =
                    added.iter().filter(|it| it.folder == **folder).partition(|it| it.is_stamped());
                stamped.len() > others.len()
            }
        };
        folders.into_iter().filter(stamped).cloned().collect()
    }

    /// The last migration of a folder at the target, as its tool sorts them.
    fn last(&self, folder: &RepoPath) -> Option<Slot> {
        let prefix = [folder.as_bytes(), b"/"].concat();
        let slots = self.target.with_prefix(&prefix).rev().map(|it| Slot::of(&it.into()));
        // Paths are sorted by bytes, names nearly so: `a/…` comes before `a_b/…` and after `a-b/…`. A few from the
        // end are enough to find the last name.
        let ordered = slots.filter(|it| it.folder == *folder && it.version().is_some());
        ordered.take(16).max_by(|a, b| a.name.cmp(&b.name))
    }

    /// The migrations of the same folder at the target that have the same number.
    fn same_version<'b>(&'b self, slot: &'b Slot) -> impl Iterator<Item = RepoPath> + 'b {
        let version = slot.version().unwrap_or_default();
        let prefix = [slot.folder.as_bytes(), b"/", version.as_bytes()].concat();
        let paths = self.target.with_prefix(&prefix).map(RepoPath::from).collect::<Vec<_>>();
        paths.into_iter().filter(move |it| {
            let other = Slot::of(it);
            other.folder == slot.folder
                && other.version() == slot.version()
                && other.name != slot.name
        })
    }
}
