//! # missing-lock
//!
//! Without `migration_lock.toml` beside its migrations Prisma does not notice that they were written for another
//! database, and runs them.
//!
//! Prisma writes the file with the first migration; it belongs into the repository.

use super::History;
use crate::rules::{Check, Finding, Rule, declare};
use crate::source::{RepoPath, Span};

pub(super) const RULE: Rule =
    declare!("history", "missing_lock.rs", "missing-lock", Warn, Check::History(check));

fn check(history: &History<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for beside in history.beside {
        let Some(folder) = &beside.folder else { continue };
        let first = || history.added().find(|it| it.path.is_under(folder.as_bytes()));
        let (at, what) = if beside.lock.is_gone() && history.remains(folder) {
            let path = beside.lock.before.as_ref().map(|it| it.path.clone());
            (path, "is gone")
        } else if beside.lock.after.is_none()
            && beside.provider.is_some()
            && !history.is_known(folder)
        {
            (first().map(|it| it.path.clone()), "is missing")
        } else {
            continue;
        };
        let Some(at) = at else { continue };
        let lock = RepoPath::from([folder.as_bytes(), b"/migration_lock.toml"].concat());
        let message = format!(
            "`{lock}` {what}: Prisma no longer notices that the migrations are for another database"
        );
        let provider = beside.provider.as_deref().unwrap_or("postgresql");
        findings.push(
            Finding::new(lock.to_string(), Span::file(at), message)
                .evidence(what)
                .help(format!("commit `{lock}` with the line `provider = \"{provider}\"`")),
        );
    }
    findings
}
