//! Which findings stand, and why the others do not.

mod inline;
mod judge;

use crate::rules::{Finding, Level, Rule};
use crate::source::{ObjectId, RepoPath, Span, Time};

pub use inline::Inline;
pub use judge::{Excuses, entries, judge, judge_with_comments};

/// A finding with its weight.
#[derive(Clone, Debug)]
pub struct Judged {
    pub rule: &'static Rule,
    pub level: Level,
    pub finding: Finding,
    pub outcome: Outcome,
    pub fingerprint: Fingerprint,
    /// The line of the policy that sets the level, and the reason given there. Absent: the rule's own default.
    pub set_by: Option<SetBy>,
    /// Why approvals that are there do not let it pass: sentences of their own.
    pub unapproved: Vec<String>,
    /// The commits that what is refused came with, as far as that is known: no hook has held them up.
    pub commits: Vec<Brought>,
}

/// A commit that something came with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Brought {
    pub commit: ObjectId,
    /// The first line of its message.
    pub subject: String,
    /// The address of its author, as the commit says it itself.
    pub author: String,
}

/// The place in the policy that forbids something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetBy {
    pub span: Span,
    pub reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Blocks,
    Warns,
    Excused(Excuse),
}

/// The ways past the gate; each says where and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Excuse {
    /// An entry under `[[exceptions]]` of the trusted policy.
    Policy { span: Span, reason: String },
    /// A comment beside the statement, which only what is warned about heeds.
    Comment { span: Span, reason: String },
    /// It was there before: `.sprag/baseline.toml` of the trusted base lists its fingerprint.
    Baseline,
    /// As many people as the trusted policy asks for have signed for it.
    Approval { by: Vec<Approver> },
}

/// Somebody who has signed for a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approver {
    pub principal: String,
    /// Where the approval is.
    pub file: RepoPath,
    pub reason: String,
    pub expires: Time,
    /// Whether they have signed for whatever the rule finds there, and not word by word.
    pub whole_rule: bool,
}

/// Names a finding by what it says and not by where: hex of 16 bytes of SHA-256 over rule, path, subject and evidence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub String);

/// How much was looked at. Every report says it, so that silence can be told from blindness.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub files: usize,
    pub statements: usize,
    /// Statements of those that could not be read.
    pub opaque: usize,
}

/// Everything that was found in one change.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    pub judged: Vec<Judged>,
    pub counts: Counts,
    /// What the reader must know though nothing is wrong: "there is no policy.toml, the built-in one was used".
    pub notices: Vec<String>,
    /// Whose policy a hook trusted: `origin/main`, `HEAD`. Absent: nobody's, or whoever asked has named it.
    pub trusted: Option<String>,
}

impl Verdict {
    /// Whether the change is refused.
    pub fn blocks(&self) -> bool {
        self.judged.iter().any(|it| it.outcome == Outcome::Blocks)
    }
}
