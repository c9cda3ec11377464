//! The Prisma schemas of both sides: which files one is made of, and which database it describes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::read::{self, unreadable};
use super::{COMMAND_LIMIT, order};
use crate::failure::Result;
use crate::parse::prisma::{self, Datamodel};
use crate::repo::{Delta, Repo, Side, Wanted};
use crate::rules::{self, Found, SchemaChange};
use crate::schema::Catalog;
use crate::source::{RepoPath, Span};

type Texts = Vec<(RepoPath, Arc<str>)>;

/// Whether a file is part of a Prisma schema by its name.
pub(super) fn is_schema(path: &RepoPath) -> bool {
    path.as_bytes().ends_with(b".prisma")
}

/// What is wrong with the schemas that differ, and the texts that it points into.
pub(super) fn judge(
    repo: &Repo,
    (before, after): (&Side, &Side),
    deltas: &[Delta],
    catalogs: &BTreeMap<RepoPath, Catalog>,
) -> Result<(Vec<Found>, Texts)> {
    let touched = deltas.iter().map(|it| &it.path).filter(|it| is_schema(it));
    let folders: BTreeSet<RepoPath> = touched.map(folder).collect();
    let (mut found, mut texts) = (Vec::new(), Texts::new());
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for folder in &folders {
        let (was, _) = files(repo, before, folder)?;
        let (is, broken) = files(repo, after, folder)?;
        // One that was no text before is no news.
        let changed = |it: &Found| deltas.iter().any(|delta| delta.path == it.finding.span.path);
        found.extend(broken.into_iter().filter(changed));
        texts.extend(is.iter().cloned());
        let was = schemas(&was, &[]);
        add(&mut new, schemas(&is, &was));
        add(&mut old, was);
    }
    for schema in &old {
        let main = new.iter().position(|it| it.main == schema.main);
        // It may have been moved: then it is the one that was not there.
        let moved = || new.iter().position(|it| old.iter().all(|old| old.main != it.main));
        let now = main.or_else(moved).map(|it| new.remove(it));
        let was = Datamodel::read(&schema.files);
        let Some(now) = now else {
            found.extend(gone(schema, &was));
            continue;
        };
        found.extend(one(&was, &Datamodel::read(&now.files), &now.main, catalogs));
    }
    // Of a schema that is new, only what is broken and how things are called.
    for schema in &new {
        let datamodel = Datamodel::read(&schema.files);
        found.extend(one(&Datamodel::default(), &datamodel, &schema.main, catalogs));
    }
    Ok((found, texts))
}

fn one(
    before: &Datamodel,
    after: &Datamodel,
    main: &RepoPath,
    catalogs: &BTreeMap<RepoPath, Catalog>,
) -> Vec<Found> {
    // It has no tables, and no migrations.
    let documents = |it: &Datamodel| it.provider.as_ref().is_some_and(|it| it.name == "mongodb");
    if documents(before) && documents(after) {
        return Vec::new();
    }
    rules::schema(&SchemaChange { before, after, catalog: catalog_of(main, catalogs) })
}

/// The database that a schema describes: that of the migrations beside it, or the only one there is.
pub(super) fn catalog_of<'a>(
    main: &RepoPath,
    catalogs: &'a BTreeMap<RepoPath, Catalog>,
) -> Option<&'a Catalog> {
    let database = order::database(&RepoPath::joined(&folder(main).to_string(), "schema.prisma"));
    let only = || if catalogs.len() == 1 { catalogs.values().next() } else { None };
    catalogs.get(&database).or_else(only)
}

/// Every schema of a revision, and what is to be said of files that are no text.
pub(super) fn everywhere(repo: &Repo, side: &Side) -> Result<(Vec<Schema>, Vec<Found>)> {
    let entries = repo.list(side, &|path: &[u8]| path.ends_with(b".prisma"))?;
    let folders: BTreeSet<RepoPath> = entries.iter().map(|it| folder(&it.path)).collect();
    let (mut all, mut found) = (Vec::new(), Vec::new());
    for folder in &folders {
        let (texts, broken) = files(repo, side, folder)?;
        found.extend(broken);
        add(&mut all, schemas(&texts, &[]));
    }
    Ok((all, found))
}

/// The provider of the schema that the migrations of a folder are written from: that of the `schema.prisma` beside it,
/// else of the only one in a folder called `prisma`.
pub(super) fn provider_beside(
    repo: &Repo,
    side: &Side,
    migrations: &RepoPath,
) -> Result<Option<String>> {
    let above = migrations.parent().unwrap_or_else(|| RepoPath::from(""));
    let beside = RepoPath::joined(&above.to_str_lossy(), "schema.prisma");
    let entries = match repo.entry(side, beside.as_bytes())? {
        Some(entry) => vec![entry],
        None if above.file_name() == b"prisma" => {
            let mut entries = repo.list(side, &Beside(&above, migrations))?;
            entries.retain(|it| is_schema(&it.path));
            entries
        }
        None => Vec::new(),
    };
    let files = read::files(repo, entries, COMMAND_LIMIT)?;
    let texts = files.iter().filter_map(|it| Some((it.path.clone(), it.content.text()?.clone())));
    let mut mains = texts.filter(|it| has_datasource(&it.1));
    let (Some(main), None) = (mains.next(), mains.next()) else { return Ok(None) };
    Ok(Datamodel::read(&[main]).provider.map(|it| it.name))
}

