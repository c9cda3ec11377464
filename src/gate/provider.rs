//! Which histories are not for Postgres. Their SQL would be misread, so it is not read.

use std::collections::BTreeMap;

use super::{SQL_LIMIT, read};
use crate::failure::Result;
use crate::parse::toml;
use crate::policy::{Policy, Provider};
use crate::repo::{Repo, Side};
use crate::rules::{Finding, Slot};
use crate::source::{RepoPath, Span};

/// The folders of migrations for another database, each with its name and one of its migrations.
pub(super) type Foreign = BTreeMap<RepoPath, (String, RepoPath)>;

/// Prisma says the provider in `migration_lock.toml` beside its migrations; where nothing is said, the policy does.
pub(super) fn foreign<'a>(
    repo: &Repo,
    side: &Side,
    policy: &Policy,
    migrations: impl Iterator<Item = &'a RepoPath>,
) -> Result<Foreign> {
    let mut folders: BTreeMap<RepoPath, RepoPath> = BTreeMap::new();
    for path in migrations {
        folders.entry(Slot::of(path).folder).or_insert_with(|| path.clone());
    }
    let mut foreign = Foreign::new();
    for (folder, first) in folders {
        let lock = [folder.as_bytes(), b"/migration_lock.toml"].concat();
        let said = match repo.entry(side, &lock)? {
            Some(entry) => read::files(repo, vec![entry], SQL_LIMIT)?
                .first()
                .and_then(|it| provider(it.content.text()?)),
            None => None,
        };
        let provider = said.unwrap_or_else(|| policy.target.provider.name().to_owned());
        // `postgres` is what Prisma wrote before `postgresql`.
        let ours = [Provider::Postgresql.name(), Provider::Cockroachdb.name(), "postgres"];
        if !ours.contains(&provider.as_str()) {
            foreign.insert(folder, (provider, first));
        }
    }
    Ok(foreign)
}

fn provider(text: &str) -> Option<String> {
    let table = toml::parse(text).ok()?;
    table.get("provider")?.value.as_str().map(str::to_owned)
}

/// One finding a folder: all its files are unread for the same reason.
pub(super) fn finding(folder: &RepoPath, provider: &str, first: &RepoPath) -> Finding {
    let message =
        format!("the migrations in `{folder}` are for {provider}, and only PostgreSQL is read");
    Finding::new(folder.to_string(), Span::file(first.clone()), message)
        .evidence(provider)
        .help(format!("if they are deployed by hand and looked at by somebody, give `{folder}` an exception in the policy, or leave it out of its paths"))
}
