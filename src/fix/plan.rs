//! Which fixes go together, and what they make of the files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::edits;
use super::worktree::{OnDisk, Worktree};
use crate::gate::{Change, Outcome, Overlay, Stop, change_with};
use crate::rules::{Edit, Slot};
use crate::source::{RepoPath, Time};
use crate::verdict::{Judged, Outcome as Standing};

/// No change set has so many kinds of findings that mend each other.
const MOST_ROUNDS: usize = 200;

/// What is to be mended.
pub struct Question<'a> {
    pub change: Change<'a>,
    pub worktree: &'a Worktree<'a>,
    pub now: Time,
    /// The rules whose findings are mended; none: all of them.
    pub rules: &'a [String],
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
pub(super) struct Candidate<'a> {
    judged: &'a Judged,
    title: String,
    writes: Writes,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Writes {
    pub(super) edits: Vec<(RepoPath, Edit)>,
    /// Migrations that come right after one, with their texts.
    pub(super) new: Vec<(RepoPath, String)>,
}

/// Everything that can be mended.
pub fn plan(question: &Question<'_>, unstaged: Overlay) -> Result<Plan, Stop> {
    let mut work = Work::new(question, unstaged);
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

pub(super) struct Work<'a> {
    pub(super) question: &'a Question<'a>,
    pub(super) overlay: Overlay,
    pub(super) plan: Plan,
    /// Fixes that were looked at and do not hold.
    tried: BTreeSet<(&'static str, String, String)>,
}

type Held<'c, 'o> = (Overlay, Outcome, Vec<&'c Candidate<'o>>);

impl<'a> Work<'a> {
    pub(super) fn new(question: &'a Question<'a>, overlay: Overlay) -> Work<'a> {
        Work { question, overlay, plan: Plan::default(), tried: BTreeSet::new() }
    }

    pub(super) fn judge(&self, overlay: &Overlay) -> Result<Outcome, Stop> {
        change_with(&self.question.change, overlay, self.question.now)
    }

    fn candidates<'o>(&mut self, outcome: &'o Outcome) -> Vec<Candidate<'o>> {
        let mut candidates = Vec::new();
        for judged in &outcome.verdict.judged {
            let Some(fix) = &judged.finding.fix else { continue };
            let rules = self.question.rules;
            if !rules.is_empty() && !rules.iter().any(|it| it == judged.rule.name) {
                continue;
            }
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
        let mut numbers = BTreeSet::new();
        for (path, text) in candidates.iter().flat_map(|it| &it.writes.new) {
            // Each takes the first free number, so only one of them can have it.
            let slot = Slot::of(path);
            let number = slot.version().map(str::to_owned);
            if !numbers.insert((slot.folder, number)) {
                return None;
            }
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
    pub(super) fn text(&self, path: &RepoPath) -> Option<Arc<str>> {
        match self.overlay.0.get(path) {
            Some(text) => text.clone(),
            None => self.question.worktree.read(path).ok().map(|it| it.text),
        }
    }
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
pub(super) fn holds(
    before: &Outcome,
    after: &Outcome,
    taken: &[&Candidate<'_>],
) -> Result<(), String> {
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
