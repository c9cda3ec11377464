//! # broken-journal
//!
//! Drizzle knows its migrations by `meta/_journal.json` alone: where it cannot read that, the next deployment stops.
//!
//! Mostly a merge is to blame. Take one side of it as it is, delete the migration of the other with its snapshot, and
//! let `drizzle-kit generate` write it again.

use super::History;
use crate::parse::drizzle::Journal;
use crate::rules::{Check, Finding, Rule, declare};
use crate::source::{Content, RepoPath, Span};

pub(super) const RULE: Rule =
    declare!("history", "broken_journal.rs", "broken-journal", Deny, Check::History(check));

fn check(history: &History<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for beside in history.beside {
        let Some(folder) = &beside.folder else { continue };
        if let Some(file) = beside.journal.news() {
            findings.extend(broken(&file.path, &file.content));
        }
        if let Some(before) = beside.journal.before.as_ref().filter(|_| beside.journal.is_gone())
            && is_flat(history, folder)
        {
            let path = &before.path;
            let message = format!(
                "`{path}` is gone, and without it Drizzle finds no migration in `{folder}`"
            );
            findings.push(
                Finding::new(path.to_string(), Span::file(path.clone()), message)
                    .evidence("gone")
                    .help(format!("take it back: `git checkout HEAD -- '{path}'`")),
            );
        }
    }
    findings
}

fn broken(path: &RepoPath, content: &Content) -> Option<Finding> {
    let (message, span) = match content {
        Content::Text(text) => {
            let broken = Journal::read(text).err()?;
            (broken.message, Span::new(path.clone(), broken.range))
        }
        Content::Unreadable(why) => (why.reason(), Span::file(path.clone())),
    };
    let finding = Finding::new(
        path.to_string(),
        span,
        format!("`{path}` {message}; Drizzle applies nothing until it can read it"),
    );
    Some(finding.evidence(&message).help(format!(
        "take the journal of the main branch, delete your migration with its snapshot, and run `drizzle-kit generate` (in `{path}` nothing is written by hand)"
    )))
}

/// Whether files are left that only a journal names: `drizzle/0000_begin.sql`.
fn is_flat(history: &History<'_>, folder: &RepoPath) -> bool {
    let prefix = [folder.as_bytes(), b"/"].concat();
    let flat = |it: &RepoPath| it.parent().as_ref() == Some(folder);
    let left = history.target.with_prefix(&prefix).map(RepoPath::from);
    let added = history.added().map(|it| it.path.clone());
    left.chain(added).any(|it| flat(&it) && history.has(&it))
}
