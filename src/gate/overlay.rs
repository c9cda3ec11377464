//! Migrations as they would be, in place of what git has.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::policies::state_of;
use super::{Change, SQL_LIMIT, read};
use crate::failure::Result;
use crate::policy::{Globs, Policy};
use crate::repo::{Repo, Side};
use crate::source::{Content, File, FileChange, Mode, ObjectId, RepoPath};

/// Texts by their path; nothing where a file is gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overlay(pub BTreeMap<RepoPath, Option<Arc<str>>>);

impl Overlay {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The paths that end so.
    pub(super) fn ending(&self, suffix: &'static str) -> impl Iterator<Item = &RepoPath> {
        self.0.keys().filter(move |it| it.as_bytes().ends_with(suffix.as_bytes()))
    }

    /// These texts as they would be.
    pub(super) fn onto(&self, texts: &mut Vec<(RepoPath, Arc<str>)>) {
        for (path, text) in texts {
            if let Some(Some(would_be)) = self.0.get(path) {
                *text = Arc::clone(would_be);
            }
        }
    }

    /// The changes to migrations since `before`, had these texts been staged.
    pub(super) fn over(
        &self,
        mut changes: Vec<FileChange>,
        repo: &Repo,
        before: &Side,
        migrations: &Globs,
    ) -> Result<Vec<FileChange>> {
        for (path, text) in &self.0 {
            if !migrations.matches(path.as_bytes()) {
                continue;
            }
            let known = changes.iter().position(|it| it.path == *path);
            let mut change = match known.map(|it| changes.remove(it)) {
                Some(change) => change,
                None => {
                    let entry = repo.entry(before, path.as_bytes())?;
                    let files = read::files(repo, entry.into_iter().collect(), SQL_LIMIT)?;
                    FileChange { path: path.clone(), before: files.into_iter().next(), after: None }
                }
            };
            change.after = text.as_ref().map(|text| File {
                path: path.clone(),
                mode: Mode::Regular,
                id: ObjectId(String::new()),
                content: Content::Text(Arc::clone(text)),
            });
            let content = |it: &Option<File>| it.as_ref().map(|it| it.content.clone());
            if content(&change.before) != content(&change.after) {
                changes.push(change);
            }
        }
        changes.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(changes)
    }
}

/// What both policies of a change call migrations.
pub fn migrations(change: &Change<'_>) -> Result<Globs> {
    let sides = [&change.published.policy, &change.after];
    let mut globs = Policy::built_in_migrations();
    for side in sides {
        if let Some(policy) = state_of(change.repo, side)?.policy() {
            globs = globs.union(&policy.migrations);
        }
    }
    Ok(globs)
}
