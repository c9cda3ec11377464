//! `sprag hook`: what the shims run. Silent when nothing is wrong.

use std::io::Read;

use super::arguments::Hook;
use super::output::Output;
use super::{NOT_JUDGED, PASSED, REFUSED, env, now};
use crate::failure::{Context, Result};
use crate::gate::{self, Outcome};
use crate::repo::{self, Caller, Commit, Repo, Update};
use crate::report::Action;

pub(super) fn run(hook: &Hook, output: &Output) -> Result<u8> {
    match hook {
        Hook::PreCommit { .. } => committed(&Action::Commit, output),
        Hook::PreMergeCommit { .. } => committed(&Action::Merge, output),
        Hook::PrePush { .. } => pushed(output),
        Hook::PreReceive { .. } => received(output),
    }
}

fn committed(action: &Action, output: &Output) -> Result<u8> {
    let repo = Repo::open(Caller::Hook)?;
    // `git merge` names what it merges in variables GITHEAD_<id> before it writes MERGE_HEAD.
    let merging: Vec<String> = std::env::vars_os()
        .filter_map(|(name, _)| Some(name.to_str()?.strip_prefix("GITHEAD_")?.to_owned()))
        .filter(|it| it.len() >= 40 && it.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .collect();
    Ok(output.verdict(gate::staged(&repo, &merging, now()), action, false))
}

fn pushed(output: &Output) -> Result<u8> {
    let repo = Repo::open(Caller::Hook)?;
    let mut updates = repo::updates(&stdin()?)?;
    if updates.is_empty()
        && let Some(update) = told_by_manager(&repo)?
    {
        Output::note(
            "sprag: the hook manager passes on only the first ref of a push; the others are judged by CI\n",
        );
        updates.push(update);
    }
    let judged = gate::pushed(&repo, &updates, now())?;
    Ok(refs(judged, |refs| Action::Push { refs }, output))
}

fn received(output: &Output) -> Result<u8> {
    let repo = Repo::open(Caller::Hook)?;
    let updates = repo::received(&stdin()?)?;
    let judged = gate::received(&repo, &updates, now())?;
    Ok(refs(judged, |refs| Action::Receive { refs }, output))
}

fn stdin() -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).context("read the refs from standard input")?;
    Ok(bytes)
}

/// pre-commit and prek read git's own lines themselves and say in variables what the first one was. Of a push that
/// begins with a root commit they name the branches alone.
fn told_by_manager(repo: &Repo) -> Result<Option<Update>> {
    let told = |name: &str| env(name).filter(|it| it.bytes().any(|byte| byte != b'0'));
    let local_ref = told("PRE_COMMIT_LOCAL_BRANCH");
    let Some(new) = told("PRE_COMMIT_TO_REF").or_else(|| local_ref.clone()) else {
        return Ok(None);
    };
    let remote_ref = told("PRE_COMMIT_REMOTE_BRANCH");
    let old = match told("PRE_COMMIT_FROM_REF") {
        Some(from) => {
            let from = repo.commit(&from)?;
            Some(published(repo, remote_ref.as_deref(), &from)?.unwrap_or(from).id)
        }
        None => None,
    };
    let new = Some(repo.commit(&new)?.id);
    // Who runs a stage by hand says from where to where, and no branch.
    let remote_ref = remote_ref.unwrap_or_else(|| "HEAD".to_owned());
    Ok(Some(Update { local_ref, new, remote_ref, old }))
}

/// Where the remote's branch was when it was last seen, if that is later than what the manager starts from: prek does
/// not say what a forced push would take away.
fn published(repo: &Repo, branch: Option<&str>, from: &Commit) -> Result<Option<Commit>> {
    let branch = branch.and_then(|it| it.strip_prefix("refs/heads/"));
    let (Some(remote), Some(branch)) = (env("PRE_COMMIT_REMOTE_NAME"), branch) else {
        return Ok(None);
    };
    let Ok(seen) = repo.commit(&format!("refs/remotes/{remote}/{branch}")) else { return Ok(None) };
    Ok(repo.is_ancestor(from, &seen)?.then_some(seen))
}

/// One report for all refs of a push: a refusal weighs more than what could not be judged.
fn refs(judged: Vec<gate::Pushed>, action: impl Fn(Vec<String>) -> Action, output: &Output) -> u8 {
    let mut outcome = Outcome::default();
    let mut refused = Vec::new();
    let mut code = PASSED;
    for (name, judged) in judged {
        match judged {
            Ok(it) => {
                if it.verdict.blocks() {
                    refused.push(name);
                }
                outcome.merge(it);
            }
            stop @ Err(_) => {
                output.verdict(stop, &action(vec![name]), false);
                code = NOT_JUDGED;
            }
        }
    }
    match output.verdict(Ok(outcome), &action(refused), false) {
        REFUSED => REFUSED,
        _ => code,
    }
}
