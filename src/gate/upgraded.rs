//! `drizzle-kit up`: from 1.0 on each migration has a folder, and there is no journal any more. Nothing is applied anew.

use std::collections::BTreeSet;

use super::beside::is_journal;
use crate::policy::Globs;
use crate::repo::Delta;
use crate::rules::Slot;
use crate::source::{FileChange, PathList, RepoPath};

/// Takes out what has only been given its folder, from the changes and from the names that were there before.
pub(super) fn set_aside(
    globs: &Globs,
    others: &[Delta],
    changes: &mut Vec<FileChange>,
    names: &mut PathList,
) {
    let journals = others.iter().filter(|it| it.after.is_none() && is_journal(globs, &it.path));
    let folders: BTreeSet<RepoPath> =
        journals.filter_map(|it| it.path.parent()?.parent()).collect();
    if folders.is_empty() {
        return;
    }
    let mut moved: BTreeSet<RepoPath> = BTreeSet::new();
    for old in changes.iter().filter(|it| it.after.is_none()) {
        let slot = Slot::of(&old.path);
        let words = slot.name.strip_suffix(".sql").and_then(|it| it.split_once('_'));
        let (Some(before), Some((_, words))) = (&old.before, words) else { continue };
        if !folders.contains(&slot.folder) {
            continue;
        }
        let same = |it: &&FileChange| {
            let other = Slot::of(&it.path);
            let named = other.version().is_some_and(|number| {
                number.len() == 14 && other.name[14..].strip_prefix('_') == Some(words)
            });
            let content =
                it.before.is_none() && it.after.as_ref().is_some_and(|it| it.id == before.id);
            named && content && other.folder == slot.folder
        };
        if let Some(new) = changes.iter().find(same) {
            moved.extend([old.path.clone(), new.path.clone()]);
        }
    }
    changes.retain(|it| !moved.contains(&it.path));
    let left: Vec<RepoPath> =
        names.iter().map(RepoPath::from).filter(|it| !moved.contains(it)).collect();
    *names = PathList::new(&left);
}
