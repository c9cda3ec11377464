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
        if self.migrations.matches(path) {
            return true;
        }
        let path = RepoPath::from(path);
        command::is_read(&path) || tampering::watches(&path, self.base)
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
