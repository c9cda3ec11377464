//! Files to what they do. Nothing here fails: what cannot be read is said in place of it.

pub mod command;
pub mod drizzle;
pub mod json;
pub mod prisma;
pub mod sql;
pub mod toml;

use std::ops::Range;
use std::sync::Arc;

use crate::source::RepoPath;

/// A file of changes to a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    pub path: RepoPath,
    pub text: Arc<str>,
    pub script: sql::Script,
}

impl Migration {
    pub fn read(path: RepoPath, text: Arc<str>) -> Migration {
        let script = sql::read(&text);
        Migration { path, text, script }
    }
}

/// The line where a merge was left unresolved, as git marks it.
#[must_use]
pub fn conflict(text: &str) -> Option<Range<usize>> {
    let marks = |it: &str| it.starts_with("<<<<<<< ") || it.starts_with(">>>>>>> ");
    let mut start = 0;
    for it in text.split_inclusive('\n') {
        if marks(it) {
            return Some(start..start + it.trim_end().len());
        }
        start += it.len();
    }
    None
}
