//! Which fixes go together, and what they make of the files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::worktree::{OnDisk, Worktree};
use super::{edits, name, prisma};
use crate::gate::{Change, Outcome, Overlay, Stop, change_with};
use crate::policy::Date;
use crate::rules::{Edit, Fix, Mapped, Slot};
use crate::source::RepoPath;
use crate::verdict::{Judged, Outcome as Standing};

/// No change set has so many kinds of findings that mend each other.
const MOST_ROUNDS: usize = 200;

/// What is to be mended.
pub struct Question<'a> {
    pub change: Change<'a>,
    pub worktree: &'a Worktree<'a>,
    pub today: Date,
}

/// What would be written, and what would be left.
#[derive(Debug, Default)]
pub struct Plan {
    /// Files with what is there now and what would be.
    pub files: BTreeMap<RepoPath, (Option<OnDisk>, Arc<str>)>,
    /// What each fix does, in the order in which they were found.
    pub done: Vec<(&'static str, String)>,
    /// Why fixes are not taken.
    pub left: Vec<Left>,
    /// What is found once all of this is written.
    pub after: Outcome,
}

/// A fix that nobody takes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Left {
    pub rule: &'static str,
    pub subject: String,
    pub why: String,
}

/// A finding with its fix, as it would be written on top of what is planned so far.
struct Candidate<'a> {
    judged: &'a Judged,
    title: String,
    writes: Writes,
}

#[derive(Clone, Debug, Default)]
struct Writes {
    edits: Vec<(RepoPath, Edit)>,
    /// Migrations that come right after one, with their texts.
    new: Vec<(RepoPath, String)>,
}

/// Everything that can be mended.
pub fn plan(question: &Question<'_>, unstaged: Overlay) -> Result<Plan, Stop> {
    let mut work =
        Work { question, overlay: unstaged, plan: Plan::default(), tried: BTreeSet::new() };
    let mut outcome = work.judge(&work.overlay)?;
    for _ in 0..MOST_ROUNDS {
        let candidates = work.candidates(&outcome);
        if candidates.is_empty() {
            break;
        }
        let Some((overlay, after, taken)) = work.first_that_holds(&outcome, &candidates)? else {
            break;
        };
        for candidate in &taken {
            work.plan.done.push((candidate.judged.rule.name, candidate.title.clone()));
        }
        work.overlay = overlay;
        outcome = after;
    }
    work.plan.left.sort();
    work.plan.left.dedup();
    work.plan.after = outcome;
    Ok(work.plan)
}

struct Work<'a> {
    question: &'a Question<'a>,
    overlay: Overlay,
    plan: Plan,
    /// Fixes that were looked at and do not hold.
    tried: BTreeSet<(&'static str, String, String)>,
}

type Held<'c, 'o> = (Overlay, Outcome, Vec<&'c Candidate<'o>>);

