//! Applies a change to a throw-away server and compares what it does with what it says.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::change::{baseline, broken, effective, state_of, target};
use super::engine::{self, ShadowServer, Wanted};
use super::order::Order;
use super::provider::Providers;
use super::watch::Migrations;
use super::{Change, Judged, Outcome, SQL_LIMIT, change, dump, order, past, read};
use crate::failure::{Failure, Result};
use crate::parse::{Migration, json};
use crate::policy::Date;
use crate::postgres::{Base, Engine, History, Limits, Place, Sending, Session, Step, Stopped};
use crate::report::Sources;
use crate::rules::{self, Additive, Rehearsal, Scope, Trial, Write};
use crate::schema::{Catalog, Snapshot, TableName};
use crate::source::{ObjectId, RepoPath};
use crate::verdict::{Counts, Excuses, Verdict, judge};

/// How to rehearse.
pub struct Rehearse<'a> {
    pub deadline: Duration,
    /// Told how far the replay of the history is: the migration at hand, and of how many.
    pub progress: &'a dyn Fn(usize, usize),
    /// Where the packages of the project lie.
    pub near: &'a std::path::Path,
    pub wanted: Wanted,
    pub shadow: Option<&'a ShadowServer>,
}

/// More than a schema without rows ever takes.
const DISK: u64 = 1 << 30;

/// What reading the change says, and then what it does.
pub fn rehearse(it: &Change<'_>, how: &Rehearse<'_>, today: Date) -> Judged {
    let mut outcome = change(it, today)?;
    let (trusted, proposed) =
        (state_of(it.repo, &it.published.policy)?, state_of(it.repo, &it.after)?);
    let policy =
        effective(&trusted, &proposed).map_err(|problems| broken(it.repo, &it.after, &problems))?;
    let globs = &policy.migrations;
    let list = |side| -> Result<Vec<crate::source::File>> {
        let mut entries = it.repo.list(side, &Migrations(globs))?;
        entries.retain(|it| globs.matches(it.path.as_bytes()));
        let mut files = read::files(it.repo, entries, SQL_LIMIT)?;
        let order = Order::of(it.repo, side, files.iter().map(|it| &it.path))?;
        files.sort_by_cached_key(|it| order.key(&it.path));
        Ok(files)
    };
    let (before, after) = (list(&it.before)?, list(&it.after)?);
    let known: BTreeSet<&RepoPath> = before.iter().map(|it| &it.path).collect();
    let now: BTreeMap<&RepoPath, &ObjectId> = after.iter().map(|it| (&it.path, &it.id)).collect();
    let edited = before.iter().filter(|it| now.get(&it.path).is_none_or(|id| **id != it.id));
    for file in edited {
        let notice = format!(
            "`{}` was merged before; what the change does to it was not rehearsed",
            file.path
        );
        outcome.verdict.notices.push(notice);
    }
    let added: Vec<_> = after.iter().filter(|it| !known.contains(&it.path)).collect();
    let mut databases: BTreeMap<RepoPath, Vec<Migration>> = BTreeMap::new();
    let default = policy.target.provider;
    let providers = Providers::of(it.repo, &it.after, default, after.iter().map(|it| &it.path))?;
    let texts = added.iter().filter_map(|it| read::text_of(it)).collect();
    for migration in read::migrations(texts, &providers) {
        // Nothing else is to be had here.
        if !migration.provider.is_postgres() {
            let (path, provider) = (&migration.path, migration.provider.name());
            let notice = format!("`{path}` is for {provider} and was not rehearsed");
            outcome.verdict.notices.push(notice);
            continue;
        }
        databases.entry(order::database(&migration.path)).or_default().push(migration);
    }
    if databases.is_empty() {
        outcome
            .verdict
            .notices
            .push("the change has no new migration, so nothing was rehearsed".to_owned());
        return Ok(outcome);
    }
    let runs = engine::choose(how.wanted, how.shadow, policy.target.version, how.near)?;
    let place = Place::of_user()?;
    let baseline = baseline(it.repo, &it.published.policy)?;
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
        .help("change one of them at a time")
        .into());
    }
    let catalogs = past::of(it.repo, &it.before, &policy)?.catalogs;
    for (database, migrations) in databases {
        let own = before.iter().filter(|it| order::database(&it.path) == database);
        let history = read::migrations(own.filter_map(read::text_of).collect(), &providers);
        let history: Vec<Migration> = dump.iter().cloned().chain(history).collect();
        let mut model = catalogs.get(&database).cloned().unwrap_or_default();
        // Only for what it leaves behind: what it finds was found above.
        let _ = rules::run(&mut model, &migrations, &target(&policy), Scope::Change);
        let engine = Rehearsing { engine: &runs, place: &place, how };
        let (found, notices) = engine.judge(&history, &migrations, &model)?;
        let excuses = Excuses { policy: &policy, baseline: &baseline, today, inline: &[] };
        let mut sources = Sources::default();
        sources.extend(migrations.iter().map(|it| (it.path.clone(), it.text.clone())));
        let verdict =
            Verdict { judged: judge(found, &excuses), counts: Counts::default(), notices };
        let policy = policy.source.path.to_string();
        outcome.merge(Outcome { verdict, sources, policy });
    }
    Ok(outcome)
}

