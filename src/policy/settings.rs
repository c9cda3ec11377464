//! What a policy says about one rule, in general, for some paths, and for one subject.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Date, Globs, Pattern};
use crate::rules::Level;
use crate::source::{RepoPath, Source, Span};

/// How much a rule weighs at one path, and who says so.
#[derive(Clone, Debug)]
pub struct Setting<'p> {
    pub level: Level,
    /// Why, in the policy's words.
    pub reason: Option<&'p str>,
    /// The line that sets the level. Absent: it is the rule's default.
    pub span: Option<Span>,
    /// The text that the span points into.
    pub source: &'p Source,
}

/// A finding that may stay, and why.
#[derive(Clone, Debug)]
pub struct Exception {
    pub rule: String,
    pub subject: Pattern,
    pub reason: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// Absent: wherever the subject is found.
    pub paths: Option<Globs>,
    pub span: Span,
}

impl Exception {
    #[must_use]
    pub fn is_expired(&self, today: Date) -> bool {
        self.until.is_some_and(|until| until < today)
    }

    #[must_use]
    pub fn applies(&self, rule: &str, path: &RepoPath, subject: &str) -> bool {
        self.rule == rule
            && self.subject.matches(subject)
            && self.paths.as_ref().is_none_or(|it| it.matches(path.as_bytes()))
    }

    /// Whether both excuse the same.
    pub(super) fn same_ground(&self, other: &Exception) -> bool {
        self.rule == other.rule
            && self.subject.text == other.subject.text
            && self.globs() == other.globs()
    }

    /// Whether this one excuses whatever the other does, for as long.
    pub(super) fn covers(&self, other: &Exception) -> bool {
        let wide_enough = match (&self.paths, &other.paths) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(wide), Some(narrow)) => narrow.patterns().all(|(glob, _)| wide.cover(glob)),
        };
        let long_enough = match (self.until, other.until) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(long), Some(short)) => short <= long,
        };
        self.rule == other.rule && self.subject.covers(&other.subject) && wide_enough && long_enough
    }

    fn globs(&self) -> Option<Vec<&str>> {
        self.paths.as_ref().map(|it| it.patterns().map(|it| it.0).collect())
    }
}

/// One line under `[rules]`.
#[derive(Clone, Debug)]
pub(super) struct RuleEntry {
    pub(super) level: Level,
    pub(super) reason: Option<String>,
    pub(super) exempt: Vec<Pattern>,
    pub(super) range: Range<usize>,
}

/// `[[overrides]]`: other rules for some paths.
#[derive(Clone, Debug)]
pub(super) struct Override {
    pub(super) paths: Globs,
    pub(super) rules: BTreeMap<String, RuleEntry>,
}
