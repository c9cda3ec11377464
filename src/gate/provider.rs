//! Which database each folder of migrations is for, so that each is read as that database reads it.

use std::collections::BTreeMap;

use super::{SQL_LIMIT, read};
use crate::failure::Result;
use crate::parse::{Migration, toml};
use crate::repo::{Repo, Side};
use crate::rules::{Finding, Slot};
use crate::schema::Provider;
use crate::source::{RepoPath, Span};

/// What Prisma keeps beside its migrations, to say which database they are for.
pub(super) const LOCK: &[u8] = b"migration_lock.toml";

/// The folders of migrations, and what each says of its database.
pub(super) struct Providers {
    folders: BTreeMap<RepoPath, Folder>,
    /// Where nothing is said, the policy does.
    default: Provider,
}

struct Folder {
    /// Nothing where it has no file that says it.
    said: Option<Said>,
    first: RepoPath,
}

enum Said {
    Known(Provider),
    /// No reader knows it.
    Other(String),
}

impl Providers {
    /// Of the folders that these migrations lie in.
    pub(super) fn of<'a>(
        repo: &Repo,
        side: &Side,
        default: Provider,
        migrations: impl Iterator<Item = &'a RepoPath>,
    ) -> Result<Providers> {
        let mut firsts: BTreeMap<RepoPath, RepoPath> = BTreeMap::new();
        for path in migrations {
            firsts.entry(Slot::of(path).folder).or_insert_with(|| path.clone());
        }
        let mut folders = BTreeMap::new();
        for (folder, first) in firsts {
            let said = said(repo, side, &folder)?;
            folders.insert(folder, Folder { said, first });
        }
        Ok(Providers { folders, default })
    }

    /// Without a repository, what the policy says is all there is.
    pub(super) fn unsaid(default: Provider) -> Providers {
        Providers { folders: BTreeMap::new(), default }
    }

    /// The database that a migration is for. Nothing where no reader knows it.
    pub(super) fn at(&self, path: &RepoPath) -> Option<Provider> {
        let folder = self.folders.get(&Slot::of(path).folder);
        match folder.and_then(|it| it.said.as_ref()) {
            Some(Said::Known(provider)) => Some(*provider),
            Some(Said::Other(_)) => None,
            None => Some(self.default),
        }
    }

    /// What all folders say that say something, if it is the same.
    pub(super) fn common(&self) -> Option<Provider> {
        let mut said = self.folders.values().filter_map(|it| match it.said {
            Some(Said::Known(provider)) => Some(provider),
            _ => None,
        });
        let first = said.next()?;
        said.all(|it| it == first).then_some(first)
    }

    /// The same where nothing else is said.
    pub(super) fn or(self, default: Option<Provider>) -> Providers {
        Providers { default: default.unwrap_or(self.default), ..self }
    }

    /// One finding for each folder that no reader knows: all its files are unread for the same reason.
    pub(super) fn unknown(&self) -> Vec<Finding> {
        let unknown = self.folders.iter().filter_map(|(folder, it)| match &it.said {
            Some(Said::Other(name)) => Some((folder, name, &it.first)),
            _ => None,
        });
        let finding = |(folder, provider, first): (&RepoPath, &String, &RepoPath)| {
            let message = format!(
                "the migrations in `{folder}` are for {provider}, which cannot be read here"
            );
            Finding::new(folder.to_string(), Span::file(first.clone()), message)
                .evidence(provider)
                .help(format!("if they are deployed by hand and looked at by somebody, give `{folder}` an exception in the policy, or leave it out of its paths"))
        };
        unknown.map(finding).collect()
    }
}

/// Whether what one of them says is another kind of database than what the other says.
pub(super) fn differ(one: Option<Provider>, other: Option<Provider>) -> bool {
    one.zip(other)
        .is_none_or(|(one, other)| one != other && !(one.is_postgres() && other.is_postgres()))
}

fn said(repo: &Repo, side: &Side, folder: &RepoPath) -> Result<Option<Said>> {
    let lock = [folder.as_bytes(), b"/", LOCK].concat();
    let Some(entry) = repo.entry(side, &lock)? else { return Ok(None) };
    let files = read::files(repo, vec![entry], SQL_LIMIT)?;
    let name = files.first().and_then(|it| {
        let table = toml::parse(it.content.text()?).ok()?;
        table.get("provider")?.value.as_str().map(str::to_owned)
    });
    Ok(name.map(|name| match Provider::from_lock(&name) {
        Some(provider) => Said::Known(provider),
        None => Said::Other(name),
    }))
}

/// Merged migrations of one database in order. Those up to the last one that another database reads were for that one;
/// what there is to be said of it.
pub(super) fn moved(migrations: &mut [Migration], now: &Providers) -> Option<Finding> {
    let foreign = |it: &Migration| differ(Some(it.provider), now.at(&it.path));
    let last = migrations.iter().rposition(foreign)?;
    let provider = migrations[last].provider;
    for it in &mut migrations[..last] {
        if !foreign(it) {
            *it = Migration::read(it.path.clone(), it.text.clone(), provider);
        }
    }
    let it = &migrations[last];
    let path = &it.path;
    let ours = now.at(path).map_or("another database", Provider::name);
    let message = format!(
        "the migrations up to `{path}` are for {provider}, and their folder is for {ours}: no database can be made from all of them"
    );
    let help = "begin the folder anew with one migration that makes what there is now, or take the old ones out of the policy's paths";
    Some(
        Finding::new(path.to_string(), Span::file(path.clone()), message)
            .evidence(&it.text)
            .help(help),
    )
}
