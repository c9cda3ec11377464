//! Signers, revoked keys, the baseline, the pinned version, and the workflow that runs the gate.

use std::collections::BTreeSet;

use super::{lines, signed, tampered, text};
use crate::policy::baseline::Baseline;
use crate::policy::ledger::Ledger;
use crate::rules::Finding;
use crate::signature::Signers;
use crate::source::{Content, FileChange, RepoPath, Source, Span};

/// Who may sign was settled before, and is about to be something else. A first list is trusted as it comes.
pub(super) fn keys(change: &FileChange, revoked: bool) -> Option<Finding> {
    let before = change.before.as_ref()?;
    let path = &change.path;
    let what = if revoked { "says which keys sign no longer" } else { "says who may sign" };
    let Some(after) = &change.after else {
        let message = format!("`{path}` {what}, and this deletes it");
        return Some(signed(tampered(path, Span::file(path.clone()), message)).evidence("deleted"));
    };
    if let Some(finding) = unreadable(change) {
        return Some(finding);
    }
    let (old, new) = (text(Some(before)), text(Some(after)));
    let (old, new) = (meaningful(&old), meaningful(&new));
    // A signer whom nobody can trust could do nothing, and all others wait for that line to go.
    let gone = old.iter().any(|(line, _)| {
        !new.iter().any(|it| it.0 == *line) && (revoked || !Signers::is_flaw(line))
    });
    let added: Vec<_> =
        new.iter().filter(|(line, _)| !old.iter().any(|it| it.0 == *line)).collect();
    // Another key that signs no longer takes nothing from anybody but its holder.
    if before.content.text().is_some() && !gone && (revoked || added.is_empty()) {
        return None;
    }
    let place = added.first().map_or_else(|| Span::file(path.clone()), |it| it.1.clone());
    let mut finding = tampered(path, place, format!("`{path}` {what}, and this changes it"));
    for (line, span) in added.iter().skip(1) {
        finding = finding.label(span.clone(), format!("`{line}` is new"));
    }
    let lines: Vec<&str> = new.iter().map(|it| it.0).collect();
    Some(signed(finding).evidence(&lines.join("\n")))
}

fn meaningful(source: &Source) -> Vec<(&str, Span)> {
    lines(source).filter(|(line, _)| !line.is_empty() && !line.starts_with('#')).collect()
}

/// A baseline may only shrink. The first one is what `sprag baseline` has just found.
pub(super) fn baseline(change: &FileChange) -> Option<Finding> {
    let before = change.before.as_ref()?;
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
    // What cannot be read excuses nothing, so all that comes after it is new.
    let old = Baseline::parse(&text(Some(before))).unwrap_or_default();
    let grown = new.grown(&old);
    let place = |fingerprint: &str| {
        let at = source.text.find(fingerprint).unwrap_or_default();
        Span::new(path.clone(), at..(at + fingerprint.len()).min(source.text.len()))
    };
    let first = grown.first()?;
    let message = format!(
        "the baseline excuses {} that it did not excuse before: `{}` of `{}`",
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

/// What was applied stays applied. Entries may come, and that one was verified.
pub(super) fn ledger(change: &FileChange) -> Option<Finding> {
    let before = change.before.as_ref()?;
    let path = &change.path;
    let old = text(Some(before));
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

/// An older sprag knows fewer rules.
pub(super) fn version(change: &FileChange) -> Option<Finding> {
    let before = text(Some(change.before.as_ref()?));
    let path = &change.path;
    let after = text(change.after.as_ref());
    let (old, new) = (before.text.trim(), after.text.trim());
    let lower = match (numbers(old), numbers(new)) {
        (Some(old), Some(new)) => new < old,
        (Some(_), None) => true,
        (None, _) => false,
    };
    if !lower {
        return None;
    }
    let message = if numbers(new).is_some() {
        format!("sprag {new} is older than {old}, and does not refuse what {old} does")
    } else {
        format!("`{path}` pins no version any more; it was {old}")
    };
    let end = if change.after.is_some() { after.text.len() } else { 0 };
    Some(
        signed(tampered(path, Span::new(path.clone(), 0..end), message))
            .evidence(&format!("{old} -> {new}")),
    )
}

fn numbers(version: &str) -> Option<Vec<u64>> {
    let core = version.trim_start_matches('v').split(['-', '+']).next()?;
    core.split('.').map(|it| it.parse().ok()).collect()
}

/// Files that say what CI runs.
pub(super) fn is_workflow(path: &RepoPath) -> bool {
    let is_yaml = [&b".yml"[..], b".yaml"].iter().any(|it| path.as_bytes().ends_with(it));
    let in_folder = [&b".github/workflows"[..], b".github/actions", b".circleci", b".gitlab"];
    let alone = [&b".gitlab-ci.yml"[..], b"bitbucket-pipelines.yml", b"azure-pipelines.yml"];
    is_yaml && in_folder.iter().any(|it| path.is_under(it)) || alone.contains(&path.as_bytes())
}

/// A line that ran sprag is gone.
pub(super) fn workflow(change: &FileChange) -> Option<Finding> {
    let before = text(change.before.as_ref());
    let after = text(change.after.as_ref());
    let runs = |it: &str| it.to_lowercase().contains("sprag") && !it.starts_with('#');
    let kept: BTreeSet<&str> = lines(&after).map(|it| it.0).collect();
    let lost = lines(&before).map(|it| it.0).find(|it| runs(it) && !kept.contains(it))?.to_owned();
    let path = &change.path;
    let place =
        lines(&after).find(|it| runs(it.0)).map_or_else(|| Span::file(path.clone()), |it| it.1);
    let message = format!("`{path}` runs sprag, and this changes how: `{lost}` is gone");
    Some(signed(tampered(path, place, message)).evidence(&lost))
}

/// What is no text any more can hold anything.
fn unreadable(change: &FileChange) -> Option<Finding> {
    let path = &change.path;
    match &change.after.as_ref()?.content {
        Content::Text(_) => None,
        Content::Unreadable(why) => {
            let message = format!("`{path}` {}", why.reason());
            Some(
                tampered(path, Span::file(path.clone()), message)
                    .help("write it as a plain file in UTF-8"),
            )
        }
    }
}
