//! Keeps passwords out of reports.

use std::collections::BTreeSet;

use crate::report::Sources;
use crate::rules::{Found, deploy};
use crate::source::RepoPath;

/// Takes the passwords of databases out of what findings say and of the lines that they show, whatever rule they are of.
/// Every place stays where it is.
pub(super) fn hide(found: &mut [Found], sources: &mut Sources) {
    let mut shown: BTreeSet<RepoPath> = BTreeSet::new();
    for Found { finding, .. } in found {
        let labels = finding.labels.iter().chain(&finding.path);
        shown.extend(labels.map(|it| it.span.path.clone()));
        shown.insert(finding.span.path.clone());
        for said in std::iter::once(&mut finding.message).chain(&mut finding.help) {
            if let Some(hidden) = deploy::without_passwords(said) {
                *said = hidden;
            }
        }
    }
    for path in shown {
        let hidden = sources.get(&path).and_then(deploy::without_passwords);
        if let Some(hidden) = hidden {
            sources.insert(path, hidden.into());
        }
    }
}
