//! Who signs, and whose keys sign no longer.

use std::collections::BTreeSet;

use super::super::{Facts, REVOKED, lines, signed, tampered, text};
use super::unreadable;
use crate::rules::Finding;
use crate::signature::{Flaw, Revoked, Signers};
use crate::source::{File, FileChange, Source, Span};

/// What a list says: each entry by all of it that counts, and what nobody can read.
#[derive(Default)]
struct List {
    entries: Vec<(String, Span)>,
    flaws: Vec<(String, Flaw)>,
}

impl List {
    fn of(file: Option<&File>, revoked: bool) -> List {
        let source = text(file);
        let (entries, flaws) = if revoked { revoked_keys(&source) } else { signers(&source) };
        let line = |it: &Flaw| source.text.get(it.span.range()).unwrap_or_default().to_owned();
        List { entries, flaws: flaws.into_iter().map(|it| (line(&it), it)).collect() }
    }

    fn has(&self, entry: &str) -> bool {
        self.entries.iter().any(|it| it.0 == entry)
    }
}

fn signers(source: &Source) -> (Vec<(String, Span)>, Vec<Flaw>) {
    let (signers, flaws) = Signers::parse(source);
    (signers.list.into_iter().map(|it| (it.says(), it.span)).collect(), flaws)
}

fn revoked_keys(source: &Source) -> (Vec<(String, Span)>, Vec<Flaw>) {
    let prints = lines(source).flat_map(|(line, span)| {
        let (revoked, _) = Revoked::parse(&Source::new(source.path.clone(), line));
        revoked.fingerprints().into_iter().map(move |it| (it, span.clone()))
    });
    (prints.collect(), Revoked::parse(source).1)
}

/// Who may sign was settled before, and is about to be something else. A first list is trusted as it comes, and so is
/// another key that signs no longer, unless it is one of a signer.
pub(in super::super) fn keys(
    facts: &Facts<'_>,
    change: &FileChange,
    revoked: bool,
) -> Option<Finding> {
    let path = &change.path;
    let before = List::of(change.before.as_ref(), revoked);
    let after = List::of(change.after.as_ref(), revoked);
    let new: Vec<&(String, Span)> = after.entries.iter().filter(|it| !before.has(&it.0)).collect();
    let gone = before.entries.iter().any(|it| !after.has(&it.0));
    let what = if revoked { "says which keys sign no longer" } else { "says who may sign" };
    if gone && after.entries.is_empty() && after.flaws.is_empty() && unreadable(change).is_none() {
        let message = format!("`{path}` {what}, and this deletes it");
        return Some(signed(tampered(path, Span::file(path.clone()), message)).evidence("deleted"));
    }
    if revoked && !gone {
        return silenced(facts, change, &new);
    }
    if !gone && (new.is_empty() || is_first(change)) {
        return None;
    }
    let place = new.first().map_or_else(|| Span::file(path.clone()), |it| it.1.clone());
    let mut finding = tampered(path, place, format!("`{path}` {what}, and this changes it"));
    let source = text(change.after.as_ref());
    for (_, span) in new.iter().skip(1) {
        let line = source.text.get(span.range()).unwrap_or_default();
        finding = finding.label(span.clone(), format!("`{line}` is new"));
    }
    let all: Vec<&str> = after.entries.iter().map(|it| it.0.as_str()).collect();
    Some(signed(finding).evidence(&format!("changed {}", all.join("\n"))))
}

/// Whether there is a list where there was none. One that says nothing is none.
pub(in super::super) fn is_first(change: &FileChange) -> bool {
    let is_none = |file: Option<&File>| {
        let says_nothing = |line: &str| line.is_empty() || line.starts_with('#');
        file.is_none_or(|it| it.content.text().is_some())
            && lines(&text(file)).all(|it| says_nothing(it.0))
    };
    is_none(change.before.as_ref()) && !is_none(change.after.as_ref())
}

/// Whoever revokes the key of a signer takes their word from them, and somebody who keeps theirs has to agree. Whom the
/// same change takes off the list it says that of already.
fn silenced(facts: &Facts<'_>, change: &FileChange, new: &[&(String, Span)]) -> Option<Finding> {
    let path = &change.path;
    let of =
        |list: &Signers| list.list.iter().map(|it| it.key.to_string()).collect::<BTreeSet<_>>();
    let list =
        facts.base.policy().map_or(super::super::SIGNERS, |it| it.approvals.signers.as_str());
    let after = facts.changes.iter().find(|it| it.path.as_bytes() == list.as_bytes());
    let kept = after.map(|it| of(&Signers::parse(&text(it.after.as_ref())).0));
    let mut hit = facts.known.signers.list.iter().filter_map(|signer| {
        let print = signer.key.to_string();
        let (_, span) = new.iter().find(|it| it.0 == print)?;
        let stays = kept.as_ref().is_none_or(|it| it.contains(&print));
        stays.then(|| (signer, span.clone()))
    });
    let (first, place) = hit.next()?;
    let message = format!("after this `{}` signs no longer, who is in `{list}`", first.principal);
    let mut finding = tampered(path, place, message);
    let mut evidence = first.says();
    for (signer, span) in hit {
        finding = finding.label(span, format!("nor does `{}`", signer.principal));
        evidence = format!("{evidence}\n{}", signer.says());
    }
    let help = format!("if they have left, take them off `{list}` in the same change");
    Some(signed(finding.help(help)).evidence(&evidence))
}

/// What would leave a list that nobody can judge by, its own repair included. What was wrong before is no news.
pub(in super::super) fn flaws(change: &FileChange) -> Option<Finding> {
    let path = &change.path;
    change.after.as_ref()?;
    if let Some(finding) = unreadable(change) {
        return Some(finding);
    }
    let revoked = path.as_bytes() == REVOKED.as_bytes();
    let before = List::of(change.before.as_ref(), revoked);
    let after = List::of(change.after.as_ref(), revoked);
    let known = |line: &str| before.flaws.iter().any(|it| it.0 == line);
    let mut new = after.flaws.into_iter().filter(|it| !known(&it.0));
    let (line, flaw) = new.next()?;
    let message = format!("with this nobody can judge by `{path}`: {}", flaw.message);
    let mut finding = tampered(path, flaw.span, message).help(flaw.help);
    let mut evidence = line;
    for (line, flaw) in new {
        finding = finding.label(flaw.span, flaw.message);
        evidence = format!("{evidence}\n{line}");
    }
    Some(finding.evidence(&evidence))
}
