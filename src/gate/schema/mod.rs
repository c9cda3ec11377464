//! The Prisma schemas of both sides, and the databases that they describe.

mod places;

use std::collections::BTreeSet;

use super::databases::Databases;
use super::read;
use super::unwatched::Renamed;
use super::{Overlay, past, unwatched};
use crate::failure::Result;
use crate::parse::layout;
use crate::parse::prisma::Datamodel;
use crate::policy::Policy;
use crate::repo::{Delta, Repo, Side};
use crate::rules::{self, Found, SchemaChange};
use crate::source::{File, RepoPath, Span};

use places::{Named, Schema, Texts, files, named, schemas};
pub(super) use places::{folder, provider_beside};

/// Whether a file is part of a Prisma schema by its name.
pub(super) fn is_schema(path: &RepoPath) -> bool {
    path.as_bytes().ends_with(b".prisma")
}

/// The folders whose schemas a change touches.
pub(super) fn touched(
    repo: &Repo,
    deltas: &[Delta],
    overlay: &Overlay,
) -> Result<BTreeSet<RepoPath>> {
    let files = deltas.iter().map(|it| &it.path).filter(|it| is_schema(it));
    let files = files.chain(overlay.ending(".prisma")).map(folder);
    Ok(files.chain(renamed(repo, deltas)?).collect())
}

/// The schemas of both sides that are looked at together.
#[derive(Default)]
struct Both {
    old: Vec<Schema>,
    new: Vec<Schema>,
}

impl Both {
    /// Folders lie in each other where none is called `prisma`, so a schema can be seen twice.
    fn add(&mut self, old: Vec<Schema>, new: Vec<Schema>) {
        for (all, more) in [(&mut self.old, old), (&mut self.new, new)] {
            for schema in more {
                if all.iter().all(|it| it.main != schema.main) {
                    all.push(schema);
                }
            }
        }
    }

    fn judge(mut self, databases: &Databases) -> Vec<Found> {
        let mut found = Vec::new();
        for schema in &self.old {
            let main = self.new.iter().position(|it| it.main == schema.main);
            // It may have been moved: then it is the one that was not there.
            let is_new = |it: &Schema| self.old.iter().all(|old| old.main != it.main);
            let moved = || self.new.iter().position(is_new);
            let now = main.or_else(moved).map(|it| self.new.remove(it));
            match now {
                Some(now) => {
                    found.extend(one(&schema.datamodel, &now.datamodel, &now.main, databases));
                }
                None => found.extend(gone(schema)),
            }
        }
        // Of a schema that is new, what is broken, how things are called and what its relations lack.
        for schema in &self.new {
            let none = Datamodel::default();
            found.extend(one(&none, &schema.datamodel, &schema.main, databases));
        }
        found
    }
}

/// What is wrong with the schemas that differ, or whose migrations do, and the texts that it points into.
pub(super) fn judge(
    repo: &Repo,
    (before, after): (&Side, &Side),
    (deltas, touched): (&[Delta], &BTreeSet<RepoPath>),
    (overlay, databases): (&Overlay, &Databases),
) -> Result<(Vec<Found>, Texts)> {
    let folders: BTreeSet<RepoPath> = touched.iter().cloned().chain(databases.beside()).collect();
    let (mut found, mut texts, mut both) = (Vec::new(), Texts::new(), Both::default());
    for folder in &folders {
        let (mut is, broken) = files(repo, after, folder)?;
        let said = named(repo, after, folder)?;
        let (was, said_before) = if touched.contains(folder) {
            (files(repo, before, folder)?.0, named(repo, before, folder)?)
        } else {
            (is.clone(), said.clone())
        };
        overlay.onto(&mut is);
        // One that was no text before is no news.
        let changed = |it: &Found| deltas.iter().any(|delta| delta.path == it.finding.span.path);
        found.extend(broken.into_iter().filter(changed));
        texts.extend(is.iter().cloned());
        let old = schemas(&was, &said_before, &[]);
        let new = schemas(&is, &said, &old);
        if new.is_empty() {
            found.extend(without_datasource(&was, &is).into_iter().filter(changed));
        }
        both.add(old, new);
    }
    found.extend(both.judge(databases));
    Ok((found, texts))
}

/// Schemas that name no database are compared with none. Whether Prisma can read them at all is said all the same, where
/// they have the name that it looks for.
fn without_datasource(was: &Texts, is: &Texts) -> Vec<Found> {
    if !is.iter().any(|it| it.0.file_name() == b"schema.prisma") {
        return Vec::new();
    }
    let (before, after) = (Datamodel::read(was), Datamodel::read(is));
    let change = SchemaChange { before: &before, after: &after, catalog: None, past: None };
    let found = rules::schema(&change).into_iter();
    found.filter(|it| it.rule.name == "broken-schema").collect()
}

