//! The migrations that a change adds, and those that were there before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::order;
use super::provider::Providers;
use super::read::Unread;
use super::{Change, dump, past, read};
use crate::failure::{Failure, Result};
use crate::parse::Migration;
use crate::policy::Policy;
use crate::policy::tampering::PolicyState;
use crate::schema::Provider;
use crate::source::{ObjectId, RepoPath};

/// New migrations, by the database that they are for.
#[derive(Default)]
pub(super) struct Added {
    pub(super) sets: Vec<Set>,
    /// What of the change is not among them.
    pub(super) notices: Vec<String>,
}

/// The migrations of one database, in the order in which they are applied.
pub(super) struct Set {
    pub(super) database: RepoPath,
    pub(super) history: Earlier,
    pub(super) migrations: Vec<Migration>,
}

/// The migrations that were there before. What was kept of them is found by their texts; who needs more has them read.
pub(super) struct Earlier {
    /// What the policy says that the database began with.
    dump: Option<Migration>,
    texts: Vec<Unread>,
    read: OnceLock<Vec<Migration>>,
}

impl Earlier {
    fn new(dump: Option<Migration>, texts: Vec<Unread>) -> Earlier {
        Earlier { dump, texts, read: OnceLock::new() }
    }

    /// Of each its path, its text and the database that it is for.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&RepoPath, &str, Provider)> {
        let dump = self.dump.iter().map(|it| (&it.path, &*it.text, it.provider));
        dump.chain(self.texts.iter().map(|it| (&it.path, &*it.text, it.provider)))
    }

    pub(super) fn all(&self) -> &[Migration] {
        self.read.get_or_init(|| {
            self.dump.iter().cloned().chain(read::past(self.texts.clone())).collect()
        })
    }
}

impl Added {
    /// `from`: that migration and all after it in its database count as new, whatever the change is.
    pub(super) fn of(
        it: &Change<'_>,
        policy: &Policy,
        trusted: &PolicyState,
        from: Option<&RepoPath>,
    ) -> Result<Added> {
        let list = |side| past::listed(it.repo, side, policy);
        let mut after = list(&it.after)?;
        let before = match from {
            None => list(&it.before)?,
            Some(from) => {
                let own = order::database(from);
                after.retain(|it| order::database(&it.path) == own);
                let Some(at) = after.iter().position(|it| it.path == *from) else {
                    return Err(Failure::new(format!(
                        "`{from}` is no migration of the policy's paths"
                    ))
                    .help("name a file that `[paths] migrations` matches and that is committed"));
                };
                let new = after.split_off(at);
                std::mem::replace(&mut after, new)
            }
        };
        let mut added = Added::default();
        let known: BTreeSet<&RepoPath> = before.iter().map(|it| &it.path).collect();
        let now: BTreeMap<&RepoPath, &ObjectId> =
            after.iter().map(|it| (&it.path, &it.id)).collect();
        let edited = |it: &&crate::source::File| {
            from.is_none() && now.get(&it.path).is_none_or(|id| **id != it.id)
        };
        for file in before.iter().filter(edited) {
            added.notices.push(format!(
                "`{}` was merged before; what the change does to it was not rehearsed",
                file.path
            ));
        }
        let new: Vec<_> = after.iter().filter(|it| !known.contains(&it.path)).collect();
        let default = policy.target.provider;
        let paths = after.iter().chain(&before).map(|it| &it.path);
        let providers = Providers::of(it.repo, &it.after, default, paths)?;
        let texts = new.iter().filter_map(|it| read::text_of(it)).collect();
        let mut databases: BTreeMap<RepoPath, Vec<Migration>> = BTreeMap::new();
        for migration in read::migrations(texts, &providers) {
            // Nothing else is to be had here.
            if !migration.provider.is_postgres() {
                let (path, provider) = (&migration.path, migration.provider.name());
                let notice = format!("`{path}` is for {provider} and was not rehearsed");
                added.notices.push(notice);
                continue;
            }
            databases.entry(order::database(&migration.path)).or_default().push(migration);
        }
        let dump = match trusted.policy() {
            Some(trusted) => dump::of(it.repo, trusted, &it.published.policy)?,
            None => None,
        };
        if dump.is_some() && databases.len() > 1 {
            let folders: Vec<String> = databases.keys().map(|it| format!("`{it}`")).collect();
            return Err(Failure::new(format!(
                "the policy has one dump to begin with, and the change is for several databases: {}",
                folders.join(", ")
            ))
            .help("change one of them at a time"));
        }
        for (database, migrations) in databases {
            let own = before.iter().filter(|it| order::database(&it.path) == database);
            let texts = own.filter_map(read::text_of).filter_map(|it| Unread::of(it, &providers));
            let history = Earlier::new(dump.clone(), texts.collect());
            added.sets.push(Set { database, history, migrations });
        }
        Ok(added)
    }
}
