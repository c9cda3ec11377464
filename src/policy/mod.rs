//! `policy.toml`: what is refused here, why, and for whom not. Every value knows its line.

mod approvals;
pub mod baseline;
mod catalogue;
mod compare;
mod globs;
pub mod init;
pub mod ledger;
mod pattern;
mod preset;
mod read;
mod reader;
mod settings;
pub mod tampering;
mod target;

use std::collections::BTreeMap;
use std::ops::Range;

pub use crate::source::Date;
pub use approvals::{Approvals, Asked, POLICY_CHANGE};
pub use baseline::Baseline;
pub use catalogue::Catalogue;
pub use compare::Weakening;
pub use globs::{BadGlob, Globs};
pub use ledger::Ledger;
pub use pattern::Pattern;
pub use preset::Preset;
pub use settings::{Exception, Setting};
pub use target::{Provider, Target};

use self::settings::{Override, RuleEntry};
use crate::source::{Content, RepoPath, Source, Span};

/// Where a policy is. There is no other place, so that nobody can put a second one before it.
pub const PATH: &str = "policy.toml";

/// This repository's own policy is the one that a repository without a policy is judged by.
const BUILT_IN: &str = include_str!("../../policy.toml");

/// What it calls migrations; a test compares.
const MIGRATIONS: [&str; 4] = [
    "**/migrations/*/migration.sql",
    "**/supabase/migrations/*.sql",
    "**/drizzle/*.sql",
    "**/drizzle/*/migration.sql",
];

/// What it calls rehearsals; a test compares.
const REHEARSALS: [&str; 6] = [
    ".github/workflows/*test*",
    ".github/workflows/*ci.y*ml",
    ".github/workflows/*check*",
    ".github/workflows/*migration*",
    ".github/workflows/*dry-run*",
    ".github/workflows/*e2e*",
];

/// A policy without problems.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The text that the spans point into.
    pub source: Source,
    /// Nobody has written a policy, so this one came with the program.
    pub built_in: bool,
    pub migrations: Globs,
    pub target: Target,
    pub deploy: Deploy,
    pub approvals: Approvals,
    /// Whether the ledger lists all that was applied, so that what comes after it was not.
    pub ledger: bool,
    /// What `pg_dump -s` made of the database, where its first migrations are lost.
    pub dump: Option<(String, Span)>,
    rules: BTreeMap<String, RuleEntry>,
    overrides: Vec<Override>,
    exceptions: Vec<Exception>,
    /// Where the sections and the facts begin.
    places: BTreeMap<String, Range<usize>>,
    catalogue: Catalogue,
    /// The policy that the change brings with it. It can only add.
    proposed: Option<Box<Policy>>,
}

/// What is wrong with a policy, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Lower case, no full stop, names in backticks.
    pub message: String,
    pub span: Span,
    pub help: Option<String>,
}

/// What may be run when the application is deployed.
#[derive(Clone, Debug, Default)]
pub struct Deploy {
    /// The only commands that may stand as a release command or a setup script. Absent: any that leaves the database
    /// alone.
    pub allow: Option<Vec<(String, Span)>>,
    /// What only developers run: scripts of `package.json` by their name, files by their path, and places in files as
    /// findings name them.
    pub local_scripts: Vec<(String, Span)>,
    /// Workflows whose jobs may migrate a database of their own. Of several lists all must have it.
    pub rehearsals: Vec<Globs>,
    /// Commands that no deployment may run, besides those the program knows: a program, then words that follow it.
    pub forbidden: Vec<(String, Span)>,
}

impl Deploy {
    /// Whether the list of allowed commands leaves room for this one. White space does not count.
    #[must_use]
    pub fn allows(&self, command: &str) -> bool {
        let same = |it: &str| it.split_whitespace().eq(command.split_whitespace());
        self.allow.as_ref().is_none_or(|list| list.iter().any(|it| same(&it.0)))
    }

    #[must_use]
    pub fn is_local_script(&self, name: &str) -> bool {
        self.local_scripts.iter().any(|it| it.0 == name)
    }

    /// Whether the jobs of a workflow may migrate a database that they have made for themselves.
    #[must_use]
    pub fn rehearses(&self, path: &RepoPath) -> bool {
        !self.rehearsals.is_empty() && self.rehearsals.iter().all(|it| it.matches(path.as_bytes()))
    }
}

