//! `sprag audit`, `sprag drift` and `sprag baseline`: everything that is there.

use std::collections::BTreeSet;

use super::arguments::Audit;
use super::output::Output;
use super::{PASSED, now, today};
use crate::failure::{Failure, Result};
use crate::fix::write::whole as write;
use crate::gate::{self, Stop};
use crate::policy::Baseline;
use crate::policy::baseline::{Entry, PATH};
use crate::repo::{Caller, Repo, Side};
use crate::report::Action;
use crate::source::Source;
use crate::verdict::{Excuse, Outcome};

pub(super) fn run(it: &Audit, output: &Output) -> Result<u8> {
    let repo = Repo::open(Caller::Command)?;
    let commit = repo.commit(&it.rev)?;
    let judged = gate::audit(&repo, &Side::Tree(commit.tree), now());
    Ok(output.verdict(judged, &Action::Audit { rev: it.rev.clone() }, it.verbose))
}

/// Compares the Prisma schemas of a revision with its migrations.
pub(super) fn drift(it: &Audit, output: &Output) -> Result<u8> {
    let repo = Repo::open(Caller::Command)?;
    let commit = repo.commit(&it.rev)?;
    let judged = gate::drift(&repo, &Side::Tree(commit.tree), today());
    Ok(output.verdict(judged, &Action::Drift { rev: it.rev.clone() }, it.verbose))
}

/// Writes down what HEAD has. Once there is a baseline it only gets shorter: what is new is no old finding.
pub(super) fn baseline(output: &Output) -> Result<u8> {
    let repo = Repo::open(Caller::Command)?;
    let commit = repo.commit("HEAD")?;
    let outcome = match gate::audit(&repo, &Side::Tree(commit.tree), now()) {
        Ok(outcome) => outcome,
        Err(Stop::Failure(failure)) => return Err(failure),
        stop @ Err(Stop::Policy(_)) => {
            return Ok(output.verdict(stop, &Action::Audit { rev: "HEAD".to_owned() }, false));
        }
    };
    let standing =
        |it: &Outcome| matches!(it, Outcome::Blocks | Outcome::Excused(Excuse::Baseline));
    let entries: BTreeSet<Entry> = outcome
        .verdict
        .judged
        .iter()
        .filter(|it| standing(&it.outcome))
        .map(|it| Entry {
            path: it.finding.span.path.to_string(),
            rule: it.rule.name.to_owned(),
            subject: it.finding.subject.0.clone(),
            fingerprint: it.fingerprint.0.clone(),
        })
        .collect();
    let path = repo.worktree()?.join(PATH);
    let old = match std::fs::read_to_string(&path) {
        Ok(text) => Some(read(&text)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(Failure::new(format!("could not read `{PATH}`: {error}"))),
    };
    let all = entries.len();
    let kept = match &old {
        Some(old) => {
            let is_old = |it: &Entry| old.contains(&it.fingerprint, &it.rule, &it.path);
            entries.into_iter().filter(is_old).collect()
        }
        None => entries,
    };
    let baseline = Baseline { entries: kept };
    if old.as_ref() != Some(&baseline) {
        write(&path, &baseline.render())?;
    }
    let (count, gone) =
        (baseline.entries.len(), old.map_or(0, |it| it.entries.len() - baseline.entries.len()));
    let plural = if count == 1 { "" } else { "s" };
    let mut text = format!("{PATH}: {count} finding{plural}, {gone} fewer than before\n");
    if all > count {
        let (were, them) = if all - count == 1 { (" was", "it") } else { ("s were", "them") };
        text = format!(
            "{text}{} new finding{were} not added: a baseline only gets shorter. `sprag audit` shows {them}.\n",
            all - count
        );
    }
    output.say(&text);
    Ok(PASSED)
}

fn read(text: &str) -> Result<Baseline> {
    Baseline::parse(&Source::new(PATH, text)).map_err(|problems| {
        let first = problems.first().map_or("it cannot be read", |it| it.message.as_str());
        Failure::new(format!("`{PATH}` has errors: {first}")).help(format!(
            "take it back with `git checkout HEAD -- {PATH}`, or delete it to write it anew"
        ))
    })
}
