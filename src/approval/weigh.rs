//! Which refused findings somebody has signed for.

use super::{Ledger, Letter, POLICY_CHANGE, Posted};
use crate::rules::{Finding, Level};
use crate::source::{RepoPath, shell_word};
use crate::verdict::{Approver, Excuse, Judged, Outcome};

/// Lets pass what enough people have signed for. To the rest it adds why approvals that look like theirs do not count,
/// and the command that makes one.
pub fn weigh(judged: &mut [Judged], ledger: &Ledger<'_>) {
    for it in judged.iter_mut().filter(|it| it.outcome == Outcome::Blocks) {
        let (outcome, unapproved) = one(it, ledger);
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

impl Ledger<'_> {
    /// Whether there is an approval that was meant for this, whatever it is worth.
    #[must_use]
    pub fn concerns(&self, judged: &Judged) -> bool {
        let rule = needed_rule(judged.rule.name);
        let path = &judged.finding.span.path;
        self.posted.iter().any(|it| is_about(it, judged.level, rule, path, self))
    }
}

fn one(judged: &Judged, ledger: &Ledger<'_>) -> (Outcome, Vec<String>) {
    let (level, finding) = (judged.level, &judged.finding);
    let (rule, path) = (needed_rule(judged.rule.name), &finding.span.path);
    let mut by: Vec<Approver> = Vec::new();
    let mut unapproved = Vec::new();
    for posted in &ledger.posted {
        if !is_about(posted, level, rule, path, ledger) {
            continue;
        }
        match ledger.verify(posted, level).and_then(|it| lists(it, finding, ledger)) {
            Ok(letter) => {
                // Two approvals of one person are one.
                if !by.iter().any(|it| it.principal == letter.approver) {
                    by.push(approver(posted, letter));
                }
            }
            Err(why) => unapproved.push(format!("`{}` does not count: {why}", posted.file)),
        }
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

/// Whether what is found is among what was approved. What is merged was compared when it was.
fn lists<'l>(
    letter: &'l Letter,
    finding: &Finding,
    ledger: &Ledger<'_>,
) -> Result<&'l Letter, String> {
    let settled = ledger.now.is_none();
    if settled || letter.findings.is_empty() || letter.findings.contains(&finding_text(finding)) {
        return Ok(letter);
    }
    Err(format!(
        "this is not what `{}` has approved: {}",
        letter.approver,
        letter.findings.join("; ")
    ))
}

fn approver(posted: &Posted, letter: &Letter) -> Approver {
    Approver {
        principal: letter.approver.clone(),
        file: posted.file.clone(),
        reason: letter.reason.clone(),
        expires: letter.expires,
    }
}
