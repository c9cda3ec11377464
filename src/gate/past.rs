//! What the migrations of a tree leave behind: from the cache, from a tree nearby, or replayed.

use std::collections::{BTreeMap, BTreeSet};

use super::provider::{self, Providers, differ};
use super::{SQL_LIMIT, order, read};
use crate::cache::{Cache, Past};
use crate::failure::Result;
use crate::parse::Migration;
use crate::policy::{Globs, Policy};
use crate::repo::{Delta, Entry, Repo, Side, Wanted};
use crate::schema::Catalog;
use crate::source::{File, ObjectId, PathList, RepoPath};

use super::order::Order;
use super::watch::{Migrations, Replayed};

/// The past of a tree.
pub(super) fn of(repo: &Repo, side: &Side, policy: &Policy) -> Result<Past> {
    let globs = &policy.migrations;
    let Side::Tree(tree) = side else {
        return replayed(repo, side, policy, ObjectId(String::new()));
    };
    let mut key: Vec<&str> = globs.patterns().map(|it| it.0).collect();
    key.push(policy.target.provider.name());
    let cache = Cache::new(repo.common_dir(), &key);
    if let Some(past) = cache.past(tree) {
        return Ok(past);
    }
    let near = cache.newest_past().and_then(|near| nearby(repo, near, tree, policy));
    let past = match near {
        Some(Near::Same(past)) => return Ok(past),
        Some(Near::Grown(past)) => past,
        None => replayed(repo, side, policy, tree.clone())?,
    };
    cache.keep_past(&past);
    Ok(past)
}

/// That of an empty tree.
pub(super) fn none() -> Past {
    let (tree, files) = (ObjectId(String::new()), PathList::default());
    Past { tree, files, catalogs: BTreeMap::new() }
}

/// The catalogs of a tree as they would be without these files, which are about to be judged themselves.
pub(super) fn without(
    repo: &Repo,
    side: &Side,
    policy: &Policy,
    files: &[File],
) -> Result<BTreeMap<RepoPath, Catalog>> {
    let named = |path: &RepoPath| files.iter().any(|it| it.path == *path);
    let globs = &policy.migrations;
    let past = of(repo, side, policy)?;
    if !past.files.iter().any(|it| named(&RepoPath::from(it))) {
        return Ok(past.catalogs);
    }
    let mut entries = repo.list(side, &Migrations(globs))?;
    entries.retain(|it| globs.matches(it.path.as_bytes()) && !named(&it.path));
    let mut catalogs = BTreeMap::new();
    replay(repo, side, policy, entries, &mut catalogs)?;
    Ok(catalogs)
}

enum Near {
    /// No migration differs.
    Same(Past),
    /// New ones came after all others.
    Grown(Past),
}

/// Goes on from the past of another tree, where only later migrations have come since. Nothing where that cannot be
/// told: that tree may be gone from the store.
fn nearby(repo: &Repo, near: Past, tree: &ObjectId, policy: &Policy) -> Option<Near> {
    let globs = &policy.migrations;
    let (before, after) = (Side::Tree(near.tree.clone()), Side::Tree(tree.clone()));
    let deltas = repo.diff(&before, &after, &WithLocks(globs)).ok()?;
    // What the folder is for may have changed, and with it what all of its files mean.
    if deltas.iter().any(|it| is_lock(it.path.as_bytes())) {
        return None;
    }
    let (deltas, others): (Vec<Delta>, Vec<Delta>) =
        deltas.into_iter().partition(|it| globs.matches(it.path.as_bytes()));
    // A journal that puts a migration elsewhere may have done so before, or only now.
    let journals = others.into_iter().flat_map(|it| {
        let entry = |(mode, id)| Entry { path: it.path.clone(), mode, id };
        [it.before.map(entry), it.after.map(entry)]
    });
    let journals = read::files(repo, journals.flatten().collect(), SQL_LIMIT).ok()?;
    if journals.iter().any(|it| !order::places(it).is_empty()) {
        return None;
    }
    if deltas.is_empty() {
        return Some(Near::Same(near));
    }
    let mut added = Vec::new();
    for delta in deltas {
        let (None, Some((mode, id))) = (delta.before, delta.after) else { return None };
        added.push(Entry { path: delta.path, mode, id });
    }
    let last = order::last(&near.files);
    let later = |it: &Entry| {
        last.get(&order::database(&it.path)).is_none_or(|last| *last < order::key(&it.path))
    };
    if !added.iter().all(later) {
        return None;
    }
    let files = near.files.with(added.iter().map(|it| &it.path));
    let mut catalogs = near.catalogs;
    replay(repo, &after, policy, added, &mut catalogs).ok()?;
    Some(Near::Grown(Past { tree: tree.clone(), files, catalogs }))
}

