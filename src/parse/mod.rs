//! Files to what they do. Nothing here fails: what cannot be read is said in place of it.

pub mod command;
pub mod dialect;
pub mod drizzle;
pub mod json;
pub mod layout;
pub mod prisma;
pub mod snapshot;
pub mod sql;
pub mod toml;

use std::ops::Range;
use std::sync::Arc;

use crate::schema::Provider;
use crate::source::RepoPath;

/// A file of changes to a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    pub path: RepoPath,
    pub text: Arc<str>,
    /// The database that it was read for.
    pub provider: Provider,
    pub script: sql::Script,
}

impl Migration {
    /// As the database reads it that the migrations are for.
    pub fn read(path: RepoPath, text: Arc<str>, provider: Provider) -> Migration {
        let script = read(&text, provider);
        Migration { path, text, provider, script }
    }

    /// A migration that has been merged. Where the database has been changed for another one since, the text tells: only
    /// the reader of the old one can read it whole.
    pub fn read_past(path: RepoPath, text: Arc<str>, provider: Provider) -> Migration {
        let migration = Migration::read(path, text, provider);
        if migration.script.opaque == 0 {
            return migration;
        }
        let others = [Provider::Postgresql, Provider::Sqlite, Provider::Mysql, Provider::Sqlserver];
        let own = |it: Provider| it == provider || (it.is_postgres() && provider.is_postgres());
        for other in others.into_iter().filter(|it| !own(*it)) {
            if !dialect::is_marked(&migration.text, other) {
                continue;
            }
            let script = read(&migration.text, other);
            if script.opaque == 0 && script.statements > 0 {
                return Migration { script, provider: other, ..migration };
            }
        }
        migration
    }
}

/// What a text does to a database of that kind.
pub fn read(text: &str, provider: Provider) -> sql::Script {
    match provider {
        Provider::Postgresql | Provider::Cockroachdb => sql::read(text),
        Provider::Mysql | Provider::Sqlite | Provider::Sqlserver => dialect::read(text, provider),
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
