//! What a rule is.

use serde::{Deserialize, Serialize};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    Allow,
    Warn,
    /// Refused until a signed approval covers it.
    Approve,
    Deny,
}

impl Level {
    pub const ALL: [Level; 4] = [Level::Deny, Level::Approve, Level::Warn, Level::Allow];

    pub fn name(self) -> &'static str {
        match self {
            Level::Allow => "allow",
            Level::Warn => "warn",
            Level::Approve => "approve",
            Level::Deny => "deny",
        }
    }
}

/// A rule: data, so that it can be listed, explained and tested without being run.
#[derive(Debug)]
pub struct Rule {
    /// What was found, so that "allow drop-column" reads.
    pub name: &'static str,
    pub family: &'static str,
    /// The rule's source file, whose header is its page.
    pub text: &'static str,
    /// The level where no policy names the rule.
    pub level: Level,
    pub check: super::Check,
}
