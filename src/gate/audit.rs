//! Judges everything that a revision holds.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::change::target;
use super::databases::Databases;
use super::deployment::Deployment;
use super::misplaced::{self, Programs};
use super::order::Order;
use super::policies::{baseline, broken};
use super::provider::{Providers, differ};
use super::read::unreadable;
use super::schema::Compared;
use super::watch::Migrations;
use super::{
    COMMAND_LIMIT, Judged, Outcome, SQL_LIMIT, Stop, approvals, beside, order, past, policy_at,
    provider, read, schema, secrets, unwatched,
};
use crate::cache::{Cache, Past};
use crate::failure::Result;
use crate::policy::Policy;
use crate::policy::baseline::Entry;
use crate::repo::{Repo, Side};
use crate::report::Sources;
use crate::rules::{self, Beside, Finding, Found, History, Scope, State};
use crate::schema::Catalog;
use crate::source::{File, FileChange, Mode, ObjectId, PathList, RepoPath, Time};
use crate::verdict::{self, Counts, Excuses, Inline, Verdict, judge};

/// What an audit found, to be kept: everything that depends on the tree alone.
#[derive(Serialize, Deserialize)]
struct Kept {
    found: Vec<(String, Finding)>,
    /// Files whose text the findings point into.
    files: Vec<(RepoPath, ObjectId)>,
    counts: (usize, usize, usize),
    inline: Vec<Inline>,
}

/// Judges all migrations, each on top of those before it, and every other file that the policy speaks of.
pub fn audit(repo: &Repo, side: &Side, now: Time) -> Judged {
    let policy = policy_at(repo, side)?;
    let mut sources = Sources::default();
    let (mut found, counts, inline) = found(repo, side, &policy, &mut sources)?;
    secrets::hide(&mut found, &mut sources);
    let baseline = baseline(repo, side)?;
    // What excuses nothing any more is told of no merged migration: nobody can edit it.
    let today = now.date();
    let excuses = Excuses { policy: &policy, baseline: &baseline, today, inline: &inline };
    let mut judged = judge(found, &excuses);
    approvals::weigh_merged(repo, side, &mut judged)?;
    sources.extend(policy.sources().map(|it| (it.path.clone(), it.text.clone())));
    let mut notices = Vec::new();
    if policy.built_in {
        notices.push(
            "there is no policy.toml, so the built-in policy was used; `sprag init` writes one"
                .to_owned(),
        );
    }
    if counts.statements == 0 {
        let globs: Vec<&str> = policy.migrations.patterns().map(|it| it.0).collect();
        notices.push(format!(
            "no migration was found under `{}`; say in policy.toml where they are",
            globs.join("`, `")
        ));
    }
    for expired in policy.expired(today) {
        notices.push(format!(
            "the exception of `{}` for `{}` has expired and excuses nothing any more",
            expired.subject.text, expired.rule
        ));
    }
    let verdict = Verdict { judged, counts, notices, ..Verdict::default() };
    Ok(Outcome { verdict, sources, policy: policy.source.path.to_string() })
}

/// What a side has under a policy, as `sprag baseline` would write it down. Nothing where that policy cannot be meant
/// for it.
pub(super) fn entries(repo: &Repo, side: &Side, policy: &Policy) -> Result<BTreeSet<Entry>> {
    match found(repo, side, policy, &mut Sources::default()) {
        Ok((found, ..)) => Ok(verdict::entries(&found)),
        Err(Stop::Policy(_)) => Ok(BTreeSet::new()),
        Err(Stop::Failure(failure)) => Err(failure),
    }
}

/// Everything that is found, from the cache where it was found before.
fn found(
    repo: &Repo,
    side: &Side,
    policy: &Policy,
    sources: &mut Sources,
) -> std::result::Result<(Vec<Found>, Counts, Vec<Inline>), Stop> {
    let cache = Cache::new(repo.common_dir(), &["audit", &policy.source.text]);
    let tree = match side {
        Side::Tree(tree) => Some(tree),
        _ => None,
    };
    if let Some(kept) = tree.and_then(|it| cache.value::<Kept>("audit", it)) {
        return Ok(recalled(repo, kept, sources)?);
    }
    let (found, counts, files, inline) = everything(repo, side, policy, sources)?;
    if let Some(tree) = tree {
        keep(&cache, tree, &found, counts, &files, &inline);
    }
    Ok((found, counts, inline))
}

type Everything = (Vec<Found>, Counts, Vec<File>, Vec<Inline>);

