//! The databases that a change is about, before it and after it.

use std::collections::{BTreeMap, BTreeSet};

use super::{order, schema};
use crate::cache::Past;
use crate::rules::Slot;
use crate::schema::Catalog;
use crate::source::RepoPath;

/// What the migrations of both sides leave behind.
pub(super) struct Databases {
    past: Past,
    /// Those that the change has migrations for.
    changed: BTreeMap<RepoPath, Catalog>,
    /// The migrations that it has.
    migrations: Vec<RepoPath>,
}

impl Databases {
    /// Before anything has changed.
    pub(super) fn new(past: Past) -> Databases {
        Databases { past, changed: BTreeMap::new(), migrations: Vec::new() }
    }

    /// What the migrations before the change leave behind of one.
    pub(super) fn before(&self, database: &RepoPath) -> Catalog {
        self.past.catalogs.get(database).cloned().unwrap_or_default()
    }

    /// Takes in what a migration of the change leaves behind.
    pub(super) fn change(&mut self, database: RepoPath, after: Catalog, migrations: &[RepoPath]) {
        self.changed.insert(database, after);
        self.migrations.extend_from_slice(migrations);
    }

    /// What the migrations of both sides leave behind of one.
    pub(super) fn get(&self, database: &RepoPath) -> Option<&Catalog> {
        self.changed.get(database).or_else(|| self.past.catalogs.get(database))
    }

    /// The database that a schema describes after the change: that of the migrations beside it, or the only one there is.
    pub(super) fn catalog(&self, main: &RepoPath) -> Option<&Catalog> {
        let database = beside(main);
        let only = || {
            let all = self.changed.keys().chain(self.past.catalogs.keys());
            let all: BTreeSet<&RepoPath> = all.collect();
            if all.len() == 1 { all.first().and_then(|it| self.get(it)) } else { None }
        };
        self.get(&database).or_else(only)
    }

    /// The same before the change, where it is Prisma that keeps the two together: it has migrations of its own beside
    /// the schema.
    pub(super) fn past(&self, main: &RepoPath) -> Option<&Catalog> {
        let database = beside(main);
        let ours = |it: RepoPath| is_prisma(&it) && order::database(&it) == database;
        let all = self.past.files.iter().map(RepoPath::from);
        let kept = all.chain(self.migrations.iter().cloned()).any(ours);
        self.past.catalogs.get(&database).filter(|_| kept)
    }

    /// The folders in which the schemas lie whose migrations the change has.
    pub(super) fn beside(&self) -> impl Iterator<Item = RepoPath> {
        let prisma = self.migrations.iter().filter(|it| is_prisma(it));
        let folders = prisma.filter_map(|it| Slot::of(it).folder.parent());
        folders.map(|it| schema::folder(&RepoPath::joined(&it.to_string(), "schema.prisma")))
    }
}

/// Prisma keeps each in a folder of its own (Prisma manual, "Migration histories").
fn is_prisma(migration: &RepoPath) -> bool {
    migration.file_name() == b"migration.sql"
}

fn beside(main: &RepoPath) -> RepoPath {
    let folder = schema::folder(main).to_string();
    order::database(&RepoPath::joined(&folder, "schema.prisma"))
}
