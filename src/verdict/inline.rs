//! Comments in migrations that ask to let a warning pass.

use serde::{Deserialize, Serialize};

use super::{Excuse, Judged, Outcome};
use crate::parse::Migration;
use crate::parse::sql::Said;
use crate::rules::{Finding, Found, Level, Rule, by_name};
use crate::source::{Date, Span};

/// A comment that says what it allows, why, and of which statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inline {
    /// The comment.
    pub span: Span,
    pub statement: Span,
    pub said: Said,
}

impl Inline {
    /// Those of a migration that can be understood. `invalid-allow` tells of the others.
    pub fn of(migration: &Migration) -> impl Iterator<Item = Inline> {
        let place = |range| Span::new(migration.path.clone(), range);
        migration.script.allows.iter().filter_map(move |it| {
            let said = it.said.clone().ok().filter(|it| by_name(&it.rule).is_some())?;
            let statement = place(it.statement.clone()?);
            Some(Inline { span: place(it.at.clone()), statement, said })
        })
    }

    /// What is left to say of those that excuse nothing.
    pub fn idle(inline: &[Inline], judged: &[Judged], today: Date) -> Vec<Found> {
        let findings = inline.iter().filter_map(|it| it.idleness(judged, today));
        findings.filter_map(|it| Found::of("unused-allow", it)).collect()
    }

    pub(super) fn holds(&self, rule: &Rule, finding: &Finding, today: Date) -> bool {
        !self.is_expired(today) && self.is_about(rule, finding)
    }

    pub(super) fn excuse(&self) -> Excuse {
        Excuse::Comment { span: self.span.clone(), reason: self.said.reason.clone() }
    }

    fn is_expired(&self, today: Date) -> bool {
        self.said.until.is_some_and(|until| until < today)
    }

    fn is_about(&self, rule: &Rule, finding: &Finding) -> bool {
        let at = &finding.span;
        self.said.rule == rule.name
            && self.statement.path == at.path
            && (self.statement.start..self.statement.end).contains(&at.start)
    }

    fn idleness(&self, judged: &[Judged], today: Date) -> Option<Finding> {
        let rule = self.said.rule.as_str();
        let own = self.excuse();
        if judged.iter().any(|it| it.outcome == Outcome::Excused(own.clone())) {
            return None;
        }
        // Of two comments that say the same, the other one is used; the rule tells of this one.
        let about = judged.iter().find(|it| self.is_about(it.rule, &it.finding));
        let finding = |message: String| {
            Finding::new(rule, self.span.clone(), message).evidence(&self.said.reason)
        };
        Some(match about {
            Some(it) if it.level > Level::Warn => finding(format!(
                "this excuses nothing: `{rule}` refuses the statement, and a comment excuses only what is warned about"
            ))
            .help(format!(
                "remove it; whoever answers for the data can write an exception for `{}` into policy.toml",
                it.finding.subject
            )),
            _ => match self.said.until.filter(|it| *it < today) {
                Some(until) => finding(format!("this excuses nothing since {until} is over"))
                    .help("mend the statement, and remove the comment"),
                None => finding(format!("this excuses nothing: `{rule}` does not warn of the statement"))
                    .help("remove it"),
            },
        })
    }
}