struct Rehearsing<'a> {
    engine: &'a Engine,
    place: &'a Place,
    how: &'a Rehearse<'a>,
}

impl Rehearsing<'_> {
    fn judge(
        &self,
        history: &[Migration],
        migrations: &[Migration],
        model: &Catalog,
    ) -> Result<(Vec<rules::Found>, Vec<String>)> {
        if matches!(self.engine, Engine::Shadow(_)) {
            engine::refuse_roles(migrations)?;
        }
        let available = self.engine.extensions();
        let steps = |all: &[Migration]| -> Vec<Step> {
            all.iter().map(|it| Step::of(it, &available)).collect()
        };
        let (past, new) = (steps(history), steps(migrations));
        let extensions: Vec<(String, String)> =
            new.iter().flat_map(|it| it.extensions.clone()).collect();
        let is_supabase = |it: &Migration| it.path.to_string().contains("supabase/migrations/");
        let supabase = history.iter().chain(migrations).any(is_supabase);
        let history = History { steps: &past, supabase, extensions: &extensions };
        let limits = Limits { time: self.how.deadline, disk: DISK };
        let base = Base::open(self.engine, self.place, &history, limits, self.how.progress)?;
        let mut trials = Vec::new();
        let mut watched = true;
        for (name, sending, how) in [
            ("whole", Sending::Whole, "in one text"),
            ("single", Sending::Single, "statement by statement"),
        ] {
            base.copy(name)?;
            watched &= base.watch_writes(name)?;
            let trial = trial(&base, name, &new, sending, how)?;
            // Where it was stopped there is no server for a second time.
            let over = trial.failed.as_ref().is_some_and(|it| it.stopped);
            trials.push(trial);
            if over {
                break;
            }
        }
        let partial = base.partial(past.len());
        let rehearsal = Rehearsal {
            migrations,
            before: &base.snapshot,
            trials: &trials,
            model,
            partial: partial.as_deref(),
        };
        let (found, mut additive) = rules::rehearsed(&rehearsal);
        if additive == Additive::Proven && !watched {
            additive = Additive::Unproven(
                "which rows it writes cannot be seen on this server without a superuser".to_owned(),
            );
        }
        let notices = self.notices(&base, &trials, (migrations.len(), past.len()), &additive);
        base.close();
        Ok((found, notices))
    }

    fn notices(
        &self,
        base: &Base,
        trials: &[Trial],
        (new, old): (usize, usize),
        additive: &Additive,
    ) -> Vec<String> {
        let mut notices = vec![format!(
            "rehearsed on {}: {new} new on {old} earlier migrations",
            self.engine.title()
        )];
        let named = |all: &[String]| all.join("`, `");
        if !base.told.stubs.is_empty() {
            notices.push(format!(
                "in place of the extensions `{}` stood something with their names",
                named(&base.told.stubs)
            ));
        }
        if !base.told.missing.is_empty() {
            notices.push(format!(
                "the extensions `{}` are not on this server and were left out",
                named(&base.told.missing)
            ));
        }
        let locks: BTreeSet<&(String, String)> = trials.iter().flat_map(|it| &it.locks).collect();
        for (table, mode) in locks {
            notices.push(format!("holds {mode} on `{table}` to the end of its transaction"));
        }
        notices.push(match additive {
            Additive::Proven => "additive: proven".to_owned(),
            Additive::Refuted(losses) => format!("additive: refuted: {}", losses.join("; ")),
            Additive::Unproven(why) => format!("additive: unproven: {why}"),
        });
        notices
    }
}

