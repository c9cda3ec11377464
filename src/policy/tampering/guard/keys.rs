//! Who signs, and whose keys sign no longer.

use super::super::{lines, signed, tampered, text};
use super::unreadable;
use crate::rules::Finding;
use crate::signature::Signers;
use crate::source::{FileChange, Source, Span};

/// Who may sign was settled before, and is about to be something else. A first list is trusted as it comes.
pub(in super::super) fn keys(change: &FileChange, revoked: bool) -> Option<Finding> {
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
