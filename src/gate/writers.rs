//! Asks history who wrote what is to be approved, and which approvals it has had already.

use std::collections::{BTreeMap, BTreeSet};

use super::Change;
use super::approvals::{Below, Commits};
use crate::approval::{self, FOLDER, Posted, Writer};
use crate::failure::{Failure, Result};
use crate::repo::Side;
use crate::rules::Finding;
use crate::signature::Signature;
use crate::source::{ObjectId, RepoPath};

/// Why something is not known, as the end of a sentence.
fn told(failure: Failure) -> String {
    let all = std::iter::once(failure.message).chain(failure.help);
    all.collect::<Vec<_>>().join("; ")
}

/// Who wrote the files that findings are about: those in which they are shown, and those that lead there as far as the
/// change touches them. Who cannot be known may be anybody, which refuses an approval and nothing else.
pub(super) fn of(
    change: &Change<'_>,
    about: &[&Finding],
) -> Result<BTreeMap<RepoPath, std::result::Result<Vec<Writer>, String>>> {
    let shown: BTreeSet<&RepoPath> = about.iter().map(|it| &it.span.path).collect();
    let leading = about.iter().flat_map(|it| approval::files_of(it));
    let leading: BTreeSet<&RepoPath> = leading.filter(|it| !shown.contains(it)).collect();
    let mut writers = BTreeMap::new();
    for path in shown {
        writers.insert(path.clone(), of_file(change, path).map_err(told));
    }
    for path in leading {
        if is_touched(change, path)? {
            writers.insert(path.clone(), of_file(change, path).map_err(told));
        }
    }
    Ok(writers)
}

fn is_touched(change: &Change<'_>, path: &RepoPath) -> Result<bool> {
    let at = |side: &Side| change.repo.entry(side, path.as_bytes());
    Ok(at(&change.before)? != at(&change.after)?)
}

fn of_file(change: &Change<'_>, path: &RepoPath) -> Result<Vec<Writer>> {
    let Change { repo, after, commits, .. } = change;
    let Some(Commits { base, heads, staged }) = commits else { return Ok(Vec::new()) };
    let content = |side: &Side| -> Result<Option<ObjectId>> {
        Ok(repo.entry(side, path.as_bytes())?.map(|it| it.id))
    };
    let now = content(after)?;
    let mut wrote = repo.wrote(base.as_ref(), heads, path)?;
    // Whoever moves a file has not written it alone.
    if let Some(now) = &now {
        for it in repo.introduced(base.as_ref(), heads, now)? {
            if wrote.iter().all(|known| known.commit != it.commit) {
                wrote.push(it);
            }
        }
    }
    let mut writers = Vec::new();
    for it in wrote {
        let signature = it.signature.and_then(|it| Signature::read(&it).ok());
        let short = it.commit.0.get(..12).unwrap_or(&it.commit.0).to_owned();
        writers.push(Writer {
            how: format!("is author or committer of {short}"),
            emails: it.emails,
            key: signature.map(|it| it.key().clone()),
        });
    }
    if *staged {
        let mut known = heads.iter().map(|it| content(&Side::Tree(it.tree.clone())));
        // Who merges writes only what neither side had.
        if !known.any(|it| it.is_ok_and(|it| it == now)) {
            let emails = repo.own_emails()?;
            writers.push(Writer { how: "is about to commit it".to_owned(), emails, key: None });
        }
    }
    Ok(writers)
}

/// Approvals of another policy that the trusted state has, or once had: they have let a change pass, and would let the
/// same pass again once the policy is what it was before.
pub(super) fn spent(
    change: &Change<'_>,
    posted: &[Posted],
    about: &[&Finding],
) -> Result<BTreeMap<RepoPath, String>> {
    let Change { repo, after, published, commits, .. } = change;
    let mut spent = BTreeMap::new();
    let mut unknown: Vec<(&RepoPath, ObjectId)> = Vec::new();
    for it in posted {
        let Ok(letter) = &it.letter else { continue };
        let asked = about.iter().any(|it| it.span.path == letter.path);
        if letter.replaces.is_some()
            && asked
            && let Some(entry) = repo.entry(after, it.file.as_bytes())?
        {
            unknown.push((&it.file, entry.id));
        }
    }
    if unknown.is_empty() {
        return Ok(spent);
    }
    let there: BTreeSet<ObjectId> =
        repo.list(&published.policy, &Below(FOLDER))?.into_iter().map(|it| it.id).collect();
    let base = commits.as_ref().and_then(|it| it.base.as_ref());
    let ever = match base {
        Some(base) if unknown.iter().any(|it| !there.contains(&it.1)) => {
            repo.ever_in(base, FOLDER).map_err(told)
        }
        _ => Ok(BTreeSet::new()),
    };
    for (file, id) in unknown {
        let used = || {
            "it was merged before, and lets a change of the policy pass only once: sign anew"
                .to_owned()
        };
        match &ever {
            _ if there.contains(&id) => spent.insert(file.clone(), used()),
            Ok(ever) if ever.contains(&id) => spent.insert(file.clone(), used()),
            Ok(_) => None,
            Err(why) => spent.insert(file.clone(), why.clone()),
        };
    }
    Ok(spent)
}
