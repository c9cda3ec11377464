//! Weighs findings against the policy, its exceptions and the baseline.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::{Excuse, Fingerprint, Inline, Judged, Outcome, SetBy};
use crate::policy::baseline::Entry;
use crate::policy::{Baseline, Date, Policy};
use crate::rules::{Finding, Found, Level, Rule};
use crate::source::RepoPath;

/// What can let a finding pass.
pub struct Excuses<'a> {
    pub policy: &'a Policy,
    pub baseline: &'a Baseline,
    /// The day on which exceptions are asked whether they still hold.
    pub today: Date,
    /// The comments of the migrations at hand.
    pub inline: &'a [Inline],
}

/// A rule at level `allow` and an exempt subject leave nothing; everything else is judged and told.
pub fn judge(found: Vec<Found>, excuses: &Excuses<'_>) -> Vec<Judged> {
    let mut numbers = Numbers::default();
    let mut judged = Vec::with_capacity(found.len());
    for Found { rule, finding } in found {
        let path = &finding.span.path;
        let subject = finding.subject.0.as_str();
        let setting = excuses.policy.setting(rule.name, path);
        if setting.level == Level::Allow || excuses.policy.exempts(rule.name, path, subject) {
            continue;
        }
        let fingerprint = numbers.fingerprint(rule, &finding);
        let exception = excuses.policy.exception(rule.name, path, subject, excuses.today);
        let comment = excuses.inline.iter().find(|it| it.holds(rule, &finding, excuses.today));
        let outcome = if setting.level == Level::Warn {
            comment.map_or(Outcome::Warns, |it| Outcome::Excused(it.excuse()))
        } else if let Some(it) = exception {
            Outcome::Excused(Excuse::Policy { span: it.span.clone(), reason: it.reason.clone() })
        } else if excuses.baseline.contains(&fingerprint.0, rule.name, &path.to_string()) {
            Outcome::Excused(Excuse::Baseline)
        } else {
            Outcome::Blocks
        };
        let set_by =
            setting.span.map(|span| SetBy { span, reason: setting.reason.map(str::to_owned) });
        judged.push(Judged {
            rule,
            level: setting.level,
            finding,
            outcome,
            fingerprint,
            set_by,
            unapproved: Vec::new(),
            commits: Vec::new(),
        });
    }
    judged
}

/// The same, and what is left to say of comments that excuse nothing.
pub fn judge_with_comments(found: Vec<Found>, excuses: &Excuses<'_>) -> Vec<Judged> {
    let mut judged = judge(found, excuses);
    let idle = Inline::idle(excuses.inline, &judged, excuses.today);
    judged.extend(judge(idle, excuses));
    judged
}

/// The entries of a baseline for all of these, whatever a policy says of them.
#[must_use]
pub fn entries(found: &[Found]) -> BTreeSet<Entry> {
    let mut numbers = Numbers::default();
    let entry = |it: &Found| Entry {
        path: it.finding.span.path.to_string(),
        rule: it.rule.name.to_owned(),
        subject: it.finding.subject.0.clone(),
        fingerprint: numbers.fingerprint(it.rule, &it.finding).0,
    };
    found.iter().map(entry).collect()
}

/// How often the same statement has been seen in one file.
#[derive(Default)]
struct Numbers(BTreeMap<Fingerprint, u32>);

impl Numbers {
    fn fingerprint(&mut self, rule: &Rule, finding: &Finding) -> Fingerprint {
        let (path, subject) = (&finding.span.path, finding.subject.0.as_str());
        let first = fingerprint(rule.name, path, subject, &finding.evidence, 0);
        match *self.0.entry(first.clone()).and_modify(|it| *it += 1).or_insert(0) {
            0 => first,
            nth => fingerprint(rule.name, path, subject, &finding.evidence, nth),
        }
    }
}

/// No line number goes in, so that a finding keeps its name when lines move; the statement does, so that another one
/// under the same path is another finding. The same statement again in one file is told apart by its number.
fn fingerprint(
    rule: &str,
    path: &RepoPath,
    subject: &str,
    evidence: &str,
    nth: u32,
) -> Fingerprint {
    let mut hash = Sha256::new();
    let number = nth.to_be_bytes();
    for part in [rule.as_bytes(), path.as_bytes(), subject.as_bytes(), evidence.as_bytes(), &number]
    {
        // With its length, so that no two lists of parts are the same bytes.
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    let mut hex = String::with_capacity(32);
    for byte in &hash.finalize()[..16] {
        let _ = write!(hex, "{byte:02x}");
    }
    Fingerprint(hex)
}