/// Schemas below a folder, but not among the migrations, which may be many.
struct Beside<'a>(&'a RepoPath, &'a RepoPath);

impl Wanted for Beside<'_> {
    fn file(&self, path: &[u8]) -> bool {
        Below(self.0).file(path)
    }

    fn directory(&self, path: &[u8]) -> bool {
        path != self.1.as_bytes() && Below(self.0).directory(path)
    }
}

/// Folders lie in each other where none is called `prisma`, so a schema can be seen twice.
fn add(all: &mut Vec<Schema>, more: Vec<Schema>) {
    for schema in more {
        if all.iter().all(|it| it.main != schema.main) {
            all.push(schema);
        }
    }
}

/// One finding for a whole schema: all its models go for the same reason.
fn gone(schema: &Schema, was: &Datamodel) -> Option<Found> {
    let models = was.models.iter().filter(|it| !it.implicit).count();
    if models == 0 {
        return None;
    }
    let path = &schema.main;
    let message = format!(
        "`{path}` is gone, and with it the {models} models that Prisma knows the database by"
    );
    let finding = rules::Finding::new(path.to_string(), Span::file(path.clone()), message);
    let finding = finding.evidence(&path.to_string());
    Found::of(
        "removed-model",
        finding.help("where it is moved, let the same change add it at its new place"),
    )
}

/// The folder that its files lie in: the nearest called `prisma`, else its own.
fn folder(path: &RepoPath) -> RepoPath {
    let own = path.parent().unwrap_or_else(|| RepoPath::from(""));
    let mut above = Some(own.clone());
    while let Some(it) = above {
        if it.file_name() == b"prisma" {
            return it;
        }
        above = it.parent();
    }
    own
}

/// The texts of a folder that Prisma could read, and what is to be said of the others.
fn files(repo: &Repo, side: &Side, folder: &RepoPath) -> Result<(Texts, Vec<Found>)> {
    let mut entries = repo.list(side, &Below(folder))?;
    entries.retain(|it| Below(folder).file(it.path.as_bytes()));
    let files = read::files(repo, entries, COMMAND_LIMIT)?;
    let broken = files.iter().filter_map(unreadable);
    let broken = broken.filter_map(|it| Found::of("unreadable-file", it)).collect();
    let texts = files.iter().filter_map(|it| Some((it.path.clone(), it.content.text()?.clone())));
    Ok((texts.collect(), broken))
}

struct Below<'a>(&'a RepoPath);

impl Wanted for Below<'_> {
    fn file(&self, path: &[u8]) -> bool {
        path.ends_with(b".prisma") && is_below(path, self.0)
    }

    fn directory(&self, path: &[u8]) -> bool {
        let folder = self.0.as_bytes();
        is_below(path, self.0)
            || folder == path
            || path.is_empty()
            || folder.strip_prefix(path).is_some_and(|it| it.starts_with(b"/"))
    }
}

fn is_below(path: &[u8], folder: &RepoPath) -> bool {
    let folder = folder.as_bytes();
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|it| it.starts_with(b"/"))
}

/// A schema, by the file that has its `datasource`.
pub(super) struct Schema {
    pub(super) main: RepoPath,
    pub(super) files: Texts,
}

/// The schemas among the files of one folder. Prisma reads one file, or all below a folder, as `prisma.config.ts`,
/// `package.json` or the command says (Prisma manual, "Multi-file Prisma schema"). Here a folder is read where the file
/// with the `datasource` cannot stand alone, or was not alone before.
fn schemas(files: &Texts, before: &[Schema]) -> Vec<Schema> {
    let main = |it: &&(RepoPath, Arc<str>)| has_datasource(&it.1);
    let (mains, parts): (Vec<_>, Vec<_>) = files.iter().partition(main);
    let folder = |path: &RepoPath| path.parent().unwrap_or_else(|| RepoPath::from(""));
    let schema = |it: &&(RepoPath, Arc<str>)| {
        let own = folder(&it.0);
        let others = parts.iter().filter(|other| is_below(other.0.as_bytes(), &own));
        let others = others.map(|it| (*it).clone());
        let all: Texts = std::iter::once((*it).clone()).chain(others).collect();
        let together = before.iter().any(|old| old.main == it.0 && old.files.len() > 1);
        let alone = !together && stands_alone(&it.1);
        Schema { main: it.0.clone(), files: if alone { vec![(*it).clone()] } else { all } }
    };
    mains.iter().map(schema).collect()
}

fn has_datasource(text: &str) -> bool {
    let sources = prisma::parse(text).sources;
    sources.iter().any(|it| it.kind == prisma::ast::SourceKind::Datasource)
}

/// Whether a file has models, and all that they name.
fn stands_alone(text: &Arc<str>) -> bool {
    let datamodel = Datamodel::read(&[(RepoPath::from("schema.prisma"), text.clone())]);
    !datamodel.models.is_empty() && datamodel.unknown.is_empty()
}
