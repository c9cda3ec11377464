//! `CODEOWNERS`, where it says who is asked about the policy.

use super::{Facts, lines, signed, tampered, text};
use crate::policy::{Globs, baseline};
use crate::rules::Finding;
use crate::source::{FileChange, RepoPath, Source, Span};

/// Where a forge looks for the file. It takes the first that is there and no other: GitHub ("About code owners"), GitLab
/// ("Code Owners"), Gitea and Forgejo (`services/issue/pull.go`).
const FORGES: [&[&str]; 3] = [
    &[".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"],
    &["CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"],
    &["CODEOWNERS", "docs/CODEOWNERS", ".gitea/CODEOWNERS", ".forgejo/CODEOWNERS"],
];

pub(super) fn is_owners(path: &RepoPath) -> bool {
    files().any(|it| it.as_bytes() == path.as_bytes())
}

/// Every path at which some forge looks.
pub(super) fn files() -> impl Iterator<Item = &'static str> {
    FORGES.into_iter().flatten().copied()
}

/// Somebody was asked about a file that the gate hangs on, and is not any more. Nobody knows which forge it is, so the
/// answer may not get worse on any.
pub(super) fn finding(facts: &Facts<'_>, change: &FileChange) -> Option<Finding> {
    FORGES.iter().find_map(|forge| on(forge, facts, change))
}

fn on(forge: &[&str], facts: &Facts<'_>, change: &FileChange) -> Option<Finding> {
    let at = |path: &str| {
        let here = |it: &&FileChange| it.path.as_bytes() == path.as_bytes();
        facts.known.owners.iter().find(here)
    };
    let before = forge.iter().find_map(|it| at(it)?.before.as_ref())?;
    let after = forge.iter().find_map(|it| at(it)?.after.as_ref());
    let changed = |path: &RepoPath| facts.changes.iter().any(|it| it.path == *path);
    // Told once, of the file that now counts or of the one that did.
    let path = after.map(|it| &it.path).filter(|it| changed(it)).unwrap_or(&before.path);
    if *path != change.path {
        return None;
    }
    let (old_path, new_path) = (&before.path, after.map_or(&before.path, |it| &it.path));
    let (before, after) = (text(Some(before)), text(after));
    let place = |span: Span| if *path == *new_path { span } else { Span::file(path.clone()) };
    let own = (old_path.to_string(), new_path.to_string());
    let guarded =
        [crate::policy::PATH, super::SIGNERS, super::REVOKED, super::VERSION, baseline::PATH]
            .map(|it| (it, it));
    let mut finding: Option<Finding> = None;
    let mut evidence = String::new();
    for (then, file) in guarded.into_iter().chain([(own.0.as_str(), own.1.as_str())]) {
        let Some((old, _)) = owners(&before, then).filter(|it| !it.0.is_empty()) else { continue };
        let (new, span) =
            owners(&after, file).unwrap_or_else(|| (Vec::new(), Span::file(path.clone())));
        // The word of one owner is enough, so one more is one more way through.
        if !new.is_empty() && new.iter().all(|it| old.contains(it)) {
            continue;
        }
        let owners = if new.is_empty() { "nobody".to_owned() } else { new.join(" ") };
        let message =
            format!("`{file}` was owned by {} and is now owned by {owners}", old.join(" "));
        evidence = format!("{evidence} {message}");
        finding = Some(match finding {
            None => tampered(path, place(span), message),
            Some(finding) => finding.label(place(span), message),
        });
    }
    let finding = finding.map(|it| signed(it).evidence(&evidence));
    let elsewhere = facts.known.owners.iter().find(|it| it.after.is_some());
    if let (true, Some(elsewhere)) = (after.text.is_empty(), elsewhere) {
        let help =
            format!("every forge reads `CODEOWNERS`, and not every one `{}`", elsewhere.path);
        return finding.map(|it| it.help(help));
    }
    if old_path == new_path {
        return finding;
    }
    finding.map(|it| it.help(format!("a forge that finds `{new_path}` does not read `{old_path}`")))
}

/// Whoever the last line that matches names.
fn owners<'s>(source: &'s Source, file: &str) -> Option<(Vec<&'s str>, Span)> {
    let matching = lines(source).filter(|(line, _)| {
        let pattern = line.split_whitespace().next().unwrap_or_default();
        !pattern.is_empty() && !pattern.starts_with(['#', '[', '^']) && matches(pattern, file)
    });
    let (line, place) = matching.last()?;
    Some((line.split_whitespace().skip(1).take_while(|it| !it.starts_with('#')).collect(), place))
}

/// As `.gitignore` has it: a `/` anywhere but at the end starts at the root, and a folder stands for all in it.
fn matches(pattern: &str, file: &str) -> bool {
    let from_root = pattern.trim_end_matches('/').contains('/');
    let trimmed = pattern.trim_start_matches('/').trim_end_matches('/');
    let glob = if from_root { trimmed.to_owned() } else { format!("**/{trimmed}") };
    let mut globs = vec![format!("{glob}/**")];
    if !pattern.ends_with('/') {
        globs.push(glob);
    }
    let place = || Span::file("".into());
    Globs::new(globs.into_iter().map(|it| (it, place())).collect()).matches(file.as_bytes())
}
