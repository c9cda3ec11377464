//! Judges what differs between two sides of a repository.

use std::collections::BTreeMap;

use super::aside::Aside;
use super::beside::{Kept, Sides};
use super::changed::Changed;
use super::databases::Databases;
use super::deployment::Deployment;
use super::edited::added_statements;
use super::order::Order;
use super::policies::{baseline, broken, effective, state_of};
use super::provider::{Providers, differ};
use super::read::{text_of, unreadable};
use super::watch::{Migrations, Watch};
use super::{
    Commits, Judged, Outcome, Overlay, SQL_LIMIT, approvals, beside, brought, declared, misplaced,
    order, past, read, records, schema, secrets, unwatched, upgraded,
};
use crate::failure::Result;
use crate::parse::{Migration, command};
use crate::policy::tampering::{self, PolicyState};
use crate::policy::{self, Policy};
use crate::repo::{Delta, Repo, Side, Wanted};
use crate::report::Sources;
use crate::rules::{self, Finding, Found, History, Level, Scope, State};
use crate::source::{File, RepoPath, Span, Time};
use crate::verdict::{self, Counts, Excuses, Inline, Verdict, judge_with_comments};

/// What is judged, and by whose policy.
pub struct Change<'a> {
    pub repo: &'a Repo,
    /// What everyone has.
    pub before: Side,
    /// The same, where the two histories parted at more than one place: what only the others have is not to be lost.
    pub also: Vec<Side>,
    /// What they would have.
    pub after: Side,
    /// Where the policy is trusted, and the order of migrations is compared with.
    pub published: Published,
    /// Absent: nobody knows who made it.
    pub commits: Option<Commits>,
    /// It goes to a branch from which the main one is still to be asked to take it.
    pub aside: bool,
}

/// The state that others already rely on.
#[derive(Clone, Debug)]
pub struct Published {
    /// Whose policy and baseline count.
    pub policy: Side,
    /// Whose migrations a new one must come after.
    pub order: Side,
    /// What the gate's own files are compared with, where that is not what the change is compared with.
    pub gate: Option<Side>,
    /// What people call the state whose policy counts, where they have not named it themselves.
    pub name: Option<String>,
}

impl Published {
    /// One state for all.
    pub fn at(side: Side) -> Published {
        Published { policy: side.clone(), order: side, gate: None, name: None }
    }
}

/// Judges the whole difference at once.
pub fn change(change: &Change<'_>, now: Time) -> Judged {
    change_with(change, &Overlay::default(), now)
}

/// The same, had these texts been staged.
pub fn change_with(change: &Change<'_>, overlay: &Overlay, now: Time) -> Judged {
    let mut outcome = compared(change, &change.before, overlay, now)?;
    for before in &change.also {
        let mut other = compared(change, before, overlay, now)?;
        // What is new is seen from any of them. What is taken back shows beside the one that had it.
        let taken_back = |it: &str| matches!(it, "history" | "tamper");
        other.verdict.judged.retain(|it| taken_back(it.rule.family));
        other.verdict.counts = Counts::default();
        outcome.merge(other);
    }
    Ok(outcome)
}

fn compared(change: &Change<'_>, before: &Side, overlay: &Overlay, now: Time) -> Judged {
    let Change { repo, after, published, .. } = change;
    let trusted = state_of(repo, &published.policy)?;
    let proposed = state_of(repo, after)?;
    let policy =
        effective(&trusted, &proposed).map_err(|problems| broken(repo, after, &problems))?;
    let watch = Watch { migrations: &policy.migrations, base: &trusted };
    let deltas = repo.diff(before, after, &watch)?;
    if deltas.is_empty() && overlay.is_empty() {
        return Ok(Outcome::default());
    }

    let mut work = Work {
        repo,
        policy: &policy,
        overlay,
        trusted: &published.policy,
        notices: Vec::new(),
        inline: Vec::new(),
        found: Vec::new(),
        sources: Sources::default(),
        counts: Counts::default(),
    };
    let (migrations, others): (Vec<Delta>, Vec<Delta>) =
        deltas.into_iter().partition(|it| policy.migrations.matches(it.path.as_bytes()));
    for finding in misplaced::of(&policy.migrations, &others, &migrations) {
        work.find("unreadable-file", finding);
    }
    let (found, files) = unwatched::in_change(repo, after, &others, &policy.migrations)?;
    work.found.extend(found);
    work.sources.extend(files.iter().filter_map(text_of));
    let sides = Sides { before, after, tip: &published.order };
    let databases = work.migrations(migrations, &others, sides)?;
    work.schemas(&others, (before, after), databases)?;
    work.commands(&others, after)?;
    let more = match &published.gate {
        None => work.tampering(others, before, &proposed, after)?,
        Some(gate) => {
            let deltas = repo.diff(gate, after, &watch)?;
            work.tampering(deltas, gate, &proposed, after)?
        }
    };

    let Work { mut found, mut sources, counts, inline, mut notices, .. } = work;
    notices.extend(more);
    secrets::hide(&mut found, &mut sources);
    let baseline = baseline(repo, &published.policy)?;
    let today = now.date();
    let excuses = Excuses { policy: &policy, baseline: &baseline, today, inline: &inline };
    let mut judged = judge_with_comments(found, &excuses);
    approvals::weigh(change, &mut judged, now)?;
    let may_wait = |it: &PolicyState| it.policy().is_some_and(|it| it.approvals.branches_may_wait);
    if change.aside && may_wait(&trusted) && may_wait(&proposed) {
        wait(&mut judged);
    }
    sources.extend(policy.sources().map(|it| (it.path.clone(), it.text.clone())));
    brought::name(change, &mut judged);
    let verdict = Verdict { judged, counts, notices, trusted: published.name.clone() };
    Ok(Outcome { verdict, sources, policy: policy.source.path.to_string() })
}