/// Applies the steps to a copy of the base that is there.
fn trial(
    base: &Base,
    name: &str,
    steps: &[Step],
    sending: Sending,
    how: &'static str,
) -> Result<Trial> {
    let mut trial = Trial { how, ..Trial::default() };
    for (at, step) in steps.iter().enumerate() {
        let mut session = base.session(name)?;
        let sent = match sending {
            Sending::Whole if !step.alone => with_locks(base, &mut session, step, &mut trial),
            _ => step.send(&mut session, sending),
        };
        if let Err((place, refused)) = sent {
            let stopped = base.server.stopped();
            let message = match stopped {
                Some(Stopped::Time) => {
                    "this took longer than a rehearsal may, and was stopped".to_owned()
                }
                Some(Stopped::Disk) => {
                    "this wrote more than a rehearsal may, and was stopped".to_owned()
                }
                None => refused.message,
            };
            trial.failed = Some(rules::Failure {
                migration: at,
                at: place,
                message,
                stopped: stopped.is_some(),
            });
            break;
        }
    }
    if base.server.stopped().is_some() {
        return Ok(trial);
    }
    trial.after = base.look(name)?;
    trial.writes = writes(&base.server.log(), name);
    base.drop(name)?;
    Ok(trial)
}

/// The same in a transaction around it, so that its locks can be seen before they are let go.
fn with_locks(
    base: &Base,
    session: &mut Session,
    step: &Step,
    trial: &mut Trial,
) -> std::result::Result<(), (std::ops::Range<usize>, crate::postgres::Refused)> {
    let whole = |it| (0..0, it);
    session.send("begin").map_err(whole)?;
    step.send_open(session)?;
    let held = session.rows(LOCKS).unwrap_or_default();
    for lock in held {
        let [table, mode] = lock.as_slice() else { continue };
        let is_there = ["table", "matview"].iter().any(|it| base.snapshot.get(it, table).is_some());
        if is_there {
            trial.locks.push((table.clone(), mode.clone()));
        }
    }
    session.send("commit").map_err(whole)
}

/// The strongest lock of this session on each table; what only reads aside.
const LOCKS: &str = "
select quote_ident(n.nspname) || '.' || quote_ident(c.relname), l.mode
from pg_locks l join pg_class c on c.oid = l.relation join pg_namespace n on n.oid = c.relnamespace
where l.pid = pg_backend_pid() and l.granted and c.relkind in ('r', 'p', 'm') and n.nspname !~ '^pg_'
  and l.mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
order by 1, 2";

/// The plans in the server's log that write rows, of one database.
fn writes(log: &str, database: &str) -> Vec<Write> {
    let mark = format!("<{database}> ");
    let mut all: BTreeSet<Write> = BTreeSet::new();
    let mut entries: Vec<String> = Vec::new();
    for line in log.lines() {
        match line.strip_prefix(&mark) {
            Some(first) => entries.push(first.to_owned()),
            // The lines of an entry are indented.
            None if line.starts_with('\t') => {
                if let Some(entry) = entries.last_mut() {
                    entry.push('\n');
                    entry.push_str(line);
                }
            }
            None => entries.push(String::new()),
        }
    }
    for entry in entries.iter().filter(|it| it.contains("plan:")) {
        let Some(start) = entry.find('{') else { continue };
        if let json::Json::Value(plan) = json::read(entry[start..].trim_end()) {
            nodes(&plan, &mut all);
        }
    }
    all.into_iter().collect()
}

fn nodes(value: &json::Value<'_>, all: &mut BTreeSet<Write>) {
    for item in value.items().into_iter().flatten() {
        nodes(&item, all);
    }
    let members = value.members().unwrap_or_default();
    let text = |key: &str| members.iter().find(|it| it.key == key).and_then(|it| it.value.string());
    if text("Node Type").as_deref() == Some("ModifyTable")
        && let (Some(operation), Some(table)) = (text("Operation"), text("Relation Name"))
    {
        let schema = text("Schema").unwrap_or_else(|| "public".to_owned());
        all.insert(Write { operation, table: TableName::new(schema, table) });
    }
    for member in &members {
        nodes(&member.value, all);
    }
}

/// What the catalogs of a copy say.
impl Base {
    fn look(&self, name: &str) -> Result<Snapshot> {
        self.server.session(name, crate::postgres::OWNER)?.snapshot()
    }
}
