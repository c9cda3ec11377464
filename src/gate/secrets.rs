//! Keeps passwords out of reports.

use std::collections::BTreeSet;

use crate::report::Sources;
use crate::rules::{self, Found, deploy};
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
            if let Some(hidden) = without_secrets(said) {
                *said = hidden;
            }
        }
    }
    for path in shown {
        let hidden = sources.get(&path).and_then(without_secrets);
        if let Some(hidden) = hidden {
            sources.insert(path, hidden.into());
        }
    }
}

/// Passwords in URLs, then what else is secret in SQL.
fn without_secrets(text: &str) -> Option<String> {
    let hidden = deploy::without_passwords(text);
    let more = rules::without_secrets(hidden.as_deref().unwrap_or(text));
    more.or(hidden)
}
