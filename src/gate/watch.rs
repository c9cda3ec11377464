//! Which files of a repository are looked at.

use crate::parse::command;
use crate::policy::Globs;
use crate::policy::tampering::{self, PolicyState};
use crate::repo::Wanted;
use crate::source::RepoPath;

/// Migrations, files with commands, and what the gate itself hangs on.
pub(super) struct Watch<'a> {
    pub(super) migrations: &'a Globs,
    pub(super) base: &'a PolicyState,
}

impl Wanted for Watch<'_> {
    fn file(&self, path: &[u8]) -> bool {
        // Nearly every file of a repository is none of these, and the names tell at once.
        let repo_path = || RepoPath::from(path);
        self.migrations.matches(path)
            || command::is_read(&repo_path())
            || tampering::watches(&repo_path(), self.base)
    }

    fn directory(&self, _: &[u8]) -> bool {
        true
    }
}

/// Migrations alone.
pub(super) struct Migrations<'a>(pub(super) &'a Globs);

impl Wanted for Migrations<'_> {
    fn file(&self, path: &[u8]) -> bool {
        self.0.matches(path)
    }

    fn directory(&self, path: &[u8]) -> bool {
        self.0.directory(path)
    }
}