fn replayed(repo: &Repo, side: &Side, policy: &Policy, tree: ObjectId) -> Result<Past> {
    let globs = &policy.migrations;
    let mut entries = repo.list(side, &Migrations(globs))?;
    entries.retain(|it| globs.matches(it.path.as_bytes()));
    let files = PathList::new(entries.iter().map(|it| &it.path));
    let mut catalogs = BTreeMap::new();
    replay(repo, side, policy, entries, &mut catalogs)?;
    Ok(Past { tree, files, catalogs })
}

/// The migrations at the tip of the target, which may have gone on since the change began.
pub(super) fn names(
    repo: &Repo,
    globs: &Globs,
    known: &PathList,
    (before, tip): (&Side, &Side),
) -> Result<PathList> {
    if same_tree(before, tip) {
        return Ok(known.clone());
    }
    let mut deltas = repo.diff(before, tip, &Migrations(globs))?;
    deltas.retain(|it| globs.matches(it.path.as_bytes()));
    if deltas.is_empty() {
        return Ok(known.clone());
    }
    let gone: BTreeSet<&RepoPath> =
        deltas.iter().filter(|it| it.after.is_none()).map(|it| &it.path).collect();
    let mut names: Vec<RepoPath> = known.iter().map(RepoPath::from).collect();
    names.retain(|it| !gone.contains(it));
    names.extend(deltas.iter().filter(|it| it.before.is_none()).map(|it| it.path.clone()));
    Ok(PathList::new(&names))
}

fn same_tree(a: &Side, b: &Side) -> bool {
    match (a, b) {
        (Side::Tree(a), Side::Tree(b)) => a == b,
        (Side::Empty, Side::Empty) => true,
        _ => false,
    }
}

/// The migrations of a side, in the order in which they are applied.
pub(super) fn listed(repo: &Repo, side: &Side, policy: &Policy) -> Result<Vec<File>> {
    let globs = &policy.migrations;
    let mut entries = repo.list(side, &Migrations(globs))?;
    entries.retain(|it| globs.matches(it.path.as_bytes()));
    ordered(repo, side, entries)
}

fn ordered(repo: &Repo, side: &Side, entries: Vec<Entry>) -> Result<Vec<File>> {
    let mut files = read::files(repo, entries, SQL_LIMIT)?;
    let order = Order::of(repo, side, files.iter().map(|it| &it.path))?;
    files.sort_by_cached_key(|it| order.key(&it.path));
    Ok(files)
}

fn replay(
    repo: &Repo,
    side: &Side,
    policy: &Policy,
    entries: Vec<Entry>,
    catalogs: &mut BTreeMap<RepoPath, Catalog>,
) -> Result<()> {
    let files = ordered(repo, side, entries)?;
    // What cannot be read leaves no trace: whatever it made counts as unknown, and what is unknown is not excused.
    let texts = files.iter().filter_map(|it| Some((it.path.clone(), it.content.text()?.clone())));
    let default = policy.target.provider;
    let providers = Providers::of(repo, side, default, files.iter().map(|it| &it.path))?;
    for migration in read::migrations(texts.collect(), &providers) {
        let catalog = catalogs.entry(order::database(&migration.path)).or_default();
        if differ(Some(migration.provider), providers.at(&migration.path)) {
            // It was for another database, and so were those before it.
            *catalog = Catalog::default();
        } else {
            apply(catalog, &migration);
        }
    }
    Ok(())
}

/// Each migration of the past is a change set of its own.
fn apply(catalog: &mut Catalog, migration: &Migration) {
    catalog.settle();
    catalog.unfold(&migration.path, &migration.script.changes);
    catalog.end_session();
}

/// Migrations, and what says which database they are for.
struct WithLocks<'a>(&'a Globs);

impl Wanted for WithLocks<'_> {
    fn file(&self, path: &[u8]) -> bool {
        is_lock(path) || Replayed(self.0).file(path)
    }

    fn directory(&self, path: &[u8]) -> bool {
        Replayed(self.0).directory(path)
    }
}

fn is_lock(path: &[u8]) -> bool {
    path.rsplit(|it| *it == b'/').next() == Some(provider::LOCK)
}
