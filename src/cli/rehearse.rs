//! `sprag rehearse`: what a change does to a server that is thrown away.

use std::time::Duration;

use super::arguments::Rehearse;
use super::check::of_one;
use super::now;
use super::output::Output;
use super::progress::Progress;
use crate::failure::Result;
use crate::gate;
use crate::repo::{Caller, Repo, Side};
use crate::report::Action;

pub(super) fn run(it: &Rehearse, output: &Output) -> Result<u8> {
    let repo = Repo::open(Caller::Command)?;
    let (change, against) = if let Some(base) = &it.base {
        let (commit, head) = (repo.commit(base)?, repo.commit("HEAD")?);
        let compared = gate::since(&repo, &commit, &head)?;
        (compared.to(&repo, Side::Tree(head.tree)), base.clone())
    } else if let Some(rev) = &it.rev {
        let (base, after) = of_one(&repo, rev)?;
        (base.to(&repo, after), format!("{rev}^"))
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
    let judged = gate::rehearse(&change, &how, now());
    progress.end();
    Ok(output.verdict(judged, &Action::Rehearsal { against }, it.verbose))
}
