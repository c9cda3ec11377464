//! Whether a database that is in use is what the migrations leave behind.

use std::collections::BTreeSet;

use super::policies::baseline;
use super::provider::Providers;
use super::read::{self, text_of};
use super::{Outcome, Stop, order, past, policy_at};
use crate::failure::{Failure, Result};
use crate::parse::{Migration, snapshot};
use crate::policy::Date;
use crate::postgres::Live;
use crate::repo::{Repo, Side};
use crate::report::Sources;
use crate::rules::{
    Found, Replay, Slot, Told, Verification, Verified, is_platform, touched, verified,
};
use crate::schema::Op;
use crate::source::{File, Lines, RepoPath};
use crate::verdict::{Counts, Excuses, Verdict, judge};

/// What to compare a database with.
pub struct Verify<'a> {
    pub repo: &'a Repo,
    pub side: &'a Side,
    /// The folder of one of several databases of the repository, as [`super::database`] names it.
    pub database: Option<&'a str>,
    /// Only what these make has to be there: paths of files or folders, or names.
    pub migrations: &'a [String],
}

/// The verdict, the tables that were asked for, and the names of the migrations.
pub struct Looked {
    pub outcome: Outcome,
    pub tables: Vec<Told>,
    pub migrations: Vec<String>,
}

/// Compares.
pub fn verify(it: &Verify<'_>, live: &mut Live, today: Date) -> std::result::Result<Looked, Stop> {
    let policy = policy_at(it.repo, it.side)?;
    let files = past::listed(it.repo, it.side, &policy)?;
    let (files, database) = of_one_database(files, it.database)?;
    let unread = files.iter().filter(|it| it.content.text().is_none()).count();
    let default = policy.target.provider;
    let providers = Providers::of(it.repo, it.side, default, files.iter().map(|it| &it.path))?;
    let migrations = read::migrations(files.iter().filter_map(text_of).collect(), &providers);
    let Some(last) = migrations.last() else {
        return Err(Failure::new("the revision has no migrations to compare a database with")
            .help("commit them first, or name another revision with `--rev`")
            .into());
    };
    if !last.provider.is_postgres() {
        let name = last.provider.name();
        return Err(Failure::new(format!(
            "the migrations are for {name}; only Postgres is looked at"
        ))
        .into());
    }
    let named = named(&migrations, it.migrations)?;
    let (is, place) = (live.snapshot()?, &last.path);
    let catalog = snapshot::catalog(&is);
    let mut only = BTreeSet::new();
    let mut replay = Replay::default();
    let mut early = None;
    for migration in &migrations {
        if !named.contains(&migration.path) {
            replay.apply(migration);
            continue;
        }
        let before = replay.most.clone();
        replay.apply(migration);
        only.extend(touched(&before, &replay.most));
        early = Some(replay.clone());
    }
    if early.is_some() && only.is_empty() {
        let name = it.migrations.join("`, `");
        return Err(Failure::new(format!("`{name}` makes nothing that can be compared"))
            .help("it writes rows, or what only the server can tell: look at it yourself")
            .into());
    }
    let only = early.is_some().then_some(&only);
    let look = |replay: &Replay| {
        let Replay { most, least } = replay;
        verified(&Verification { most, least, live: &is, is: &catalog, only, place })
    };
    let mut seen = look(&replay);
    if let Some(early) = early {
        // What comes later may have been applied or not, and both are right.
        let late = seen.found;
        seen = look(&early);
        let known = |one: &Found| late.iter().any(|it| it.finding.subject == one.finding.subject);
        seen.found.retain(known);
    }
    let asked: Vec<&Migration> =
        migrations.iter().filter(|it| named.is_empty() || named.contains(&it.path)).collect();
    let names = asked
        .iter()
        .map(|it| Slot::of(&it.path).name.trim_end_matches(".sql").to_owned())
        .collect();
    let baseline = baseline(it.repo, it.side)?;
    let excuses = Excuses { policy: &policy, baseline: &baseline, today, inline: &[] };
    let mut notices = notices(live, &seen, &asked, unread);
    if it.database.is_some() {
        notices.insert(0, format!("compared with the migrations of `{database}`"));
    }
    let counts = Counts {
        files: asked.len(),
        statements: asked.iter().map(|it| it.script.statements).sum(),
        opaque: asked.iter().map(|it| it.script.opaque).sum(),
    };
    let mut sources = Sources::default();
    sources.extend(migrations.iter().map(|it| (it.path.clone(), it.text.clone())));
    sources.extend(policy.sources().map(|it| (it.path.clone(), it.text.clone())));
    let verdict =
        Verdict { judged: judge(seen.found, &excuses), counts, notices, ..Verdict::default() };
    let outcome = Outcome { verdict, sources, policy: policy.source.path.to_string() };
    Ok(Looked { outcome, tables: seen.tables, migrations: names })
}