fn everything(
    repo: &Repo,
    side: &Side,
    policy: &Policy,
    sources: &mut Sources,
) -> std::result::Result<Everything, Stop> {
    let mut migrations = repo.list(side, &Migrations(&policy.migrations))?;
    // A link where a folder may be is listed too.
    migrations.retain(|it| policy.migrations.matches(it.path.as_bytes()));
    let problems = policy.unmatched(migrations.iter().map(|it| it.path.as_bytes()));
    if !problems.is_empty() {
        return Err(broken(repo, side, &problems));
    }
    let mut counts = Counts { files: migrations.len(), ..Counts::default() };
    let mut found = Vec::new();
    let mut inline = Vec::new();

    let mut files = read::files(repo, migrations, SQL_LIMIT)?;
    let order = Order::of(repo, side, files.iter().map(|it| &it.path))?;
    files.sort_by_cached_key(|it| order.key(&it.path));
    let beside = beside::everywhere(repo, side, &policy.migrations, &files)?;
    found.extend(history(&files, &beside));
    for finding in files.iter().filter_map(unreadable) {
        found.extend(Found::of("unreadable-file", finding));
    }
    for program in repo.list(side, &Programs(&policy.migrations))? {
        if matches!(program.mode, Mode::Regular | Mode::Executable) {
            found.extend(Found::of("unreadable-file", misplaced::program(&program.path)));
        }
    }
    let (unwatched, configurations) = unwatched::everywhere(repo, side, &policy.migrations)?;
    found.extend(unwatched);
    let default = policy.target.provider;
    let providers = Providers::of(repo, side, default, files.iter().map(|it| &it.path))?;
    for finding in providers.unknown() {
        found.extend(Found::of("unreadable-file", finding));
    }
    let texts = files.iter().filter_map(read::text_of);
    let mut databases: BTreeMap<RepoPath, Vec<_>> = BTreeMap::new();
    for migration in read::migrations(texts.collect(), &providers) {
        inline.extend(Inline::of(&migration));
        counts.statements += migration.script.statements;
        counts.opaque += migration.script.opaque;
        databases.entry(order::database(&migration.path)).or_default().push(migration);
    }
    let target = target(policy);
    let mut catalogs = BTreeMap::new();
    for (database, mut migrations) in databases {
        let moved = provider::moved(&mut migrations, &providers);
        found.extend(moved.and_then(|it| Found::of("unreadable-file", it)));
        let mut catalog = Catalog::default();
        for same in migrations.chunk_by(|a, b| !differ(Some(a.provider), Some(b.provider))) {
            // Another database begins with nothing.
            catalog = Catalog::default();
            found.extend(rules::run(&mut catalog, same, &target, Scope::Everything));
        }
        found.extend(rules::state(&State {
            catalog: &catalog,
            target: &target,
            everything: true,
            migrations: &migrations,
        }));
        catalogs.insert(database, catalog);
    }
    let past =
        Past { files: PathList::new(files.iter().map(|it| &it.path)), catalogs, ..past::none() };
    let schemas = schema::everywhere(repo, side, &Databases::new(past), Compared::Migrated)?;
    found.extend(schemas.found);
    sources.extend(schemas.texts);
    files.extend(configurations);
    files.extend(beside.into_iter().flat_map(|it| [it.lock.after, it.journal.after]).flatten());
    sources.extend(files.iter().filter_map(read::text_of));

    let deployment = Deployment::whole(repo, side)?;
    counts.files += deployment.files();
    found.extend(deployment.judge(&policy.deploy, None, sources));
    files.extend(deployment.into_files());
    Ok((found, counts, files, inline))
}

/// In a whole history nothing was edited, and what came in which order nobody can tell; numbers that stand twice can.
fn history(files: &[File], beside: &[Beside]) -> Vec<Found> {
    let added =
        |it: &File| FileChange { path: it.path.clone(), before: None, after: Some(it.clone()) };
    let changes: Vec<FileChange> = files.iter().map(added).collect();
    rules::found(&History::new(&changes, &PathList::default(), beside))
}

fn keep(
    cache: &Cache,
    tree: &ObjectId,
    found: &[Found],
    counts: Counts,
    files: &[File],
    inline: &[Inline],
) {
    let named: BTreeSet<&RepoPath> = found
        .iter()
        .flat_map(|it| {
            let Finding { span, labels, path, .. } = &it.finding;
            std::iter::once(span).chain(labels.iter().chain(path).map(|it| &it.span))
        })
        .chain(inline.iter().map(|it| &it.span))
        .map(|it| &it.path)
        .collect();
    let files = files.iter().filter(|it| it.content.text().is_some() && named.contains(&it.path));
    let kept = Kept {
        found: found.iter().map(|it| (it.rule.name.to_owned(), it.finding.clone())).collect(),
        files: files.map(|it| (it.path.clone(), it.id.clone())).collect(),
        counts: (counts.files, counts.statements, counts.opaque),
        inline: inline.to_vec(),
    };
    cache.keep_value("audit", tree, &kept);
}

fn recalled(
    repo: &Repo,
    kept: Kept,
    sources: &mut Sources,
) -> Result<(Vec<Found>, Counts, Vec<Inline>)> {
    let (files, statements, opaque) = kept.counts;
    let ids: Vec<ObjectId> = kept.files.iter().map(|it| it.1.clone()).collect();
    let blobs = repo.read(&ids, COMMAND_LIMIT)?;
    for ((path, _), blob) in kept.files.into_iter().zip(blobs) {
        if let crate::repo::Blob::Bytes(bytes) = blob
            && let Ok(text) = String::from_utf8(bytes)
        {
            sources.insert(path, text.into());
        }
    }
    let found = kept
        .found
        .into_iter()
        .filter_map(|(rule, finding)| Some(Found { rule: rules::by_name(&rule)?, finding }));
    Ok((found.collect(), Counts { files, statements, opaque }, kept.inline))
}
