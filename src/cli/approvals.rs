//! `sprag approvals`: what was signed for, and what of it counts.

use std::fmt::Write as _;

use super::arguments::Approvals;
use super::check::asked;
use super::output::Output;
use super::{PASSED, now};
use crate::approval::{FOLDER, Ledger, Letter, Posted, needed_rule};
use crate::failure::Result;
use crate::gate::{self, Change, Stop, Trust};
use crate::repo::{Caller, Repo, Side};
use crate::report::Action;
use crate::rules::{Finding, Level};
use crate::source::ObjectId;
use crate::verdict::{Excuse, Judged, Outcome};

/// Lists what is signed for, and says what of it counts.
pub(super) fn run(it: &Approvals, output: &Output) -> Result<u8> {
    let repo = Repo::open(Caller::Command)?;
    let (change, against) = asked(&repo, it.base.as_deref(), None)?;
    let now = now();
    let action = Action::Change { against };
    let judged = match gate::change(&change, now) {
        Ok(outcome) => outcome.verdict.judged,
        Err(Stop::Failure(failure)) => return Err(failure),
        stop @ Err(Stop::Policy(_)) => return Ok(output.verdict(stop, &action, false)),
    };
    let trust = Trust::of(&change)?;
    let about = judged.iter().filter(|it| it.level == Level::Approve);
    let about: Vec<&Finding> = about.map(|it| &it.finding).collect();
    let ledger = match trust.ledger(&change, &about, now) {
        Ok(ledger) => ledger,
        Err(Stop::Failure(failure)) => return Err(failure),
        Err(stop) => return Ok(output.verdict(Err(stop), &action, false)),
    };
    let mut text = String::new();
    for posted in &ledger.posted {
        let _ = writeln!(text, "{}", posted.file);
        if let Ok(letter) = &posted.letter {
            let Letter { rule, path, approver, expires, reason, .. } = letter;
            let _ = writeln!(text, "  {rule} in {path}, by {approver} until {expires}: {reason}");
            if letter.findings.is_empty() {
                text.push_str("  for all findings of the rule\n");
            }
            if let Some(replaced) = letter.replaced() {
                let _ = writeln!(text, "  in place of {replaced}");
            }
        }
        let _ = writeln!(text, "  {}", state(posted, &judged, &ledger, &change)?);
    }
    for (file, _) in &ledger.unstaged {
        let _ = writeln!(text, "{file}\n  does not count: it is not staged: git add {file}*");
    }
    if text.is_empty() {
        text = format!("nothing is signed for: there is no approval in {FOLDER}\n");
    }
    output.tell(&text);
    Ok(PASSED)
}

/// What an approval is worth for the change at hand.
fn state(
    posted: &Posted,
    judged: &[Judged],
    ledger: &Ledger<'_>,
    change: &Change<'_>,
) -> Result<String> {
    let counts = |it: &Judged| match &it.outcome {
        Outcome::Excused(Excuse::Approval { by }) => by.iter().any(|it| it.file == posted.file),
        _ => false,
    };
    if judged.iter().any(counts) {
        return Ok("counts".to_owned());
    }
    let letter = match &posted.letter {
        Ok(letter) => letter,
        Err(why) => return Ok(format!("does not count: {why}")),
    };
    let own = |it: &&Judged| {
        needed_rule(it.rule.name) == letter.rule && it.finding.span.path == letter.path
    };
    if let Some(it) = judged.iter().find(own) {
        let worth = ledger.verify(posted, it.level);
        return Ok(match worth.and_then(|letter| ledger.covers(letter, &it.finding)) {
            Err(why) => format!("does not count: {why}"),
            Ok(_) => it.unapproved.last().map_or_else(
                || "does not count".to_owned(),
                |why| format!("does not count alone: {why}"),
            ),
        });
    }
    let id = |side: &Side| -> Result<Option<ObjectId>> {
        Ok(change.repo.entry(side, letter.path.as_bytes())?.map(|it| it.id))
    };
    let (before, after) = (id(&change.before)?, id(&change.after)?);
    Ok(if before == after && after.is_some() {
        "is settled: what it was for is merged".to_owned()
    } else {
        format!("is not needed: `{}` refuses nothing there", letter.rule)
    })
}