/// What somebody may sign for yet is told, so that it can be pushed to where it is signed for.
fn wait(judged: &mut [verdict::Judged]) {
    let waits = |it: &&mut verdict::Judged| {
        it.outcome == verdict::Outcome::Blocks && it.level == Level::Approve
    };
    for it in judged.iter_mut().filter(waits) {
        it.outcome = verdict::Outcome::Warns;
        it.unapproved
            .push("it waits for an approval: the main branch takes it with one".to_owned());
    }
}

struct Work<'a> {
    repo: &'a Repo,
    policy: &'a Policy,
    overlay: &'a Overlay,
    /// Whose ledger counts.
    trusted: &'a Side,
    notices: Vec<String>,
    inline: Vec<Inline>,
    found: Vec<Found>,
    sources: Sources,
    counts: Counts,
}

impl Work<'_> {
    fn find(&mut self, rule: &str, finding: Finding) {
        self.found.extend(Found::of(rule, finding));
    }

    fn migrations(
        &mut self,
        deltas: Vec<Delta>,
        others: &[Delta],
        sides: Sides<'_>,
    ) -> Result<Option<Databases>> {
        let Sides { before, after: side, tip } = sides;
        let globs = &self.policy.migrations;
        let changes = read::changes(self.repo, deltas, SQL_LIMIT)?;
        let mut changes = self.overlay.over(changes, self.repo, before, globs)?;
        let kept = others.iter().filter(|it| Kept(globs).file(it.path.as_bytes())).count();
        if changes.is_empty() && kept == 0 {
            return Ok(None);
        }
        self.counts.files += changes.len() + kept;
        let mut past = past::of(self.repo, before, self.policy)?;
        let mut names = past::names(self.repo, globs, &past.files, (before, tip))?;
        upgraded::set_aside(globs, others, &mut changes, &mut names);
        let touched = (others, changes.as_slice());
        let beside = beside::of(self.repo, globs, sides, touched, &past.files)?;
        let applied = records::applied(self.repo, self.trusted)?.applied(self.policy.ledger);
        let history = History::new(&changes, &names, &beside).with_applied(&applied);
        self.found.extend(rules::found(&history));
        self.notices.extend(history.taken_back().into_iter().map(|it| {
            format!("`{it}` was merged, and comes after all that the ledger has as applied: it may be edited and removed")
        }));
        self.sources.extend(beside::texts(&beside));

        let there = || changes.iter().filter(|it| it.after.is_some()).map(|it| &it.path);
        let default = self.policy.target.provider;
        let providers = Providers::of(self.repo, side, default, there())?;
        let order = Order::of(self.repo, side, there())?;
        for finding in providers.unknown() {
            self.find("unreadable-file", finding);
        }
        let old = Providers::of(self.repo, before, default, there())?;
        let mut databases: BTreeMap<RepoPath, Vec<Migration>> = BTreeMap::new();
        for change in &changes {
            let Some(after) = &change.after else { continue };
            self.find("unapproved-migration", unapproved(after));
            let Some(provider) = providers.at(&change.path) else { continue };
            // Another database begins with nothing.
            if differ(old.at(&change.path), Some(provider)) {
                past.catalogs.remove(&order::database(&change.path));
            }
            let Some(text) = after.content.text() else {
                self.unreadable(after);
                continue;
            };
            self.sources.insert(change.path.clone(), text.clone());
            let mut migration = Migration::read(change.path.clone(), text.clone(), provider);
            if let Some(before) = &change.before {
                migration = added_statements(migration, before);
            }
            self.inline.extend(Inline::of(&migration));
            self.counts.statements += migration.script.statements;
            self.counts.opaque += migration.script.opaque;
            databases.entry(order::database(&change.path)).or_default().push(migration);
        }
        let target = target(self.policy);
        let mut all = Databases::new(past);
        for (database, mut migrations) in databases {
            migrations.sort_by_cached_key(|it| order.key(&it.path));
            let mut catalog = all.before(&database);
            let found = rules::run(&mut catalog, &migrations, &target, Scope::Change);
            self.found.extend(found);
            let state = State {
                catalog: &catalog,
                target: &target,
                everything: false,
                migrations: &migrations,
            };
            self.found.extend(rules::state(&state));
            let paths: Vec<RepoPath> = migrations.iter().map(|it| it.path.clone()).collect();
            all.change(database, catalog, &paths);
        }
        Ok(Some(all))
    }

    /// What Prisma would do next to the databases that the migrations leave behind.
    fn schemas(
        &mut self,
        deltas: &[Delta],
        (before, after): (&Side, &Side),
        databases: Option<Databases>,
    ) -> Result<()> {
        let touched = schema::touched(self.repo, deltas, self.overlay)?;
        let declared = declared::touched(deltas);
        let schemas = deltas.iter().filter(|it| schema::is_schema(&it.path)).count();
        self.counts.files += schemas + declared.len();
        let databases = match databases {
            Some(databases) => databases,
            None if touched.is_empty() && declared.is_empty() => return Ok(()),
            None => Databases::new(past::of(self.repo, before, self.policy)?),
        };
        let sides = (before, after);
        self.found.extend(declared::removed(self.repo, sides, &declared, &databases)?);
        let (found, texts) =
            schema::judge(self.repo, sides, (deltas, &touched), (self.overlay, &databases))?;
        self.found.extend(found);
        self.sources.extend(texts);
        Ok(())
    }

    fn unreadable(&mut self, file: &File) {
        if let Some(finding) = unreadable(file) {
            self.find("unreadable-file", finding);
        }
    }

    /// Commands that run when the application is deployed. What runs them may be in any file, so where the change makes
    /// a difference to what is run, all of them are read.
    fn commands(&mut self, deltas: &[Delta], after: &Side) -> Result<()> {
        let mut changed = Changed::of(self.repo, deltas)?;
        self.found.append(&mut changed.written);
        self.sources.extend(changed.texts.drain(..));
        if changed.runs_the_same() {
            return Ok(());
        }
        self.counts.files += changed.files();
        let deployment = Deployment::around(self.repo, after, &changed)?;
        let found = deployment.judge(&self.policy.deploy, Some(&changed), &mut self.sources);
        self.found.extend(found);
        Ok(())
    }

    /// What loosens the gate itself is compared with where the change began: a branch that is behind loosens nothing.
    fn tampering(
        &mut self,
        deltas: Vec<Delta>,
        before: &Side,
        proposed: &PolicyState,
        after: &Side,
    ) -> Result<Vec<String>> {
        let base = state_of(self.repo, before)?;
        let watched: Vec<Delta> =
            deltas.into_iter().filter(|it| tampering::watches(&it.path, &base)).collect();
        let changes = read::changes(self.repo, watched, SQL_LIMIT)?;
        let touched = changes.iter().any(|it| it.path.as_bytes() == policy::PATH.as_bytes());
        for change in &changes {
            let text = change.after.as_ref().and_then(|it| it.content.text());
            if let Some(text) = text.filter(|_| !command::is_read(&change.path)) {
                self.sources.insert(change.path.clone(), text.clone());
                self.counts.files += 1;
            }
        }
        let known = Aside { repo: self.repo, before, after, trusted: self.trusted };
        let known = known.of(&changes, (&base, proposed), self.policy)?;
        let mut tree = Vec::new();
        if touched && let PolicyState::Is(policy) = proposed {
            let entries = self.repo.list(after, &Migrations(&policy.migrations))?;
            tree = entries.into_iter().map(|it| it.path).collect();
            for problem in policy.unmatched(tree.iter().map(RepoPath::as_bytes)) {
                let finding = Finding::new(policy::PATH, problem.span, problem.message);
                self.find("policy-tampered", finding.help(problem.help.unwrap_or_default()));
            }
        }
        let (changes, tree, known) = (&changes, &tree, &known);
        let facts = tampering::Facts { base: &base, proposed, changes, tree, known };
        for finding in tampering::findings(&facts) {
            // Of files that are read for their commands, the text is there only where those differ.
            let change = changes.iter().find(|it| it.path == finding.span.path);
            let after = change.and_then(|it| it.after.as_ref());
            self.sources.extend(after.and_then(text_of));
            self.find("policy-tampered", finding);
        }
        for finding in tampering::flaws(&facts) {
            self.find("unreadable-file", finding);
        }
        let of_policy = touched || matches!(proposed, PolicyState::Absent);
        Ok(if of_policy { tampering::notices(&facts) } else { tampering::firsts(&facts) })
    }
}

/// What rules know of the policy's facts.
pub(super) fn target(policy: &Policy) -> rules::Target {
    rules::Target {
        exposed_schemas: policy.target.exposed_schemas.clone(),
        version: policy.target.version,
        provider: policy.target.provider,
    }
}

/// Where a policy asks for somebody's word on every migration, whatever it does.
fn unapproved(file: &File) -> Finding {
    let path = &file.path;
    let message = format!("`{path}` changes the database, and nobody has signed for it");
    Finding::new(path.to_string(), Span::file(path.clone()), message).evidence(&file.id.0)
}
