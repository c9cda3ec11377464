//! Which files of a repository are looked at.

use super::beside::{Kept, is_journal};
use super::{declared, schema, unwatched};
use crate::parse::{command, layout};
use crate::policy::Globs;
use crate::policy::tampering::{self, PolicyState};
use crate::repo::Wanted;
use crate::source::RepoPath;

/// Migrations and what may be some, Prisma schemas, configurations of their tools, files that may hold commands, and what
/// the gate itself hangs on.
pub(super) struct Watch<'a> {
    pub(super) migrations: &'a Globs,
    pub(super) base: &'a PolicyState,
}

impl Watch<'_> {
    /// Whether a file is judged for its name, whatever is in it.
    pub(super) fn is_judged(&self, path: &RepoPath) -> bool {
        self.migrations.matches(path.as_bytes())
            || schema::is_schema(path)
            || declared::is_declared(path)
            || Kept(self.migrations).file(path.as_bytes())
            || command::is_read(path)
            || tampering::watches(path, self.base)
    }
}

impl Wanted for Watch<'_> {
    fn file(&self, path: &[u8]) -> bool {
        let path = RepoPath::from(path);
        let placed = unwatched::is_suspect(&path) || layout::is_read(&path);
        command::may_hold(&path) || placed || self.is_judged(&path)
    }

    fn directory(&self, _: &[u8]) -> bool {
        true
    }
}

/// Migrations, and the journals that say in which order they are applied.
pub(super) struct Replayed<'a>(pub(super) &'a Globs);

impl Wanted for Replayed<'_> {
    fn file(&self, path: &[u8]) -> bool {
        self.0.matches(path) || is_journal(self.0, &RepoPath::from(path))
    }

    fn directory(&self, path: &[u8]) -> bool {
        let above = match path.strip_suffix(b"meta") {
            Some(b"") => Some(b"".as_slice()),
            Some(above) => above.strip_suffix(b"/"),
            None => None,
        };
        self.0.directory(path) || above.is_some_and(|it| self.0.directory(it))
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