impl Policy {
    /// Every problem that can be seen at once is told at once.
    pub fn parse(source: &Source) -> Result<Policy, Vec<Problem>> {
        Policy::parse_with(source, &Catalogue::ours())
    }

    /// As `parse`, for these rules.
    pub fn parse_with(source: &Source, catalogue: &Catalogue) -> Result<Policy, Vec<Problem>> {
        let (mut policy, problems) = read::read(source, catalogue);
        if !policy.places.contains_key("paths") {
            policy.migrations = Policy::built_in_with(catalogue).migrations;
        }
        if policy.deploy.rehearsals.is_empty() {
            policy.deploy.rehearsals.push(Policy::built_in_rehearsals());
        }
        if problems.is_empty() { Ok(policy) } else { Err(problems) }
    }

    /// A policy as git has it, which may be no text at all.
    pub fn from_content(path: &RepoPath, content: &Content) -> Result<Policy, Vec<Problem>> {
        match content {
            Content::Text(text) => Policy::parse(&Source::new(path.clone(), text.clone())),
            Content::Unreadable(why) => Err(vec![Problem {
                message: format!("{path} {}", why.reason()),
                span: Span::file(path.clone()),
                help: Some(format!("write {path} as a plain file in UTF-8")),
            }]),
        }
    }

    /// What a repository without a policy is judged by.
    #[must_use]
    pub fn built_in() -> Policy {
        Policy::built_in_with(&Catalogue::ours())
    }

    /// The globs of the built-in policy, which every hook asks for, without reading the rest of it: that is a sixth of
    /// a hook's work.
    #[must_use]
    pub fn built_in_migrations() -> Globs {
        let place = || Span::file("policy.toml (built in)".into());
        Globs::new(MIGRATIONS.iter().map(|it| ((*it).to_owned(), place())).collect())
    }

    fn built_in_rehearsals() -> Globs {
        let place = || Span::file("policy.toml (built in)".into());
        Globs::new(REHEARSALS.iter().map(|it| ((*it).to_owned(), place())).collect())
    }

    /// As `built_in`, for these rules. Lines about others are passed over; a test keeps them out.
    #[must_use]
    pub fn built_in_with(catalogue: &Catalogue) -> Policy {
        let source = Source::new("policy.toml (built in)", BUILT_IN);
        let (policy, _) = read::read(&source, catalogue);
        Policy { built_in: true, ..policy }
    }