/// A URL names one database, so of several in the repository one has to be chosen.
pub(super) fn of_one_database(
    files: Vec<File>,
    wanted: Option<&str>,
) -> Result<(Vec<File>, RepoPath)> {
    let all: BTreeSet<RepoPath> = files.iter().map(|it| order::database(&it.path)).collect();
    let shown =
        |it: &RepoPath| if it.as_bytes().is_empty() { ".".to_owned() } else { it.to_string() };
    let listed = || all.iter().map(|it| format!("`{}`", shown(it))).collect::<Vec<_>>().join(", ");
    let chosen = match wanted {
        Some(wanted) => {
            let wanted = wanted.trim_end_matches('/');
            all.iter().find(|it| shown(it) == wanted).ok_or_else(|| {
                Failure::new(format!(
                    "the repository has no migrations of a database in `{wanted}`"
                ))
                .help(format!("it has those of {}", listed()))
            })?
        }
        None if all.len() > 1 => {
            return Err(Failure::new(format!(
                "the repository has the migrations of several databases: {}",
                listed()
            ))
            .help("say which with `--folder FOLDER`"));
        }
        None => match all.first() {
            Some(it) => it,
            None => return Ok((files, RepoPath::from(""))),
        },
    }
    .clone();
    Ok((files.into_iter().filter(|it| order::database(&it.path) == chosen).collect(), chosen))
}

/// The paths of those that are named: by path, by folder, by name.
fn named(migrations: &[Migration], names: &[String]) -> Result<BTreeSet<RepoPath>> {
    let mut all = BTreeSet::new();
    for name in names {
        let wanted = name.trim_start_matches("./").trim_end_matches('/');
        let path = |it: &&Migration| {
            let (own, slot) = (it.path.to_string(), Slot::of(&it.path).name);
            let folder = it.path.parent().map(|it| it.to_string());
            own == wanted
                || folder.as_deref() == Some(wanted)
                || slot == wanted
                || slot.trim_end_matches(".sql") == wanted
        };
        let found: Vec<&Migration> = migrations.iter().filter(path).collect();
        match found.as_slice() {
            [one] => _ = all.insert(one.path.clone()),
            [] => {
                return Err(Failure::new(format!("the revision has no migration `{name}`"))
                    .help("name the file, its folder, or what the tool calls it; commit it first, since what is compared is committed"));
            }
            _ => {
                return Err(Failure::new(format!(
                    "`{name}` is the name of {} migrations",
                    found.len()
                ))
                .help("name the file by its path"));
            }
        }
    }
    Ok(all)
}

/// Whether it makes something on a table that no migration makes.
fn is_elsewhere(op: &Op) -> bool {
    let (Op::CreatePolicy { table, .. } | Op::CreateTrigger { table, .. }) = op else {
        return false;
    };
    table.schema.as_deref().is_some_and(is_platform)
}

/// Of what was not compared, so much is told one by one.
const SHOWN: usize = 8;

fn notices(live: &Live, seen: &Verified, asked: &[&Migration], unread: usize) -> Vec<String> {
    let Live { name, version, protection, .. } = live;
    let mut all = vec![format!(
        "{name} is PostgreSQL {version}, read through {protection}; {} things compared",
        seen.compared
    )];
    let opaque = asked.iter().find_map(|it| {
        let mut changes = it.script.changes.iter();
        let first = changes.find(|it| matches!(it.op, Op::Opaque { .. }))?;
        let line = Lines::new(&it.text).position(first.span.start).line;
        Some(format!("`{}:{line}`", it.path))
    });
    let count: usize = asked.iter().map(|it| it.script.opaque).sum();
    if let Some(first) = opaque {
        all.push(format!(
            "not compared: what {count} statements do that cannot be read, the first at {first}"
        ));
    }
    let elsewhere =
        asked.iter().flat_map(|it| &it.script.changes).filter(|it| is_elsewhere(&it.op));
    match elsewhere.count() {
        0 => {}
        count => all.push(format!(
            "not compared: policies and triggers on tables that the platform keeps ({count})"
        )),
    }
    if unread > 0 {
        all.push(format!("not compared: {unread} migrations that are no text"));
    }
    let more = seen.unknown.len().saturating_sub(SHOWN);
    all.extend(seen.unknown.iter().take(SHOWN).map(|it| format!("not compared: {it}")));
    if more > 0 {
        all.push(format!("not compared: {more} more of these"));
    }
    all
}
