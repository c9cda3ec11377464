//! Which refused findings somebody has signed for.

use std::collections::BTreeMap;

use super::{Ledger, Letter, POLICY_CHANGE, Posted, There};
use crate::rules::{Finding, Level};
use crate::source::{RepoPath, shell_word};
use crate::verdict::{Approver, Excuse, Judged, Outcome};

/// Why more approvals of one finding do not count nobody reads.
const MOST_TOLD: usize = 5;

/// The approvals that were meant for something, each with what it is worth.
type Meant<'l> = Vec<(&'l Posted, Result<&'l Letter, String>)>;

/// Lets pass what enough people have signed for. To the rest it adds why approvals that look like theirs do not count,
/// and the command that makes one.
pub fn weigh(judged: &mut [Judged], ledger: &Ledger<'_>) {
    // A signature is verified once, however many findings it is for.
    let mut known: BTreeMap<(Level, &str, RepoPath), Meant<'_>> = BTreeMap::new();
    for it in judged.iter_mut().filter(|it| it.outcome == Outcome::Blocks) {
        let (rule, path) = (needed_rule(it.rule.name), &it.finding.span.path);
        let meant = known.entry((it.level, rule, path.clone())).or_insert_with(|| {
            let meant =
                ledger.posted.iter().filter(|at| is_about(at, it.level, rule, path, ledger));
            meant.map(|at| (at, ledger.verify(at, it.level))).collect()
        });
        let (outcome, unapproved) = one(it, meant, ledger);
        it.outcome = outcome;
        it.unapproved = unapproved;
        if it.outcome == Outcome::Blocks && it.level == Level::Approve && ledger.now.is_some() {
            it.finding.help.push(command(needed_rule(it.rule.name), &it.finding.span.path));
        }
    }
}

/// What whoever answers for the data has to type.
fn command(rule: &str, path: &RepoPath) -> String {
    let shown = shell_word(&path.to_str_lossy());
    format!("whoever answers for it: sprag approve {shown} --rule {rule} --reason \"...\"")
}

/// What an approval has to name as its rule, so that findings of this one pass.
#[must_use]
pub fn needed_rule(rule: &str) -> &str {
    if rule == "policy-tampered" { POLICY_CHANGE } else { rule }
}

/// A finding as an approval names it: all that its reader is told of what happens.
#[must_use]
pub fn finding_text(finding: &Finding) -> String {
    let labels = finding.labels.iter().map(|it| it.text.as_str());
    let said: Vec<&str> = std::iter::once(finding.message.as_str()).chain(labels).collect();
    // A letter's lines have no space at their ends.
    format!("{}: {}", finding.subject, said.join("; ")).trim().to_owned()
}

/// The files that a finding is about: where it is shown, and where what leads to it stands.
pub fn files_of(finding: &Finding) -> impl Iterator<Item = &RepoPath> {
    let Finding { span, labels, path, .. } = finding;
    std::iter::once(span).chain(labels.iter().chain(path).map(|it| &it.span)).map(|it| &it.path)
}

impl Ledger<'_> {
    /// Whether there is an approval that was meant for this, whatever it is worth.
    #[must_use]
    pub fn concerns(&self, judged: &Judged) -> bool {
        let rule = needed_rule(judged.rule.name);
        let path = &judged.finding.span.path;
        self.posted.iter().any(|it| is_about(it, judged.level, rule, path, self))
    }

    /// Whether an approval that is [worth something](Ledger::verify) lets this pass: whoever signed has not written it
    /// themselves, and has signed for it.
    pub fn covers<'l>(&self, letter: &'l Letter, finding: &Finding) -> Result<&'l Letter, String> {
        self.is_distinct(letter, finding)?;
        if letter.findings.is_empty()
            || self.is_settled(letter)
            || letter.findings.contains(&finding_text(finding))
        {
            return Ok(letter);
        }
        Err(format!(
            "this is not what `{}` has approved: {}",
            letter.approver,
            letter.findings.join("; ")
        ))
    }

    /// What is merged as it was approved was compared when it was.
    fn is_settled(&self, letter: &Letter) -> bool {
        let same = match self.contents.get(&letter.path) {
            Some(There::File { sha256 }) => *sha256 == letter.sha256,
            Some(There::Unreadable) => false,
            None => letter.is_for_nothing(),
        };
        self.now.is_none() && same
    }
}

fn one(judged: &Judged, meant: &Meant<'_>, ledger: &Ledger<'_>) -> (Outcome, Vec<String>) {
    let (level, finding) = (judged.level, &judged.finding);
    let (rule, path) = (needed_rule(judged.rule.name), &finding.span.path);
    let mut by: Vec<Approver> = Vec::new();
    let mut unapproved = Vec::new();
    let mut more = 0;
    for (posted, worth) in meant {
        let why = match worth {
            Err(why) => why.clone(),
            Ok(letter) => match ledger.covers(letter, finding) {
                Ok(letter) => {
                    // Two approvals of one person are one.
                    if !by.iter().any(|it| it.principal == letter.approver) {
                        by.push(approver(posted, letter));
                    }
                    continue;
                }
                Err(why) => why,
            },
        };
        if unapproved.len() < MOST_TOLD {
            unapproved.push(format!("`{}` does not count: {why}", posted.file));
        } else {
            more += 1;
        }
    }
    if more > 0 {
        unapproved.push(format!("{more} more do not count: `sprag approvals` says why"));
    }
    for (file, letter) in &ledger.unstaged {
        if letter.rule == rule && letter.path == *path && level == Level::Approve {
            unapproved.push(format!(
                "`{file}` lies in your worktree and is not part of the change: `git add {file}*`"
            ));
        }
    }
    let wanted = ledger.terms.threshold(rule);
    if level != Level::Approve {
        return (Outcome::Blocks, unapproved);
    }
    if by.len() >= wanted {
        return (Outcome::Excused(Excuse::Approval { by }), Vec::new());
    }
    if !by.is_empty() {
        let names: Vec<String> = by.iter().map(|it| format!("`{}`", it.principal)).collect();
        unapproved.push(format!(
            "{} has approved it, and the policy asks for {wanted} people",
            names.join(" and ")
        ));
    }
    (Outcome::Blocks, unapproved)
}

/// Whether an approval was meant for this, whatever it is worth.
fn is_about(
    posted: &Posted,
    level: Level,
    rule: &str,
    path: &RepoPath,
    ledger: &Ledger<'_>,
) -> bool {
    match &posted.letter {
        Ok(letter) if letter.rule == rule => {
            let nowhere = !ledger.contents.contains_key(&letter.path) && !letter.is_for_nothing();
            letter.path == *path || (nowhere && level == Level::Approve)
        }
        Ok(_) => false,
        Err(_) => level == Level::Approve && posted.mentions(rule, path),
    }
}

fn approver(posted: &Posted, letter: &Letter) -> Approver {
    Approver {
        principal: letter.approver.clone(),
        file: posted.file.clone(),
        reason: letter.reason.clone(),
        expires: letter.expires,
        whole_rule: letter.findings.is_empty(),
    }
}