impl Work<'_> {
    fn judge(&self, overlay: &Overlay) -> Result<Outcome, Stop> {
        change_with(&self.question.change, overlay, self.question.today)
    }

    fn candidates<'o>(&mut self, outcome: &'o Outcome) -> Vec<Candidate<'o>> {
        let mut candidates = Vec::new();
        for judged in &outcome.verdict.judged {
            let Some(fix) = &judged.finding.fix else { continue };
            if matches!(judged.outcome, Standing::Excused(_)) || self.tried.contains(&key(judged)) {
                continue;
            }
            match self.writes(judged, fix, outcome) {
                Ok(writes) => {
                    candidates.push(Candidate { judged, title: fix.title.clone(), writes });
                }
                Err(why) => self.leave(judged, why),
            }
        }
        candidates
    }

    fn leave(&mut self, judged: &Judged, why: String) {
        self.tried.insert(key(judged));
        let subject = judged.finding.subject.0.clone();
        self.plan.left.push(Left { rule: judged.rule.name, subject, why });
    }

    /// All of them that do not get into each other's way; else the first one that holds alone.
    fn first_that_holds<'c, 'o>(
        &mut self,
        before: &Outcome,
        candidates: &'c [Candidate<'o>],
    ) -> Result<Option<Held<'c, 'o>>, Stop> {
        let mut together: Vec<&Candidate<'_>> = Vec::new();
        for candidate in candidates {
            together.push(candidate);
            if self.overlaid(&together).is_none() {
                together.pop();
            }
        }
        if together.len() > 1
            && let Some(overlay) = self.overlaid(&together)
        {
            let after = self.judge(&overlay)?;
            if holds(before, &after, &together).is_ok() {
                self.read(&together);
                return Ok(Some((overlay, after, together)));
            }
        }
        for candidate in candidates {
            let alone = vec![candidate];
            let why = match self.overlaid(&alone) {
                None => "its edits do not fit the file".to_owned(),
                Some(overlay) => {
                    let after = self.judge(&overlay)?;
                    match holds(before, &after, &alone) {
                        Ok(()) => {
                            self.read(&alone);
                            return Ok(Some((overlay, after, alone)));
                        }
                        Err(why) => why,
                    }
                }
            };
            self.leave(candidate.judged, why);
        }
        Ok(None)
    }

    /// The texts with these fixes in them; nothing where two of them want the same place.
    fn overlaid(&self, candidates: &[&Candidate<'_>]) -> Option<Overlay> {
        let mut overlay = self.overlay.clone();
        let mut edits: BTreeMap<&RepoPath, Vec<&Edit>> = BTreeMap::new();
        for (path, edit) in candidates.iter().flat_map(|it| &it.writes.edits) {
            edits.entry(path).or_default().push(edit);
        }
        for (path, edits) in edits {
            let text = self.text(path)?;
            overlay.0.insert(path.clone(), Some(edits::apply(&text, &edits)?.into()));
        }
        for (path, text) in candidates.iter().flat_map(|it| &it.writes.new) {
            // Each takes the first free number, so only one of them can have it.
            if overlay.0.insert(path.clone(), Some(text.as_str().into())).is_some() {
                return None;
            }
        }
        Some(overlay)
    }

    /// What the files are that these fixes write, before anything is written.
    fn read(&mut self, taken: &[&Candidate<'_>]) {
        let Some(overlay) = self.overlaid(taken) else { return };
        let edited = taken.iter().flat_map(|it| it.writes.edits.iter().map(|it| &it.0));
        let new = taken.iter().flat_map(|it| it.writes.new.iter().map(|it| &it.0));
        for path in edited.chain(new) {
            let Some(Some(text)) = overlay.0.get(path) else { continue };
            let before = match self.plan.files.remove(path) {
                Some((before, _)) => before,
                None => self.question.worktree.read(path).ok(),
            };
            self.plan.files.insert(path.clone(), (before, Arc::clone(text)));
        }
    }

    /// A file as it is planned so far.
    fn text(&self, path: &RepoPath) -> Option<Arc<str>> {
        match self.overlay.0.get(path) {
            Some(text) => text.clone(),
            None => self.question.worktree.read(path).ok().map(|it| it.text),
        }
    }

    fn writes(&self, judged: &Judged, fix: &Fix, outcome: &Outcome) -> Result<Writes, String> {
        let path = &judged.finding.span.path;
        if self.is_published(path)? {
            let Some((words, sql)) = &fix.afterwards else {
                return Err(format!("`{path}` is merged, so it takes a new migration"));
            };
            let new = self.new_migration(path, words, sql, &[])?;
            return Ok(Writes { edits: Vec::new(), new: vec![new] });
        }
        if !self.overlay.0.contains_key(path) {
            self.question.worktree.read(path).map_err(|it| it.message)?;
        }
        let mut writes = Writes::default();
        writes.edits.extend(fix.edits.iter().map(|it| (path.clone(), it.clone())));
        for (words, sql) in &fix.follow {
            let new = self.new_migration(path, words, sql, &writes.new)?;
            writes.new.push(new);
        }
        for it in &fix.mapped {
            if let Some(other) = names_again(outcome, path, it) {
                return Err(format!("`{other}` speaks of it too"));
            }
        }
        if !fix.mapped.is_empty() {
            self.map(path, fix, &mut writes)?;
        }
        Ok(writes)
    }

    /// Whether others may have it.
    fn is_published(&self, path: &RepoPath) -> Result<bool, String> {
        let Change { repo, before, published, .. } = &self.question.change;
        for side in [before, &published.order] {
            let entry = repo.entry(side, path.as_bytes()).map_err(|it| it.message)?;
            if entry.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn new_migration(
        &self,
        path: &RepoPath,
        words: &str,
        sql: &str,
        more: &[(RepoPath, String)],
    ) -> Result<(RepoPath, String), String> {
        let folder = Slot::of(path).folder;
        let journal = [folder.as_bytes(), b"/meta/_journal.json"].concat();
        if self.question.worktree.exists(&RepoPath::from(journal)) {
            return Err(format!(
                "Drizzle keeps a journal of its migrations: run `drizzle-kit generate --custom --name {words}` and write this into it: {}",
                one_line(sql)
            ));
        }
        let mut taken = self.migrations(&folder).map_err(|it| it.message)?;
        taken.extend(more.iter().map(|it| it.0.clone()));
        let last = self.last_published(&folder).map_err(|it| it.message)?;
        let last = more.last().map(|it| Slot::of(&it.0).name).max(last);
        let path = name::after(path, last.as_deref(), &slug(words), &taken).ok_or_else(|| {
            format!("the name of `{path}` shows no number for the migration that has to follow it")
        })?;
        if self.question.worktree.exists(&path) {
            return Err(format!("`{path}` is there already"));
        }
        let text = format!("{}\n", sql.trim_end());
        Ok((path, text))
    }

    /// Every migration of a folder, wherever it is known from.
    fn migrations(&self, folder: &RepoPath) -> crate::failure::Result<BTreeSet<RepoPath>> {
        let Change { repo, after, published, .. } = &self.question.change;
        let below = Below(folder);
        let mut paths: BTreeSet<RepoPath> = self.overlay.0.keys().cloned().collect();
        for side in [after, &published.order] {
            paths.extend(repo.list(side, &below)?.into_iter().map(|it| it.path));
        }
        Ok(paths)
    }

    fn last_published(&self, folder: &RepoPath) -> crate::failure::Result<Option<String>> {
        let Change { repo, published, .. } = &self.question.change;
        let listed = repo.list(&published.order, &Below(folder))?;
        let slots = listed.iter().map(|it| Slot::of(&it.path)).filter(|it| it.folder == *folder);
        Ok(slots.filter(|it| it.version().is_some()).map(|it| it.name).max())
    }

    /// The lines of a Prisma schema that keep its names.
    fn map(&self, path: &RepoPath, fix: &Fix, writes: &mut Writes) -> Result<(), String> {
        let folder = Slot::of(path).folder;
        let journal = [folder.as_bytes(), b"/meta/_journal.json"].concat();
        if self.question.worktree.exists(&RepoPath::from(journal)) {
            return Err("Drizzle generates the migration from TypeScript: change the name there, and generate it again".to_owned());
        }
        let schemas = self.schemas(&folder).map_err(|it| it.message)?;
        let texts: Vec<(RepoPath, Arc<str>)> =
            schemas.into_iter().filter_map(|it| Some((it.clone(), self.text(&it)?))).collect();
        if !texts.is_empty() {
            writes.edits.extend(prisma::map(&texts, &fix.mapped)?);
        }
        Ok(())
    }

    /// The files of the Prisma schema whose migrations are in this folder.
    fn schemas(&self, folder: &RepoPath) -> crate::failure::Result<Vec<RepoPath>> {
        let Some(above) = folder.parent().filter(|_| folder.file_name() == b"migrations") else {
            return Ok(Vec::new());
        };
        let files = self.question.change.repo.files()?;
        let is_schema =
            |it: &RepoPath| it.is_under(above.as_bytes()) && it.as_bytes().ends_with(b".prisma");
        Ok(files.into_iter().filter(is_schema).collect())
    }
}

struct Below<'a>(&'a RepoPath);

impl crate::repo::Wanted for Below<'_> {
    fn file(&self, path: &[u8]) -> bool {
        path.ends_with(b".sql") && RepoPath::from(path).is_under(self.0.as_bytes())
    }

    fn directory(&self, path: &[u8]) -> bool {
        let path = RepoPath::from(path);
        path.is_under(self.0.as_bytes()) || self.0.is_under(path.as_bytes())
    }
}

/// Another migration of the change that has both names: what it means by them nobody can tell.
fn names_again<'o>(outcome: &'o Outcome, own: &RepoPath, it: &Mapped) -> Option<&'o RepoPath> {
    let has = |text: &str| {
        text.contains(&it.table) && it.column.as_ref().is_none_or(|it| text.contains(it))
    };
    let sql = |path: &RepoPath| path != own && path.as_bytes().ends_with(b".sql");
    outcome.sources.iter().find(|(path, text)| sql(path) && has(text)).map(|it| it.0)
}

