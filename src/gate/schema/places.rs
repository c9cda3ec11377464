//! Which files are one Prisma schema.

use std::sync::Arc;

use super::super::COMMAND_LIMIT;
use super::super::read::{self, text_of, unreadable};
use crate::failure::Result;
use crate::parse::layout::{self, What};
use crate::parse::prisma::{self, Datamodel};
use crate::repo::{Repo, Side, Wanted};
use crate::rules::Found;
use crate::source::RepoPath;

/// Texts with their paths.
pub(super) type Texts = Vec<(RepoPath, Arc<str>)>;

/// The folder that its files lie in: the nearest called `prisma`, else its own.
pub(in crate::gate) fn folder(path: &RepoPath) -> RepoPath {
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
pub(super) fn files(repo: &Repo, side: &Side, folder: &RepoPath) -> Result<(Texts, Vec<Found>)> {
    let mut entries = repo.list(side, &Below(folder))?;
    entries.retain(|it| Below(folder).file(it.path.as_bytes()));
    let files = read::files(repo, entries, COMMAND_LIMIT)?;
    let broken = files.iter().filter_map(unreadable);
    let broken = broken.filter_map(|it| Found::of("unreadable-file", it)).collect();
    Ok((files.iter().filter_map(text_of).collect(), broken))
}

struct Below<'a>(&'a RepoPath);

impl Wanted for Below<'_> {
    fn file(&self, path: &[u8]) -> bool {
        path.ends_with(b".prisma") && is_below(path, self.0)
    }

    fn directory(&self, path: &[u8]) -> bool {
        let folder = self.0.as_bytes();
        // One for each migration, and there are hundreds: nobody keeps models there.
        if path.rsplit(|it| *it == b'/').nth(1) == Some(b"migrations") {
            return false;
        }
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
pub(in crate::gate) struct Schema {
    pub(in crate::gate) main: RepoPath,
    pub(in crate::gate) files: Texts,
    pub(in crate::gate) datamodel: Datamodel,
}

/// The schemas among the files of one folder. Prisma reads one file, or all below a folder, as `prisma.config.ts`,
/// `package.json` or the command says (Prisma manual, "Multi-file Prisma schema"). Where none of them says it in words
/// that can be read, a folder is read where the file with the `datasource` cannot stand alone, or was not alone before.
pub(super) fn schemas(files: &Texts, named: &Named, before: &[Schema]) -> Vec<Schema> {
    let main = |it: &&(RepoPath, Arc<str>)| has_datasource(&it.1);
    let (mains, parts): (Vec<_>, Vec<_>) = files.iter().partition(main);
    let schema = |it: &&(RepoPath, Arc<str>)| {
        let path = it.0.as_bytes();
        let own = it.0.parent().unwrap_or_else(|| RepoPath::from(""));
        let others = |folder: &RepoPath| -> Texts {
            let below = parts.iter().filter(|it| is_below(it.0.as_bytes(), folder));
            std::iter::once((*it).clone()).chain(below.map(|it| (*it).clone())).collect()
        };
        let main = it.0.clone();
        if let Some(folder) = named.schemas.iter().find(|it| is_below(path, it)) {
            let files = others(folder);
            return Schema { main, datamodel: Datamodel::read(&files), files };
        }
        let (own_text, all) = (vec![(*it).clone()], others(&own));
        let together = before.iter().any(|old| old.main == it.0 && old.files.len() > 1);
        let told = named.schemas.contains(&it.0) || all.len() == 1;
        if told || !together {
            let datamodel = Datamodel::read(&own_text);
            // It has models, and all that they name.
            if told || !datamodel.models.is_empty() && datamodel.unknown.is_empty() {
                return Schema { main, files: own_text, datamodel };
            }
        }
        Schema { main, datamodel: Datamodel::read(&all), files: all }
    };
    let read = |it: &&&(RepoPath, Arc<str>)| {
        named.schemas.contains(&it.0) || !named.replaced.contains(&it.0)
    };
    mains.iter().filter(read).map(schema).collect()
}

/// What configurations call the schema.
#[derive(Clone, Default)]
pub(super) struct Named {
    /// Files, or folders.
    schemas: Vec<RepoPath>,
    /// What would have been read, had they said nothing.
    replaced: Vec<RepoPath>,
}

/// What the configurations in a folder and above it say.
pub(super) fn named(repo: &Repo, side: &Side, folder: &RepoPath) -> Result<Named> {
    let entries = repo.list(side, &Above(folder))?;
    let mut named = Named::default();
    for file in read::files(repo, entries, COMMAND_LIMIT)? {
        let Some(text) = file.content.text() else { continue };
        for it in layout::read(&file.path, text) {
            match it.what {
                What::PrismaSchema => {
                    named.schemas.push(it.path);
                    named.replaced.extend(layout::default_schemas(&file.path));
                }
                What::ScriptSchema => named.schemas.push(it.path),
                What::PrismaMigrations | What::DrizzleMigrations | What::SqlSchemas => {}
            }
        }
    }
    Ok(named)
}

/// The configurations that may say where a schema is.
struct Above<'a>(&'a RepoPath);

impl Wanted for Above<'_> {
    fn file(&self, path: &[u8]) -> bool {
        let path = RepoPath::from(path);
        let folder = path.parent().unwrap_or_else(|| RepoPath::from(""));
        layout::is_read(&path) && self.directory(folder.as_bytes())
    }

    fn directory(&self, path: &[u8]) -> bool {
        let above = path.strip_suffix(b".config").map(|it| it.strip_suffix(b"/").unwrap_or(it));
        let above = RepoPath::from(above.unwrap_or(path));
        *self.0 == above || is_below(self.0.as_bytes(), &above)
    }
}

fn has_datasource(text: &str) -> bool {
    // Nearly every file of many has none.
    if !text.contains("datasource") {
        return false;
    }
    let sources = prisma::parse(text).sources;
    sources.iter().any(|it| it.kind == prisma::ast::SourceKind::Datasource)
}

/// The provider of the schema that the migrations of a folder are written from: that of the `schema.prisma` beside it,
/// else of the only one in a folder called `prisma`.
pub(in crate::gate) fn provider_beside(
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
            entries.retain(|it| super::is_schema(&it.path));
            entries
        }
        None => Vec::new(),
    };
    let files = read::files(repo, entries, COMMAND_LIMIT)?;
    let mut mains = files.iter().filter_map(text_of).filter(|it| has_datasource(&it.1));
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
