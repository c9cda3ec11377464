//! A verdict as text.
//!
//! Everything here returns strings: who asks knows where they go, and passes what that place can show as a [`Style`].
//! No format changes a verdict.

mod catalogue;
mod diff;
mod excerpt;
mod frame;
mod github;
mod graph;
mod guide;
mod human;
mod json;
mod kit;
mod markdown;
mod status;
mod style;
mod text;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use catalogue::catalogue;
pub use diff::diff;
pub use github::step_summary;
pub use graph::{GraphFormat, graph};
pub use guide::{proof, rollback_guide, rollback_sql, rollbacks_json};
pub use human::problems;
pub use kit::kit_files;
pub use markdown::verification;
pub use status::{Standing, State, Status, status};
pub use style::Style;

use crate::failure::Failure;
use crate::rules::Told;
use crate::source::{RepoPath, Span};
use crate::verdict::{Excuse, Judged, Outcome, Verdict};

/// The texts that findings point into, the policy's among them.
#[derive(Clone, Debug, Default)]
pub struct Sources(BTreeMap<RepoPath, Arc<str>>);

impl Sources {
    pub fn insert(&mut self, path: RepoPath, text: Arc<str>) {
        self.0.insert(path, text);
    }

    pub fn get(&self, path: &RepoPath) -> Option<&str> {
        self.0.get(path).map(AsRef::as_ref)
    }
}

impl Sources {
    pub fn iter(&self) -> impl Iterator<Item = (&RepoPath, &str)> {
        self.0.iter().map(|(path, text)| (path, text.as_ref()))
    }
}

impl FromIterator<(RepoPath, Arc<str>)> for Sources {
    fn from_iter<I: IntoIterator<Item = (RepoPath, Arc<str>)>>(texts: I) -> Sources {
        Sources(texts.into_iter().collect())
    }
}

/// What somebody was doing when it was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Commit,
    Merge,
    /// Sending: the names of the refs that are refused.
    Push {
        refs: Vec<String>,
    },
    /// Being sent to: the names of the refs that are refused.
    Receive {
        refs: Vec<String>,
    },
    /// Everything since another revision.
    Change {
        against: String,
    },
    /// Everything there is.
    Audit {
        rev: String,
    },
    /// The Prisma schemas beside the migrations.
    Drift {
        rev: String,
    },
    /// What a change since another revision does to a server.
    Rehearsal {
        against: String,
    },
    /// What a database in use has of a revision.
    Verification {
        rev: String,
        /// Its host and its name.
        database: String,
        /// The tables that were asked for.
        tables: Vec<Told>,
    },
    Files,
}

impl Action {
    /// Whether what is judged lies before whoever reads the report, so that it can be mended there.
    fn is_on_the_way(&self) -> bool {
        !matches!(
            self,
            Action::Receive { .. }
                | Action::Audit { .. }
                | Action::Drift { .. }
                | Action::Verification { .. }
        )
    }

    /// Whether what is judged is there already, or is no part of a change at all.
    fn is_about_what_is_there(&self) -> bool {
        matches!(self, Action::Audit { .. } | Action::Drift { .. } | Action::Files)
    }

    /// Whether it runs where the change is made, by what is known there, and can be skipped.
    fn is_advice(&self) -> bool {
        matches!(self, Action::Commit | Action::Merge | Action::Push { .. })
    }

    /// Whether git waits for the answer, and silence is the answer when nothing is wrong.
    fn is_hook(&self) -> bool {
        match self {
            Action::Commit | Action::Merge | Action::Push { .. } | Action::Receive { .. } => true,
            Action::Change { .. }
            | Action::Rehearsal { .. }
            | Action::Audit { .. }
            | Action::Drift { .. }
            | Action::Verification { .. }
            | Action::Files => false,
        }
    }
}