fn key(judged: &Judged) -> (&'static str, String, String) {
    let finding = &judged.finding;
    (
        judged.rule.name,
        finding.span.path.to_string(),
        format!("{} {}", finding.subject, finding.message),
    )
}

/// Whether each finding is gone and no rule has more to say than before.
fn holds(before: &Outcome, after: &Outcome, taken: &[&Candidate<'_>]) -> Result<(), String> {
    let (mut allowed, now) = (counts(before), counts(after));
    for candidate in taken {
        if let Some(count) = allowed.get_mut(candidate.judged.rule.name) {
            *count = count.saturating_sub(1);
        }
    }
    let more = |(rule, count): (&&'static str, &usize)| {
        (*count > allowed.get(rule).copied().unwrap_or(0)).then_some(*rule)
    };
    match now.iter().find_map(more) {
        None => Ok(()),
        Some(rule) if taken.iter().any(|it| it.judged.rule.name == rule) => {
            Err("the fix that is known would not be rid of it here".to_owned())
        }
        Some(rule) => Err(format!("the fix that is known would bring `{rule}`")),
    }
}

fn counts(outcome: &Outcome) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for judged in &outcome.verdict.judged {
        if !matches!(judged.outcome, Standing::Excused(_)) {
            *counts.entry(judged.rule.name).or_default() += 1;
        }
    }
    counts
}

/// The words of a name, as every tool takes them.
fn slug(words: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let slug: String = words.chars().map(plain).take(60).collect();
    slug.trim_matches('_').to_owned()
}

fn one_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}
