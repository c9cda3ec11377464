//! Signers, revoked keys, the baseline, the pinned version, and the workflow that runs the gate.

mod keys;
mod records;
mod version;

use std::collections::BTreeSet;

use super::{lines, signed, tampered, text};
use crate::rules::Finding;
use crate::source::{Content, FileChange, RepoPath, Span};

pub(super) use keys::{flaws, is_first, keys};
pub(super) use records::{baseline, ledger, written};
pub(super) use version::version;

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
