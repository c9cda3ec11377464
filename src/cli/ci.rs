//! `sprag ci`: what a CI job is about, found by itself.

use super::arguments::Ci;
use super::check::asked;
use super::job::{Depth, Job, Pushed, Request, job};
use super::output::Output;
use super::{env, now};
use crate::failure::{Failure, Result};
use crate::gate::{self, Base};
use crate::repo::{Caller, Commit, Repo, Side};
use crate::report::Action;

pub(super) fn run(it: &Ci, output: &Output) -> Result<u8> {
    let repo = Repo::open(Caller::Command)?;
    if it.base.is_some() {
        let (change, against) = asked(&repo, it.base.as_deref(), None)?;
        return Ok(output.verdict(
            gate::change(&change, now()),
            &Action::Change { against },
            false,
        ));
    }
    let head = repo.commit("HEAD")?;
    let (job, depth) = job(&env);
    let found = match job {
        Job::Merge(request) => {
            let head = requested(&repo, head, &request)?;
            let base = merge(&repo, &head, &request, depth)?;
            Asked { head, compared: Some((base, request.name)), notice: None }
        }
        Job::Push(pushed) => push(&repo, head, &pushed, depth)?,
        Job::Run(pushed) => {
            let compared = on_branch(&repo, &head, &pushed, depth)?.compared();
            Asked { head, compared, notice: None }
        }
    };
    let after = Side::Tree(found.head.tree);
    let Some((base, against)) = found.compared else {
        let judged = gate::audit(&repo, &after, now());
        return Ok(output.verdict(judged, &Action::Audit { rev: "HEAD".to_owned() }, false));
    };
    let mut judged = gate::change(&base.to(&repo, after), now());
    if let Ok(outcome) = &mut judged {
        outcome.verdict.notices.extend(found.notice.map(str::to_owned));
    }
    Ok(output.verdict(judged, &Action::Change { against }, false))
}

/// What is judged.
struct Asked {
    head: Commit,
    /// What with, and what people call that. Nothing: all that is there.
    compared: Option<(Base, String)>,
    notice: Option<&'static str>,
}

/// What of a request is judged: what is checked out, or the tip of a branch that is only to be read.
fn requested(repo: &Repo, head: Commit, request: &Request) -> Result<Commit> {
    let Some(tip) = request.tip.as_ref().filter(|_| request.only_read) else { return Ok(head) };
    if head.id.0 == *tip || repo.parents(&head)?.iter().any(|it| it.0 == *tip) {
        return Ok(head);
    }
    repo.commit(tip).map_err(|_| {
        Failure::new(format!(
            "the tip of the pull request, {tip}, was not fetched, and what is checked out here is `{}` without it",
            request.name
        ))
        .help(
            "fetch it before, and do not check it out:\n    - run: git fetch --no-tags origin refs/pull/${{ github.event.number }}/head",
        )
    })
}

/// What a request is compared with. CI systems check out the branch, or the merge of it that they have made.
fn merge(repo: &Repo, head: &Commit, request: &Request, depth: Depth) -> Result<Base> {
    let Request { targets, name, tip, .. } = request;
    if let [first, second, ..] = repo.parents(head)?.as_slice()
        && let Ok(target) = repo.commit(&first.0)
    {
        // The merge that the CI system made has the target before it and the tip of the branch; it may know a later
        // target than the event does. Any other merge was made by whoever asks, and so was all that it comes from.
        if tip.as_ref().is_some_and(|tip| second.0 == *tip) {
            return Ok(Base::between(&target, head));
        }
    }
    let mut latest: Option<Commit> = None;
    for target in targets.iter().filter_map(|it| repo.commit(it).ok()) {
        let later = match &latest {
            Some(latest) => repo.is_ancestor(latest, &target).unwrap_or(false),
            None => true,
        };
        if later {
            latest = Some(target);
        }
    }
    let parted = latest.and_then(|it| gate::since_parted(repo, &it, head).ok().flatten());
    parted.ok_or_else(|| missing(&format!("the target branch `{name}`"), depth))
}

/// Where a commit stands beside the main branch.
enum Place {
    /// In it.
    Main,
    /// On a way of its own.
    Beside(Box<Base>, String),
    /// Nobody else has this repository.
    Alone,
}

impl Place {
    fn compared(self) -> Option<(Base, String)> {
        match self {
            Place::Beside(base, name) => Some((*base, name)),
            Place::Main | Place::Alone => None,
        }
    }
}

/// A branch is judged from where it left the main branch, whatever it was before: what came by an earlier push has not
/// been merged by that.
fn on_branch(repo: &Repo, head: &Commit, pushed: &Pushed, depth: Depth) -> Result<Place> {
    let Pushed { branch, main, .. } = pushed;
    if branch.is_some() && branch == main {
        return Ok(Place::Main);
    }
    let target = match main {
        Some(main) => {
            repo.commit(&format!("refs/remotes/origin/{main}")).ok().map(|it| (main.clone(), it))
        }
        None => match repo.target()?.filter(|it| !it.guessed) {
            Some(it) if branch.as_ref().is_some_and(|branch| it.is_branch(branch)) => {
                return Ok(Place::Main);
            }
            Some(it) => Some((it.name, it.commit)),
            None if !repo.has_remote()? => return Ok(Place::Alone),
            None => None,
        },
    };
    let Some((name, target)) = target else {
        let main = main
            .as_ref()
            .map_or("the main branch".to_owned(), |it| format!("the main branch `{it}`"));
        return Err(missing(&main, depth));
    };
    // Where a branch is told by its name alone, it may stand at a commit that the main branch has.
    if branch.is_none() && repo.is_ancestor(head, &target).unwrap_or(false) {
        return Ok(Place::Main);
    }
    match gate::since_parted(repo, &target, head) {
        Ok(Some(base)) => Ok(Place::Beside(Box::new(base), name)),
        Ok(None) | Err(_) => Err(missing(&format!("where the branch left `{name}`"), depth)),
    }
}

/// What a push brought.
fn push(repo: &Repo, head: Commit, pushed: &Pushed, depth: Depth) -> Result<Asked> {
    let compared = match on_branch(repo, &head, pushed, depth)? {
        Place::Beside(base, name) => Some((*base, name)),
        Place::Alone => None,
        Place::Main => match &pushed.before {
            Some(before) => {
                let commit = repo.commit(before).map_err(|_| {
                    missing(&format!("the commit before this push, {before},"), depth)
                })?;
                Some((Base::between(&commit, &head), before.clone()))
            }
            // On the main branch, without a word of what was there before.
            None => match repo.parents(&head)?.first() {
                None => None,
                Some(parent) => {
                    let parent = repo
                        .commit(&parent.0)
                        .map_err(|_| missing("the commit before HEAD", depth))?;
                    let compared = Some((Base::between(&parent, &head), "HEAD^".to_owned()));
                    let notice = Some(LAST_ALONE);
                    return Ok(Asked { head, compared, notice });
                }
            },
        },
    };
    Ok(Asked { head, compared, notice: None })
}

const LAST_ALONE: &str = "nobody says what was on the main branch before, so the last commit alone was judged; `sprag ci --base REF` judges more, `sprag audit` everything";

fn missing(what: &str, depth: Depth) -> Failure {
    let Depth(lines) = depth;
    Failure::new(format!("{what} was not fetched, so nobody can say what is new"))
        .help(format!("let the checkout fetch the history:\n{lines}"))
        .help("or name what to compare with: `sprag ci --base REF`")
}