/// The folders of schemas that a changed configuration names, or named before.
fn renamed(repo: &Repo, deltas: &[Delta]) -> Result<Vec<RepoPath>> {
    let mut folders = Vec::new();
    for Renamed { configuration, was, is } in unwatched::renamed(repo, deltas)? {
        let schemas = |all: &[layout::Named]| -> BTreeSet<RepoPath> {
            let schema = |it: &&layout::Named| it.what.is_schema();
            all.iter().filter(schema).map(|it| it.path.clone()).collect()
        };
        let (was, is) = (schemas(&was), schemas(&is));
        // A schema in a folder has no file of that name; its files lie below.
        let inside = |it: &RepoPath| folder(&RepoPath::joined(&it.to_string(), "schema.prisma"));
        let place = |it: &RepoPath| if is_schema(it) { folder(it) } else { inside(it) };
        folders.extend(was.symmetric_difference(&is).map(place));
        // What Prisma reads where nothing is said.
        if was.is_empty() != is.is_empty() {
            folders.extend(layout::default_schemas(&configuration).map(|it| folder(&it)));
        }
    }
    Ok(folders)
}

/// What files say that lie in the worktree, as if they took the place of those that a revision has.
pub(super) fn judge_files(
    revision: Option<(&Repo, &Side)>,
    given: &[File],
    policy: &Policy,
) -> Result<Vec<Found>> {
    let given: Vec<&File> = given.iter().filter(|it| is_schema(&it.path)).collect();
    let folders: BTreeSet<RepoPath> = given.iter().map(|it| folder(&it.path)).collect();
    if folders.is_empty() {
        return Ok(Vec::new());
    }
    let mut both = Both::default();
    for place in &folders {
        let (was, said) = match revision {
            Some((repo, side)) => (files(repo, side, place)?.0, named(repo, side, place)?),
            None => (Texts::new(), Named::default()),
        };
        let mut is = was.clone();
        for file in given.iter().filter(|it| folder(&it.path) == *place) {
            is.retain(|it| it.0 != file.path);
            is.extend(read::text_of(file));
        }
        let old = schemas(&was, &said, &[]);
        let new = schemas(&is, &said, &old);
        both.add(old, new);
    }
    let past = match revision {
        Some((repo, side)) => past::of(repo, side, policy)?,
        None => past::none(),
    };
    Ok(both.judge(&Databases::new(past)))
}

fn one(
    before: &Datamodel,
    after: &Datamodel,
    main: &RepoPath,
    databases: &Databases,
) -> Vec<Found> {
    // It has no tables, and no migrations.
    let documents = |it: &Datamodel| it.provider.as_ref().is_some_and(|it| it.name == "mongodb");
    if documents(before) && documents(after) {
        return Vec::new();
    }
    let (catalog, past) = (databases.catalog(main), databases.past(main));
    rules::schema(&SchemaChange { before, after, catalog, past })
}

/// What is said of all schemas of a revision.
#[derive(Default)]
pub(super) struct Everywhere {
    pub(super) found: Vec<Found>,
    pub(super) schemas: usize,
    pub(super) texts: Texts,
    /// Why one was not compared.
    pub(super) notices: Vec<String>,
}

/// Which schemas are compared with what the migrations leave behind.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Compared {
    All,
    /// Those that have models, and migrations of Prisma's own: with any other, the schema may know a part.
    Migrated,
}

/// Every schema of a revision beside its migrations.
pub(super) fn everywhere(
    repo: &Repo,
    side: &Side,
    databases: &Databases,
    compared: Compared,
) -> Result<Everywhere> {
    let entries = repo.list(side, &|path: &[u8]| path.ends_with(b".prisma"))?;
    let folders: BTreeSet<RepoPath> = entries.iter().map(|it| folder(&it.path)).collect();
    let (mut all, mut both) = (Everywhere::default(), Both::default());
    for folder in &folders {
        let (texts, broken) = files(repo, side, folder)?;
        all.found.extend(broken);
        both.add(Vec::new(), schemas(&texts, &named(repo, side, folder)?, &[]));
    }
    all.schemas = both.new.len();
    for schema in &both.new {
        all.texts.extend(schema.files.iter().cloned());
        let (main, datamodel) = (&schema.main, &schema.datamodel);
        let other = datamodel.provider.as_ref().filter(|_| !datamodel.is_for_postgres());
        if let Some(other) = other {
            all.notices.push(format!("`{main}` is for {} and was not compared", other.name));
            continue;
        }
        let migrated = databases.past(main).is_some() && !datamodel.models.is_empty();
        if compared == Compared::Migrated && !migrated {
            continue;
        }
        let Some(catalog) = databases.catalog(main) else {
            all.notices.push(format!("`{main}` has no migrations that could be compared with it"));
            continue;
        };
        // A schema that is broken would differ in all that was not read.
        if datamodel.broken.is_empty() {
            all.found.extend(rules::drift(datamodel, catalog));
        } else {
            let before = Datamodel { broken: Vec::new(), ..datamodel.clone() };
            let (after, catalog) = (datamodel, Some(catalog));
            let change = SchemaChange { before: &before, after, catalog, past: None };
            all.found.extend(rules::schema(&change));
        }
    }
    Ok(all)
}

/// One finding for a whole schema: all its models go for the same reason.
fn gone(schema: &Schema) -> Option<Found> {
    let models = schema.datamodel.models.iter().filter(|it| !it.implicit).count();
    if models == 0 {
        return None;
    }
    let path = &schema.main;
    let message = format!(
        "`{path}` is no longer read, and with it go the {models} models that Prisma knows the database by"
    );
    let finding = rules::Finding::new(path.to_string(), Span::file(path.clone()), message);
    let finding = finding.evidence(&path.to_string());
    Found::of(
        "removed-model",
        finding.help("where it is moved, let the same change add it at its new place"),
    )
}
