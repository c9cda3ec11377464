//! Files to what they do. Nothing here fails: what cannot be read is said in place of it.

pub mod command;
pub mod json;
pub mod layout;
pub mod prisma;
pub mod sql;
pub mod toml;

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
