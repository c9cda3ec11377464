//! Says which commits brought what is refused: they were made where no hook was asked.

use super::Change;
use super::approvals::Commits;
use crate::failure::Result;
use crate::source::RepoPath;
use crate::verdict::{Brought, Judged, Outcome};

/// For each file git is asked once. Who has more to mend than this is not helped by names.
const MOST: usize = 16;

/// Names the commits behind what is refused. Where history does not say it, as in a shallow clone, nobody is named: the
/// refusal stands all the same.
pub(super) fn name(change: &Change<'_>, judged: &mut [Judged]) {
    let Some(Commits { base: Some(base), heads, .. }) = &change.commits else { return };
    let mut known: Vec<(RepoPath, Vec<Brought>)> = Vec::new();
    for it in judged.iter_mut().filter(|it| it.outcome == Outcome::Blocks) {
        let path = &it.finding.span.path;
        if let Some((_, commits)) = known.iter().find(|known| known.0 == *path) {
            it.commits.clone_from(commits);
            continue;
        }
        if known.len() == MOST {
            break;
        }
        let commits = of(change, (base, heads), path).unwrap_or_default();
        it.commits.clone_from(&commits);
        known.push((path.clone(), commits));
    }
}

/// The commits that gave the file the content that it has now. One that is only staged came with none.
fn of(
    change: &Change<'_>,
    (base, heads): (&crate::repo::Commit, &[crate::repo::Commit]),
    path: &RepoPath,
) -> Result<Vec<Brought>> {
    let now = change.repo.entry(&change.after, path.as_bytes())?.map(|it| it.id);
    let wrote = change.repo.wrote(Some(base), heads, path)?;
    let brought = wrote.into_iter().filter(|it| it.content == now);
    Ok(brought
        .map(|it| Brought {
            commit: it.commit,
            subject: it.subject,
            author: it.emails.into_iter().next().unwrap_or_default(),
        })
        .collect())
}
