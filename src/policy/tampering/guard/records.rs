//! What was there before, and what was applied.

use std::collections::BTreeSet;

use super::super::{Facts, signed, tampered, text};
use super::unreadable;
use crate::policy::baseline::Baseline;
use crate::policy::ledger::Ledger;
use crate::rules::Finding;
use crate::source::{FileChange, Span};

/// A baseline may only shrink. The first one is what `sprag baseline` has just found: nothing but what was there before.
pub(in super::super) fn baseline(facts: &Facts<'_>, change: &FileChange) -> Option<Finding> {
    let after = change.after.as_ref()?;
    if let Some(finding) = unreadable(change) {
        return Some(finding);
    }
    let path = &change.path;
    let source = text(Some(after));
    let new = match Baseline::parse(&source) {
        Ok(new) => new,
        Err(problems) => {
            let first = problems.into_iter().next()?;
            let message = format!("after this `{path}` cannot be read: {}", first.message);
            return Some(
                tampered(path, first.span, message).help("run `sprag baseline` to write it anew"),
            );
        }
    };
    // What cannot be read excuses nothing, so all that comes after it is new, as is what comes after none.
    let old = written(change);
    let mut grown = new.grown(old.as_ref().unwrap_or(&Baseline::default()));
    if old.is_none() {
        let there = facts.known.there.as_ref()?;
        grown.retain(|it| !there.contains(it.fingerprint.as_str(), &it.rule, &it.path));
    }
    let place = |fingerprint: &str| {
        let at = source.text.find(fingerprint).unwrap_or_default();
        Span::new(path.clone(), at..(at + fingerprint.len()).min(source.text.len()))
    };
    let first = grown.first()?;
    let why =
        if old.is_some() { "that it did not excuse before" } else { "that was not there before" };
    let message = format!(
        "the baseline excuses {} {why}: `{}` of `{}`",
        if grown.len() == 1 { "a finding".to_owned() } else { format!("{} findings", grown.len()) },
        first.rule,
        first.subject
    );
    let mut finding = tampered(path, place(&first.fingerprint), message);
    for it in &grown[1..] {
        finding =
            finding.label(place(&it.fingerprint), format!("`{}` of `{}`", it.rule, it.subject));
    }
    let all: BTreeSet<&str> = grown.iter().map(|it| it.fingerprint.as_str()).collect();
    let all: Vec<&str> = all.into_iter().collect();
    Some(
        signed(finding.help("mend the finding, or make it an exception with a reason"))
            .evidence(&all.join(" ")),
    )
}

/// The baseline that there was, if anybody could read it.
pub(in super::super) fn written(change: &FileChange) -> Option<Baseline> {
    Baseline::parse(&text(Some(change.before.as_ref()?))).ok()
}

/// What was applied stays applied. Entries may come, and that one was verified. Where the policy takes all else for not
/// applied, the first entries give away what they leave out.
pub(in super::super) fn ledger(facts: &Facts<'_>, change: &FileChange) -> Option<Finding> {
    let path = &change.path;
    let complete = facts.base.policy().is_some_and(|it| it.ledger);
    if change.before.is_none() && !complete {
        return None;
    }
    let old = text(change.before.as_ref());
    let Some(after) = &change.after else {
        let message = format!("`{path}` says which migrations are applied, and this deletes it");
        return Some(signed(tampered(path, Span::file(path.clone()), message)).evidence("deleted"));
    };
    if let Some(finding) = unreadable(change) {
        return Some(finding);
    }
    let new = match Ledger::parse(&text(Some(after))) {
        Ok(new) => new,
        Err(problems) => {
            let first = problems.into_iter().next()?;
            let message = format!("after this `{path}` cannot be read: {}", first.message);
            let help = "take it back with `git checkout HEAD -- .sprag/applied.toml`, then run `sprag applied`";
            return Some(tampered(path, first.span, message).help(help));
        }
    };
    // Of what could not be read nobody knows what it said.
    let old = Ledger::parse(&old).unwrap_or_default();
    if complete && old.entries.is_empty() && !new.entries.is_empty() {
        let message = "with the first entries of the ledger, merged migrations that come after them may be edited and removed";
        let finding = tampered(path, new.place(&new.entries[0].path), message)
            .help("list all that is applied, and let an owner look");
        let all: Vec<&str> = new.entries.iter().map(|it| it.path.as_str()).collect();
        return Some(signed(finding).evidence(&all.join(" ")));
    }
    let rewritten = new.rewritten(&old);
    let first = rewritten.first()?;
    let what =
        if new.entry(&first.path).is_some() { "says something else of" } else { "no longer has" };
    let message = format!(
        "the ledger {what} `{}`, which {} has applied on {}",
        first.path, first.by, first.at
    );
    let mut finding = tampered(path, new.place(&first.path), message);
    for it in &rewritten[1..] {
        finding = finding.label(new.place(&it.path), format!("`{}` as well", it.path));
    }
    let all: Vec<&str> = rewritten.iter().map(|it| it.path.as_str()).collect();
    Some(signed(finding).evidence(&all.join(" ")))
}
