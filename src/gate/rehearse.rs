//! Applies a change to a throw-away server and compares what it does with what it says.

use std::collections::BTreeSet;
use std::time::Duration;

use super::added::{Added, Earlier, Set};
use super::change::target;
use super::engine::{self, ShadowServer, Staged, Wanted, staged};
use super::policies::{baseline, broken, effective, state_of};
use super::{Change, Judged, Outcome, approvals, change, past};
use crate::failure::Result;
use crate::parse::{Migration, json};
use crate::postgres::{Base, Engine, Place, READY, Sending, Session, Step, Stopped};
use crate::report::Sources;
use crate::rules::{self, Additive, Rehearsal, Scope, Trial, Write};
use crate::schema::{Catalog, Row, Snapshot, TableName};
use crate::source::Time;
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

/// What reading the change says, and then what it does.
pub fn rehearse(it: &Change<'_>, how: &Rehearse<'_>, now: Time) -> Judged {
    let mut outcome = change(it, now)?;
    let (trusted, proposed) =
        (state_of(it.repo, &it.published.policy)?, state_of(it.repo, &it.after)?);
    let policy =
        effective(&trusted, &proposed).map_err(|problems| broken(it.repo, &it.after, &problems))?;
    let added = Added::of(it, &policy, &trusted, None)?;
    outcome.verdict.notices.extend(added.notices);
    if added.sets.is_empty() {
        outcome
            .verdict
            .notices
            .push("the change has no new migration, so nothing was rehearsed".to_owned());
        return Ok(outcome);
    }
    let runs = engine::choose(how.wanted, how.shadow, policy.target.version, how.near)?;
    let place = Place::of_user()?;
    let baseline = baseline(it.repo, &it.published.policy)?;
    let catalogs = past::of(it.repo, &it.before, &policy)?.catalogs;
    for Set { database, history, migrations } in added.sets {
        let mut model = catalogs.get(&database).cloned().unwrap_or_default();
        // Only for what it leaves behind: what it finds was found above.
        let _ = rules::run(&mut model, &migrations, &target(&policy), Scope::Change);
        let engine = Rehearsing { engine: &runs, place: &place, how };
        let (found, notices) = engine.judge(&history, &migrations, &model)?;
        let today = now.date();
        let excuses = Excuses { policy: &policy, baseline: &baseline, today, inline: &[] };
        let mut sources = Sources::default();
        sources.extend(migrations.iter().map(|it| (it.path.clone(), it.text.clone())));
        let mut judged = judge(found, &excuses);
        approvals::weigh(it, &mut judged, now)?;
        let verdict = Verdict { judged, counts: Counts::default(), notices, ..Verdict::default() };
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
        history: &Earlier,
        migrations: &[Migration],
        model: &Catalog,
    ) -> Result<(Vec<rules::Found>, Vec<String>)> {
        let Staged { base, new, past } =
            staged(self.engine, self.place, self.how, (history, migrations))?;
        let mut trials = Vec::new();
        let mut watched = true;
        for (name, sending, how) in [
            (READY[0], Sending::Whole, "in one text"),
            (READY[1], Sending::Single, "statement by statement"),
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
        let partial = base.partial(past);
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
        let notices = self.notices(&base, &trials, (migrations.len(), past), &additive);
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
        let rewritten: BTreeSet<String> =
            trials.iter().flat_map(|it| rewritten(&base.snapshot, &it.after)).collect();
        for table in rewritten {
            notices
                .push(format!("writes every row of `{table}` anew while nobody else can use it"));
        }
        notices.push(match additive {
            Additive::Proven => "additive: proven".to_owned(),
            Additive::Refuted(losses) => format!("additive: refuted: {}", losses.join("; ")),
            Additive::Unproven(why) => format!("additive: unproven: {why}"),
        });
        notices
    }
}

/// Tables that are in another file afterwards, and have other columns than before.
fn rewritten(before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let is_rewritten = |it: &(&str, &Row)| {
        let Some(now) = after.get("table", it.0) else { return false };
        let same = |key: &str| it.1.which.get(key) == now.which.get(key);
        let same_columns =
            |of: &Snapshot| of.inside("column", it.0).eq(before.inside("column", it.0));
        same("oid") && !same("node") && !same_columns(after)
    };
    before.of("table").filter(is_rewritten).map(|it| it.0.to_owned()).collect()
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
    trial.after = base.last_look(name)?;
    trial.writes = writes(&base.server.log(), name);
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
