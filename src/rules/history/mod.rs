//! What became of the files: what was merged stays as it is, and what is new comes last.

mod deleted_migration;
mod duplicate_timestamp;
mod edited_migration;
mod out_of_order_migration;

use super::Rule;
use crate::source::{FileChange, PathList, RepoPath};

pub(super) const RULES: &[&Rule] = &[
    &edited_migration::RULE,
    &deleted_migration::RULE,
    &out_of_order_migration::RULE,
    &duplicate_timestamp::RULE,
];

/// Which migration files a change touches, and which there are where it will end up.
pub struct History<'a> {
    /// Only files that the policy calls migrations.
    pub changes: &'a [FileChange],
    /// The migrations at the tip of the branch that the change will end up in.
    pub target: &'a PathList,
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
}

impl History<'_> {
    /// Migrations that are new.
    fn added(&self) -> impl Iterator<Item = &FileChange> {
        self.changes.iter().filter(|it| it.before.is_none() && it.after.is_some())
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
