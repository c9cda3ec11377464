//! `sprag rehearse`: what a change does to a server that is thrown away.

use std::time::Duration;

use super::arguments::Rehearse;
use super::check::of_one;
use super::output::Output;
use super::progress::Progress;
use super::today;
use crate::failure::Result;
use crate::gate::{self, Base, Change};
use crate::repo::{Caller, Repo, Side};
use crate::report::Action;

pub(super) fn run(it: &Rehearse, output: &Output) -> Result<u8> {
    let repo = Repo::open(Caller::Command)?;
    let (change, against) = if let Some(base) = &it.base {
        let (commit, head) = (repo.commit(base)?, repo.commit("HEAD")?);
        let Base { before, published } = gate::since(&repo, &commit, &head)?;
        let change = Change { repo: &repo, before, after: Side::Tree(head.tree), published };
        (change, base.clone())
    } else if let Some(rev) = &it.rev {
        let (Base { before, published }, after) = of_one(&repo, rev)?;
        (Change { repo: &repo, before, after, published }, format!("{rev}^"))
    } else {
        (gate::to_be_committed(&repo)?, "HEAD".to_owned())
    };
    let near = repo.worktree().unwrap_or_default();
    let progress = Progress::new("replaying the history");
    let how = gate::Rehearse {
        deadline: Duration::from_secs(it.deadline),
        progress: &|done, all| progress.tell(done, all),
        near: &near,
    };
    let judged = gate::rehearse(&change, &how, today());
    progress.end();
    Ok(output.verdict(judged, &Action::Rehearsal { against }, it.verbose))
}