/// What there is to say.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    pub verdict: &'a Verdict,
    pub sources: &'a Sources,
    pub action: &'a Action,
    /// The policy's name: its path, or that it is the built-in one.
    pub policy: &'a str,
    /// Shows what is excused as well, and says when nothing is wrong.
    pub verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Human,
    Json,
    /// Annotations for GitHub Actions, and the human form for its log.
    Github,
}

/// Something wrong with a file of ours, as its reader tells it.
#[derive(Clone, Copy, Debug)]
pub struct Problem<'a> {
    /// Lower case, no full stop, as in a finding.
    pub message: &'a str,
    pub span: &'a Span,
    pub help: &'a [String],
}

/// Ends in a line feed, or is empty where silence says it all.
pub fn render(report: &Report<'_>, format: Format, style: &Style) -> String {
    match format {
        Format::Human => human::render(report, *style),
        Format::Json => json::render(report),
        Format::Github => github::render(report, *style),
    }
}

/// Lines of ours that name things of others.
pub fn clean_text(text: &str, style: &Style) -> String {
    let lines = text.lines().map(|it| text::clean(it, *style) + "\n");
    lines.collect()
}

/// Says why nothing was judged. What is not judged does not pass.
pub fn failure(failure: &Failure, doing: Option<&Action>, format: Format, style: &Style) -> String {
    match format {
        Format::Human => human::failure(failure, doing, *style),
        Format::Json => json::failure(failure, doing),
        Format::Github => github::failure(failure, doing, *style),
    }
}

/// The findings in the order in which they are told: what blocks first, then by place, each thing once.
fn ranked<'a>(verdict: &'a Verdict) -> Vec<&'a Judged> {
    fn rank(it: &Judged) -> u8 {
        match it.outcome {
            Outcome::Blocks => 0,
            Outcome::Warns => 1,
            Outcome::Excused(_) => 2,
        }
    }
    let place =
        |it: &'a Judged| (&it.finding.span, it.rule.name, &it.finding.subject, &it.finding.message);
    let mut ranked: Vec<&Judged> = verdict.judged.iter().collect();
    ranked.sort_by_key(|it| (rank(it), place(it)));
    let mut told = BTreeSet::new();
    ranked.retain(|it| told.insert(place(it)));
    ranked
}

/// Every place that is shown with a finding.
fn spans(judged: &Judged) -> impl Iterator<Item = &Span> {
    let excuse = match &judged.outcome {
        Outcome::Excused(Excuse::Policy { span, .. } | Excuse::Comment { span, .. }) => Some(span),
        _ => None,
    };
    let finding = &judged.finding;
    let labels = finding.labels.iter().chain(&finding.path).map(|label| &label.span);
    let policy = judged.set_by.iter().map(|set_by| &set_by.span);
    std::iter::once(&judged.finding.span).chain(labels).chain(policy).chain(excuse)
}

/// How many findings of each outcome there are, and in how many files.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    blocking: usize,
    warnings: usize,
    excused: usize,
    /// Files in which something blocks or warns.
    files: usize,
}

impl Tally {
    fn of(ranked: &[&Judged]) -> Tally {
        let mut tally = Tally::default();
        let mut paths = BTreeSet::new();
        for it in ranked {
            match it.outcome {
                Outcome::Blocks => tally.blocking += 1,
                Outcome::Warns => tally.warnings += 1,
                Outcome::Excused(_) => {
                    tally.excused += 1;
                    continue;
                }
            }
            paths.insert(&it.finding.span.path);
        }
        tally.files = paths.len();
        tally
    }

    fn told(self) -> usize {
        self.blocking + self.warnings
    }
}

impl Extend<(RepoPath, Arc<str>)> for Sources {
    fn extend<I: IntoIterator<Item = (RepoPath, Arc<str>)>>(&mut self, texts: I) {
        self.0.extend(texts);
    }
}

impl IntoIterator for Sources {
    type Item = (RepoPath, Arc<str>);
    type IntoIter = std::collections::btree_map::IntoIter<RepoPath, Arc<str>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
