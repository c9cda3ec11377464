//! `sprag ci`: what a CI job is about, found by itself.

use super::arguments::Ci;
use super::check::judge;
use super::output::Output;
use super::{env, now};
use crate::failure::{Failure, Result};
use crate::gate::{self, Base};
use crate::parse::json;
use crate::repo::{Caller, Commit, Repo, Side};
use crate::report::Action;

/// What the CI system says the job is about.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Job {
    /// A request to take a branch into another.
    Merge(Request),
    /// A branch that went from one commit to another; the name of the main branch, where the first is none.
    Push { before: Option<String>, main: Option<String> },
    /// Neither: by hand, by clock.
    Everything,
}

/// A request to take a branch into another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Request {
    /// The tips that the target may be known by, best first.
    targets: Vec<String>,
    name: String,
    /// The tip of the branch, where the system says it.
    tip: Option<String>,
    /// The tip is what is judged, whatever is checked out: the job runs on the target, so that nothing of the request
    /// is run.
    only_read: bool,
}

/// How a checkout gets the commits that are missing, in the words of the CI system.
#[derive(Clone, Copy, Debug)]
struct Depth(&'static str);

/// The merge that GitHub checks out for a pull request has the target for its first parent.
const GITHUB_MERGE: Depth =
    Depth("    - uses: actions/checkout@v4\n      with:\n        fetch-depth: 2");
const GITHUB: Depth = Depth("    - uses: actions/checkout@v4\n      with:\n        fetch-depth: 0");
const GITLAB: Depth = Depth("    variables:\n      GIT_DEPTH: 0");
const BITBUCKET: Depth = Depth("    clone:\n      depth: full");
const AZURE: Depth = Depth("    - checkout: self\n      fetchDepth: 0");
const OTHER: Depth = Depth("    git fetch --unshallow origin");

pub(super) fn run(it: &Ci, output: &Output) -> Result<u8> {
    let repo = Repo::open(Caller::Command)?;
    let mut head = repo.commit("HEAD")?;
    if let Some(base) = &it.base {
        let base_commit = repo.commit(base)?;
        let compared = gate::since(&repo, &base_commit, &head)?;
        let action = Action::Change { against: base.clone() };
        return Ok(judge(&repo, compared, Side::Tree(head.tree), &action, false, output));
    }
    let (job, depth) = job(&env);
    let (base, against) = match job {
        Job::Everything => {
            let judged = gate::audit(&repo, &Side::Tree(head.tree), now());
            return Ok(output.verdict(judged, &Action::Audit { rev: "HEAD".to_owned() }, false));
        }
        Job::Merge(request) => {
            head = requested(&repo, head, &request)?;
            (merge(&repo, &head, &request, depth)?, request.name)
        }
        Job::Push { before, main } => {
            match push(&repo, &head, before.as_deref(), main.as_deref(), depth)? {
                Some(found) => found,
                None => {
                    let judged = gate::audit(&repo, &Side::Tree(head.tree), now());
                    return Ok(output.verdict(
                        judged,
                        &Action::Audit { rev: "HEAD".to_owned() },
                        false,
                    ));
                }
            }
        }
    };
    Ok(judge(&repo, base, Side::Tree(head.tree), &Action::Change { against }, false, output))
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
        let made = tip.as_ref().is_some_and(|tip| second.0 == *tip);
        if made || targets.contains(&target.id.0) {
            return Ok(Base::between(&target, head));
        }
    }
    for target in targets.iter().filter_map(|it| repo.commit(it).ok()) {
        if let Ok(Some(_)) = gate::merged_base(repo, &target, head) {
            return gate::since(repo, &target, head);
        }
    }
    Err(missing(&format!("the target branch `{name}`"), depth))
}

/// What a push brought. Nothing: there is nothing to compare it with, as on a first push.
fn push(
    repo: &Repo,
    head: &Commit,
    before: Option<&str>,
    main: Option<&str>,
    depth: Depth,
) -> Result<Option<(Base, String)>> {
    if let Some(before) = before {
        let Ok(commit) = repo.commit(before) else {
            return Err(missing(&format!("the commit before this push, {before},"), depth));
        };
        return Ok(Some((Base::between(&commit, head), before.to_owned())));
    }
    let target = match main {
        Some(main) => {
            repo.commit(&format!("refs/remotes/origin/{main}")).ok().map(|it| (main.to_owned(), it))
        }
        None => repo.target()?.map(|it| (it.name, it.commit)),
    };
    let Some((name, target)) = target else {
        return match main {
            Some(main) => Err(missing(&format!("the main branch `{main}`"), depth)),
            None => Ok(None),
        };
    };
    if target.id != head.id {
        return match gate::merged_base(repo, &target, head) {
            Ok(Some(_)) => Ok(Some((gate::since(repo, &target, head)?, name))),
            Ok(None) | Err(_) => Err(missing(&format!("where the branch left `{name}`"), depth)),
        };
    }
    // On the main branch itself, without a word of what was there before: the last commit is what can be judged.
    match repo.parents(head)?.first() {
        None => Ok(None),
        Some(parent) => match repo.commit(&parent.0) {
            Ok(parent) => Ok(Some((Base::between(&parent, head), "HEAD^".to_owned()))),
            Err(_) => Err(missing("the commit before HEAD", depth)),
        },
    }
}

fn missing(what: &str, depth: Depth) -> Failure {
    let Depth(lines) = depth;
    Failure::new(format!("{what} was not fetched, so nobody can say what is new"))
        .help(format!("let the checkout fetch the history:\n{lines}"))
        .help("or name what to compare with: `sprag ci --base REF`")
}

