//! `CODEOWNERS`, where it says who is asked about the policy.

use super::{lines, signed, tampered, text};
use crate::policy::{Globs, baseline};
use crate::rules::Finding;
use crate::source::{FileChange, RepoPath, Source, Span};

const FILES: [&str; 4] =
    ["CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

pub(super) fn is_owners(path: &RepoPath) -> bool {
    FILES.iter().any(|it| it.as_bytes() == path.as_bytes())
}

/// Somebody was asked about a file that the gate hangs on, and is not any more.
pub(super) fn finding(change: &FileChange) -> Option<Finding> {
    let (before, after) = (text(change.before.as_ref()), text(change.after.as_ref()));
    let path = &change.path;
    let own = path.to_string();
    let guarded =
        [crate::policy::PATH, super::SIGNERS, super::REVOKED, super::VERSION, baseline::PATH, &own];
    let mut finding: Option<Finding> = None;
    let mut evidence = String::new();
    for file in guarded {
        let Some((old, _)) = owners(&before, file).filter(|it| !it.0.is_empty()) else { continue };
        let (new, place) =
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
            None => tampered(path, place, message),
            Some(finding) => finding.label(place, message),
        });
    }
    finding.map(|it| signed(it).evidence(&evidence))
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
