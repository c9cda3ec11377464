//! What a rule is.

use serde::{Deserialize, Serialize};

use super::{Context, Finding, History, SchemaChange, State, Whole};
use crate::schema::{Change, Provider};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    Allow,
    Warn,
    /// Refused until whoever answers for the data lets it pass.
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
    pub check: Check,
}

impl Rule {
    /// Whether it is true of databases of that kind. What is about the data, its readers and the files holds everywhere;
    /// most of the rest is about what only Postgres has, or about how Postgres does what others do otherwise.
    pub fn holds_for(&self, provider: Provider) -> bool {
        let named = |names: &[&str]| names.contains(&self.name);
        provider.is_postgres()
            || match self.family {
                "destructive" => !named(&["cascade", "recreated-enum", "detach-partition"]),
                "compatibility" | "prisma" | "history" | "deploy" | "unreadable" | "tamper" => true,
                "naming" => !named(&["identifier-too-long", "reserved-word", "enum-case"]),
                "hygiene" => {
                    named(&["empty-migration", "invalid-allow", "unused-allow", "mixed-concerns"])
                }
                "access" => named(&["drop-view", "drop-function", "secret-literal"]),
                _ => false,
            }
    }
}

/// What a rule looks at.
#[derive(Debug)]
pub enum Check {
    /// One change, and the catalog just before it.
    Change(fn(&Context<'_>, &Change) -> Option<Finding>),
    /// One migration from its beginning to its end.
    Migration(fn(&Whole<'_>) -> Vec<Finding>),
    /// The catalog that the whole change leaves behind.
    State(fn(&State<'_>) -> Vec<Finding>),
    /// Both: what cannot be followed is judged at once, the rest at the end.
    ChangeAndState(fn(&Context<'_>, &Change) -> Option<Finding>, fn(&State<'_>) -> Vec<Finding>),
    /// Which migration files came, went and changed.
    History(fn(&History<'_>) -> Vec<Finding>),
    /// A Prisma schema as it was and as it would be.
    Schema(fn(&SchemaChange<'_>) -> Vec<Finding>),
    /// Findings come from whoever reads the files: a command, a policy, a content that is no text.
    Elsewhere,
}