    /// How much a rule weighs at this path. Of several overrides for a path the last one counts.
    #[must_use]
    pub fn setting(&self, rule: &str, path: &RepoPath) -> Setting<'_> {
        let own = match self.entry(rule, path) {
            Some(it) => Setting {
                level: it.level,
                reason: it.reason.as_deref(),
                span: Some(self.span(it.range.clone())),
                source: &self.source,
            },
            None => Setting {
                level: self.catalogue.level(rule),
                reason: None,
                span: self.catalogue.preset_level(rule).map(|_| self.place("preset")),
                source: &self.source,
            },
        };
        match &self.proposed {
            Some(proposed) => {
                let other = proposed.setting(rule, path);
                if other.level > own.level { other } else { own }
            }
            None => own,
        }
    }

    /// Whether the policy lists this subject as none of the rule's business.
    #[must_use]
    pub fn exempts(&self, rule: &str, path: &RepoPath, subject: &str) -> bool {
        let own =
            self.entry(rule, path).is_some_and(|it| it.exempt.iter().any(|it| it.matches(subject)));
        own && self.proposed.as_ref().is_none_or(|it| it.exempts(rule, path, subject))
    }

    /// The exception that excuses this finding today.
    #[must_use]
    pub fn exception(
        &self,
        rule: &str,
        path: &RepoPath,
        subject: &str,
        today: Date,
    ) -> Option<&Exception> {
        if let Some(proposed) = &self.proposed {
            proposed.exception(rule, path, subject, today)?;
        }
        self.exceptions.iter().find(|it| it.applies(rule, path, subject) && !it.is_expired(today))
    }

    /// Every exception, those included that have expired.
    #[must_use]
    pub fn exceptions(&self) -> &[Exception] {
        &self.exceptions
    }

    /// Exceptions that excuse nothing any more, to be told.
    pub fn expired(&self, today: Date) -> impl Iterator<Item = &Exception> {
        self.exceptions.iter().filter(move |it| it.is_expired(today))
    }

    /// The texts that spans of this policy point into.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        std::iter::successors(Some(self), |it| it.proposed.as_deref()).map(|it| &it.source)
    }

    /// Never looser than either, for any rule, path and subject. What the proposed policy excuses is excused only
    /// if the trusted one excuses it too.
    ///
    /// Where both have the same path and say different things, the trusted one's becomes `policy.toml (base)`, so
    /// that every span has one text.
    #[must_use]
    pub fn stricter(trusted: &Policy, proposed: &Policy) -> Policy {
        let mut both = trusted.clone();
        if trusted.source == proposed.source {
            return both;
        }
        if trusted.source.path == proposed.source.path {
            both = both.set_aside();
        }
        both.migrations = both.migrations.union(&proposed.migrations);
        both.target = compare::stricter_target(&trusted.target, &proposed.target);
        both.ledger &= proposed.ledger;
        both.deploy = compare::stricter_deploy(&trusted.deploy, &proposed.deploy);
        both.proposed = Some(Box::new(match both.proposed {
            Some(nested) => Policy::stricter(&nested, proposed),
            None => proposed.clone(),
        }));
        both
    }

    /// Everything that the proposed policy lets pass and the trusted one does not.
    #[must_use]
    pub fn weakenings(trusted: &Policy, proposed: &Policy) -> Vec<Weakening> {
        compare::weakenings(trusted, proposed)
    }

    /// The globs that match none of these files, if none of the list does. A well-known folder that does not exist
    /// yet is no problem: a policy may come before the first migration.
    pub fn unmatched<'f>(&self, files: impl Iterator<Item = &'f [u8]>) -> Vec<Problem> {
        let well_known = Policy::built_in_migrations();
        let suspects: Vec<_> =
            self.migrations.patterns().filter(|it| !well_known.cover(it.0)).collect();
        if suspects.is_empty() || { files }.any(|it| self.migrations.matches(it)) {
            return Vec::new();
        }
        let problem = |(glob, span): (&str, &Span)| Problem {
            message: format!(
                "`{glob}` matches no file of this repository, and neither does any other glob here"
            ),
            span: span.clone(),
            help: Some("write the path of your migrations as `git ls-files` shows it".to_owned()),
        };
        suspects.into_iter().map(problem).collect()
    }

    /// The same policy as `policy.toml (base)`, where its path has another text.
    #[must_use]
    pub fn set_aside(self) -> Policy {
        let path = format!("{} (base)", self.source.path);
        self.renamed(&path)
    }

    /// The same policy, as if its file had another name. Read anew, so that all spans follow.
    fn renamed(self, path: &str) -> Policy {
        let source = Source { path: path.into(), text: self.source.text };
        let (mut policy, _) = read::read(&source, &self.catalogue);
        if !policy.places.contains_key("paths") {
            policy.migrations = self.migrations;
        }
        if policy.deploy.rehearsals.is_empty() {
            policy.deploy.rehearsals = self.deploy.rehearsals;
        }
        Policy { built_in: self.built_in, proposed: self.proposed, ..policy }
    }

    fn entry(&self, rule: &str, path: &RepoPath) -> Option<&RuleEntry> {
        let overrides = self.overrides.iter().rev().filter(|it| it.rules.contains_key(rule));
        let here = { overrides }.find(|it| it.paths.matches(path.as_bytes()));
        here.map_or(&self.rules, |it| &it.rules).get(rule)
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.source.path.clone(), range)
    }

    /// Where a section begins, or the file as a whole.
    fn place(&self, key: &str) -> Span {
        let section = key.split('.').next().unwrap_or_default();
        let range = self.places.get(key).or_else(|| self.places.get(section));
        range.map_or_else(|| Span::file(self.source.path.clone()), |it| self.span(it.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::Policy;

    #[test]
    fn the_built_in_globs_are_those_of_the_built_in_policy() {
        let policy = Policy::built_in();
        let globs = Policy::built_in_migrations();
        let texts = |it: &super::Globs| it.patterns().map(|it| it.0.to_owned()).collect::<Vec<_>>();
        assert_eq!(texts(&globs), texts(&policy.migrations));
        let rehearsals = Policy::built_in_rehearsals();
        assert_eq!(texts(&rehearsals), texts(&policy.deploy.rehearsals[0]));
    }
}
