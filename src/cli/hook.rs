//! `sprag hook`: what the shims run. Silent when nothing is wrong.

use std::io::Read;

use super::arguments::Hook;
use super::output::Output;
use super::{NOT_JUDGED, PASSED, REFUSED, env, today};
use crate::failure::{Context, Result};
use crate::gate::{self, Outcome};
use crate::repo::{self, Caller, Repo, Update};
use crate::report::Action;
use crate::source::ObjectId;

pub(super) fn run(hook: Hook, output: &Output) -> Result<u8> {
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
    Ok(output.verdict(gate::staged(&repo, &merging, today()), action, false))
}

fn pushed(output: &Output) -> Result<u8> {
    let repo = Repo::open(Caller::Hook)?;
    let mut updates = repo::updates(&stdin()?)?;
    if updates.is_empty()
        && let Some(update) = told_by_manager()
    {
        Output::note(
            "sprag: the hook manager passes on only the first ref of a push; the others are judged by CI\n",
        );
        updates.push(update);
    }
    let judged = gate::pushed(&repo, &updates, today())?;
    Ok(refs(judged, |refs| Action::Push { refs }, output))
}

fn received(output: &Output) -> Result<u8> {
    let repo = Repo::open(Caller::Hook)?;
    let updates = repo::received(&stdin()?)?;
    let judged = gate::received(&repo, &updates, today())?;
    Ok(refs(judged, |refs| Action::Receive { refs }, output))
}

fn stdin() -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).context("read the refs from standard input")?;
    Ok(bytes)
}

/// pre-commit and prek read git's own lines themselves and say in variables what the first one was.
fn told_by_manager() -> Option<Update> {
    let id = |it: String| {
        let hex = it.len() >= 40 && it.bytes().all(|byte| byte.is_ascii_hexdigit());
        (hex && it.bytes().any(|byte| byte != b'0')).then_some(ObjectId(it))
    };
    let new = env("PRE_COMMIT_TO_REF").and_then(id)?;
    let remote_ref = env("PRE_COMMIT_REMOTE_BRANCH")?;
    let old = env("PRE_COMMIT_FROM_REF").and_then(id);
    Some(Update { local_ref: env("PRE_COMMIT_LOCAL_BRANCH"), new: Some(new), remote_ref, old })
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
