//! What a rule says.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Fix;
use crate::source::Span;

/// What a finding is about, as policies, baselines and approvals name it: `public.users.email`, a path, a command.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject(pub String);

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A place that helps to understand a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

/// One thing that is wrong, where, and what to do now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub subject: Subject,
    /// The consequence, in the reader's words: lower case, no full stop, names in backticks.
    pub message: String,
    pub span: Span,
    pub labels: Vec<Label>,
    /// The way that leads to the place, from its beginning: what runs what. Empty where there is none.
    pub path: Vec<Label>,
    /// The next steps, in the imperative, with the user's own names.
    pub help: Vec<String>,
    /// The text that the fingerprint is taken of: the statement or command with its white space folded.
    pub evidence: String,
    /// What a machine can write to be rid of it.
    pub fix: Option<Fix>,
}

impl Finding {
    pub fn new(subject: impl Into<String>, span: Span, message: impl Into<String>) -> Finding {
        Finding {
            subject: Subject(subject.into()),
            message: message.into(),
            span,
            labels: Vec::new(),
            path: Vec::new(),
            help: Vec::new(),
            evidence: String::new(),
            fix: None,
        }
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Finding {
        self.help.push(help.into());
        self
    }

    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Finding {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Finding {
        self.fix = Some(fix);
        self
    }

    /// Folds white space, so that re-indenting a statement does not make it another one.
    #[must_use]
    pub fn evidence(mut self, text: &str) -> Finding {
        self.evidence = text.split_whitespace().collect::<Vec<_>>().join(" ");
        self
    }
}
