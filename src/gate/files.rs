//! Judges files as they lie, or a text, as if they were added to a revision.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::change::target;
use super::deployment::Deployment;
use super::policies::baseline;
use super::provider::Providers;
use super::read::unreadable;
use super::watch::Migrations;
use super::{Judged, Outcome, order, past, policy_at, schema, secrets};
use crate::parse::{Migration, command};
use crate::policy::{Baseline, Date, Policy};
use crate::repo::{Repo, Side};
use crate::report::Sources;
use crate::rules::{self, Found, Scope, State};
use crate::schema::Catalog;
use crate::source::{Content, File, RepoPath};
use crate::verdict::{Counts, Excuses, Inline, Verdict, judge_with_comments};

/// Files that are commands by their name are judged as such, all others as migrations on top of those of `side`.
pub fn files(repo: Option<(&Repo, &Side)>, files: &[File], today: Date) -> Judged {
    let policy = match repo {
        Some((repo, side)) => policy_at(repo, side)?,
        None => Policy::built_in(),
    };
    let mut sources = Sources::default();
    let mut found = Vec::new();
    let mut inline = Vec::new();
    let mut counts = Counts { files: files.len(), ..Counts::default() };
    let runs = |it: &&File| match it.content.text() {
        Some(text) => command::holds(&it.path, text),
        None => command::is_read(&it.path),
    };
    let (runs, scripts): (Vec<&File>, Vec<&File>) = files.iter().partition(runs);

    let providers = providers(repo, &policy, &scripts)?;
    for finding in providers.unknown() {
        found.extend(Found::of("unreadable-file", finding));
    }
    let mut databases: BTreeMap<RepoPath, Vec<Migration>> = BTreeMap::new();
    for file in scripts {
        let text: Arc<str> = match &file.content {
            Content::Text(text) => text.clone(),
            Content::Unreadable(_) => {
                found.extend(unreadable(file).and_then(|it| Found::of("unreadable-file", it)));
                continue;
            }
        };
        sources.insert(file.path.clone(), text.clone());
        let Some(provider) = providers.at(&file.path) else { continue };
        let migration = Migration::read(file.path.clone(), text, provider);
        inline.extend(Inline::of(&migration));
        counts.statements += migration.script.statements;
        counts.opaque += migration.script.opaque;
        databases.entry(order::database(&file.path)).or_default().push(migration);
    }
    let catalogs = match repo {
        Some((repo, side)) if !databases.is_empty() => past::without(repo, side, &policy, files)?,
        _ => BTreeMap::new(),
    };
    let target = target(&policy);
    for (database, mut migrations) in databases {
        migrations.sort_by_cached_key(|it| order::key(&it.path));
        // A file from outside of every history is meant for the only database there is.
        let only = || if catalogs.len() == 1 { catalogs.values().next() } else { None };
        let mut catalog: Catalog =
            catalogs.get(&database).or_else(only).cloned().unwrap_or_default();
        found.extend(rules::run(&mut catalog, &migrations, &target, Scope::Change));
        found.extend(rules::state(&State {
            catalog: &catalog,
            target: &target,
            everything: false,
            migrations: &migrations,
        }));
    }
    found.extend(schema::judge_files(repo, files, &policy)?);
    let runs: Vec<File> = runs.into_iter().cloned().collect();
    found.extend(Deployment::of_files(&runs).judge(&policy.deploy, None, &mut sources));

    secrets::hide(&mut found, &mut sources);

    let baseline = match repo {
        Some((repo, side)) => baseline(repo, side)?,
        None => Baseline::default(),
    };
    let excuses = Excuses { policy: &policy, baseline: &baseline, today, inline: &inline };
    let judged = judge_with_comments(found, &excuses);
    sources.extend(policy.sources().map(|it| (it.path.clone(), it.text.clone())));
    let verdict = Verdict { judged, counts, notices: Vec::new(), ..Verdict::default() };
    Ok(Outcome { verdict, sources, policy: policy.source.path.to_string() })
}

/// Which database each file is for: what its folder says, and for one from outside of every history what all others say.
fn providers(
    repo: Option<(&Repo, &Side)>,
    policy: &Policy,
    files: &[&File],
) -> Result<Providers, super::Stop> {
    let default = policy.target.provider;
    let Some((repo, side)) = repo.filter(|_| !files.is_empty()) else {
        return Ok(Providers::unsaid(default));
    };
    let own = Providers::of(repo, side, default, files.iter().map(|it| &it.path))?;
    let there = repo.list(side, &Migrations(&policy.migrations))?;
    let all = Providers::of(repo, side, default, there.iter().map(|it| &it.path))?;
    Ok(own.or(all.common()))
}