/// Reads what each CI system documents about its jobs; `env` looks a variable up.
fn job(env: &impl Fn(&str) -> Option<String>) -> (Job, Depth) {
    let get = |name: &str| env(name).filter(|it| !it.is_empty());
    let id = |name: &str| get(name).filter(|it| it.bytes().any(|byte| byte != b'0'));
    let branch = |name: &str| vec![format!("refs/remotes/origin/{name}"), name.to_owned()];
    if get("GITHUB_ACTIONS").is_some() {
        let job = github(env);
        let merge = get("GITHUB_REF")
            .is_some_and(|it| it.starts_with("refs/pull/") && it.ends_with("/merge"));
        return (job, if merge { GITHUB_MERGE } else { GITHUB });
    }
    if get("GITLAB_CI").is_some() {
        let target = get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME");
        let job = match target {
            Some(name) => {
                let exact =
                    ["CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "CI_MERGE_REQUEST_DIFF_BASE_SHA"];
                let mut targets: Vec<String> = exact.iter().filter_map(|it| id(it)).collect();
                targets.splice(1.min(targets.len())..1.min(targets.len()), branch(&name));
                // Said of merged results alone.
                let tip = id("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA");
                Job::Merge(Request { targets, name, tip, only_read: false })
            }
            None => {
                Job::Push { before: id("CI_COMMIT_BEFORE_SHA"), main: get("CI_DEFAULT_BRANCH") }
            }
        };
        return (job, GITLAB);
    }
    if let Some(name) = get("BITBUCKET_PR_DESTINATION_BRANCH") {
        let mut targets: Vec<String> = id("BITBUCKET_PR_DESTINATION_COMMIT").into_iter().collect();
        targets.extend(branch(&name));
        return (Job::Merge(Request { targets, name, ..Request::default() }), BITBUCKET);
    }
    if let Some(full) = get("SYSTEM_PULLREQUEST_TARGETBRANCH") {
        let name = full.strip_prefix("refs/heads/").unwrap_or(&full).to_owned();
        let tip = id("SYSTEM_PULLREQUEST_SOURCECOMMITID");
        return (
            Job::Merge(Request { targets: branch(&name), name, tip, only_read: false }),
            AZURE,
        );
    }
    // Buildkite, Jenkins, Drone, Woodpecker, Travis.
    let others = [
        "BUILDKITE_PULL_REQUEST_BASE_BRANCH",
        "CHANGE_TARGET",
        "DRONE_TARGET_BRANCH",
        "CI_COMMIT_TARGET_BRANCH",
    ];
    if let Some(name) = others.iter().find_map(|it| get(it)) {
        return (Job::Merge(Request { targets: branch(&name), name, ..Request::default() }), OTHER);
    }
    if let Some(range) = get("TRAVIS_COMMIT_RANGE") {
        let before = range.split("..").next().map(str::to_owned);
        return (Job::Push { before, main: None }, OTHER);
    }
    (Job::Push { before: id("DRONE_COMMIT_BEFORE"), main: None }, OTHER)
}

/// GitHub, and Gitea and Forgejo, whose runners say the same.
fn github(env: &impl Fn(&str) -> Option<String>) -> Job {
    let event = env("GITHUB_EVENT_PATH")
        .and_then(|it| std::fs::read_to_string(it).ok())
        .unwrap_or_default();
    let at = |keys: &[&str]| json::string_at(&event, keys).filter(|it| !it.is_empty());
    let name = env("GITHUB_EVENT_NAME").unwrap_or_default();
    match name.as_str() {
        "pull_request" | "pull_request_target" | "pull_request_review" => {
            let target = env("GITHUB_BASE_REF")
                .filter(|it| !it.is_empty())
                .or_else(|| at(&["pull_request", "base", "ref"]));
            let target = target.unwrap_or_else(|| "main".to_owned());
            let mut targets: Vec<String> =
                at(&["pull_request", "base", "sha"]).into_iter().collect();
            targets.push(format!("refs/remotes/origin/{target}"));
            // With this event GitHub checks out the target (Events that trigger workflows, `pull_request_target`).
            let only_read = name == "pull_request_target";
            let tip = at(&["pull_request", "head", "sha"]);
            Job::Merge(Request { targets, name: target, tip, only_read })
        }
        "merge_group" => {
            let target = at(&["merge_group", "base_ref"]).unwrap_or_else(|| "main".to_owned());
            let targets = at(&["merge_group", "base_sha"]).into_iter().collect();
            Job::Merge(Request { targets, name: target, ..Request::default() })
        }
        "push" => {
            let before = at(&["before"]).filter(|it| it.bytes().any(|byte| byte != b'0'));
            Job::Push { before, main: at(&["repository", "default_branch"]) }
        }
        _ => Job::Everything,
    }
}

#[cfg(test)]
mod tests {
    use super::{Job, Request, job};

    fn told(pairs: &[(&str, &str)]) -> Job {
        let find = |name: &str| pairs.iter().find(|it| it.0 == name).map(|it| it.1.to_owned());
        job(&find).0
    }

    #[test]
    fn a_merge_request_of_gitlab_names_its_target() {
        let job = told(&[
            ("GITLAB_CI", "true"),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", "abc"),
        ]);
        let targets = ["abc", "refs/remotes/origin/main", "main"].map(str::to_owned).to_vec();
        let request = Request { targets, name: "main".to_owned(), ..Request::default() };
        assert_eq!(job, Job::Merge(request));
    }

    #[test]
    fn a_new_branch_has_nothing_before_it() {
        let zeros = "0".repeat(40);
        let job = told(&[
            ("GITLAB_CI", "true"),
            ("CI_COMMIT_BEFORE_SHA", zeros.as_str()),
            ("CI_DEFAULT_BRANCH", "main"),
        ]);
        assert_eq!(job, Job::Push { before: None, main: Some("main".to_owned()) });
    }
}
