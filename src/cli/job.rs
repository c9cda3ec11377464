//! What a CI system says its job is about, in its own variables.

use crate::parse::json;

/// What is to be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Job {
    /// A request to take a branch into another.
    Merge(Request),
    /// A branch that went from one commit to another.
    Push(Pushed),
    /// Neither: by hand, by clock, by something that happened elsewhere.
    Run(Pushed),
}

/// A request to take a branch into another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Request {
    /// The revisions that the target may be known by. The latest counts.
    pub(super) targets: Vec<String>,
    pub(super) name: String,
    /// The tip of the branch, where the system says it.
    pub(super) tip: Option<String>,
    /// The tip is what is judged, whatever is checked out: the job runs on the target, so that nothing of the request
    /// is run.
    pub(super) only_read: bool,
}

/// Where a job runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pushed {
    /// The branch that the job is of, without `refs/heads/`. A tag has its full name.
    pub(super) branch: Option<String>,
    /// The main branch of the repository.
    pub(super) main: Option<String>,
    /// Where the branch was before.
    pub(super) before: Option<String>,
}

/// How a checkout gets the commits that are missing, in the words of the CI system.
#[derive(Clone, Copy, Debug)]
pub(super) struct Depth(pub(super) &'static str);

/// The merge that GitHub checks out for a pull request has the target for its first parent.
const GITHUB_MERGE: Depth =
    Depth("    - uses: actions/checkout@v4\n      with:\n        fetch-depth: 2");
const GITHUB: Depth = Depth("    - uses: actions/checkout@v4\n      with:\n        fetch-depth: 0");
const GITLAB: Depth = Depth("    variables:\n      GIT_DEPTH: 0");
const BITBUCKET: Depth = Depth("    clone:\n      depth: full");
const AZURE: Depth = Depth("    - checkout: self\n      fetchDepth: 0");
const OTHER: Depth = Depth("    git fetch --unshallow origin");

/// Reads what each CI system documents about its jobs; `env` looks a variable up.
pub(super) fn job(env: &impl Fn(&str) -> Option<String>) -> (Job, Depth) {
    let get = |name: &str| env(name).filter(|it| !it.is_empty());
    let id = |name: &str| get(name).filter(|it| it.bytes().any(|byte| byte != b'0'));
    if get("GITHUB_ACTIONS").is_some() {
        let merge = get("GITHUB_REF")
            .is_some_and(|it| it.starts_with("refs/pull/") && it.ends_with("/merge"));
        return (github(env), if merge { GITHUB_MERGE } else { GITHUB });
    }
    if get("GITLAB_CI").is_some() {
        return (gitlab(&get, &id), GITLAB);
    }
    let request = |name: String, tip| {
        Job::Merge(Request { targets: remote(&name), name, tip, only_read: false })
    };
    if let Some(name) = get("BITBUCKET_PR_DESTINATION_BRANCH") {
        return (request(name, None), BITBUCKET);
    }
    if let Some(full) = get("SYSTEM_PULLREQUEST_TARGETBRANCH") {
        return (request(short(&full), id("SYSTEM_PULLREQUEST_SOURCECOMMITID")), AZURE);
    }
    if get("TRAVIS_PULL_REQUEST").is_some_and(|it| it != "false")
        && let Some(name) = get("TRAVIS_BRANCH")
    {
        return (request(name, id("TRAVIS_PULL_REQUEST_SHA")), OTHER);
    }
    // Buildkite, Jenkins, Drone, Woodpecker.
    let targets = [
        "BUILDKITE_PULL_REQUEST_BASE_BRANCH",
        "CHANGE_TARGET",
        "DRONE_TARGET_BRANCH",
        "CI_COMMIT_TARGET_BRANCH",
    ];
    // Drone names a target for a push as well: the branch itself.
    let pushed = get("DRONE_BUILD_EVENT").is_some_and(|it| it == "push");
    if let Some(name) = targets.iter().find_map(|it| get(it)).filter(|_| !pushed) {
        return (request(name, None), OTHER);
    }
    let branches = [
        "DRONE_BRANCH",
        "BUILDKITE_BRANCH",
        "CI_COMMIT_BRANCH",
        "TRAVIS_BRANCH",
        "BITBUCKET_BRANCH",
        "BUILD_SOURCEBRANCH",
        "BRANCH_NAME",
        "CIRCLE_BRANCH",
    ];
    let mains =
        ["DRONE_REPO_BRANCH", "BUILDKITE_PIPELINE_DEFAULT_BRANCH", "CI_REPO_DEFAULT_BRANCH"];
    let first = |all: &[&str]| all.iter().find_map(|it| get(it)).map(|it| short(&it));
    let travis = get("TRAVIS_COMMIT_RANGE");
    let travis = travis.and_then(|it| it.split("..").next().map(str::to_owned));
    let before = id("DRONE_COMMIT_BEFORE").or_else(|| id("GIT_PREVIOUS_COMMIT")).or(travis);
    (Job::Push(Pushed { branch: first(&branches), main: first(&mains), before }), OTHER)
}

/// A branch of the remote as it was fetched. A name alone might be a tag, which anybody may push.
fn remote(name: &str) -> Vec<String> {
    vec![format!("refs/remotes/origin/{name}"), format!("refs/heads/{name}")]
}

fn short(full: &str) -> String {
    full.strip_prefix("refs/heads/").unwrap_or(full).to_owned()
}

fn gitlab(get: &impl Fn(&str) -> Option<String>, id: &impl Fn(&str) -> Option<String>) -> Job {
    if let Some(name) = get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME") {
        // CI_MERGE_REQUEST_DIFF_BASE_SHA is where the branch began, which whoever makes it chooses. The other two are
        // said of merged results alone.
        let mut targets: Vec<String> =
            id("CI_MERGE_REQUEST_TARGET_BRANCH_SHA").into_iter().collect();
        targets.extend(remote(&name));
        let tip = id("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA");
        return Job::Merge(Request { targets, name, tip, only_read: false });
    }
    let pushed = Pushed {
        branch: get("CI_COMMIT_BRANCH").or_else(|| get("CI_COMMIT_TAG")),
        main: get("CI_DEFAULT_BRANCH"),
        before: id("CI_COMMIT_BEFORE_SHA"),
    };
    match get("CI_PIPELINE_SOURCE").as_deref() {
        None | Some("push" | "external") => Job::Push(pushed),
        Some(_) => Job::Run(pushed),
    }
}

/// GitHub, and Gitea and Forgejo, whose runners say the same.
fn github(env: &impl Fn(&str) -> Option<String>) -> Job {
    let event = env("GITHUB_EVENT_PATH")
        .and_then(|it| std::fs::read_to_string(it).ok())
        .unwrap_or_default();
    let at = |keys: &[&str]| json::string_at(&event, keys).filter(|it| !it.is_empty());
    let get = |name: &str| env(name).filter(|it| !it.is_empty());
    let current = get("GITHUB_REF");
    let pushed = Pushed {
        branch: at(&["ref"])
            .filter(|it| it.starts_with("refs/"))
            .or(current.clone())
            .map(|it| short(&it)),
        main: at(&["repository", "default_branch"]),
        before: at(&["before"]).filter(|it| it.bytes().any(|byte| byte != b'0')),
    };
    let name = env("GITHUB_EVENT_NAME").unwrap_or_default();
    match name.as_str() {
        "pull_request" | "pull_request_target" | "pull_request_review" => {
            let target = get("GITHUB_BASE_REF").or_else(|| at(&["pull_request", "base", "ref"]));
            let target = target.unwrap_or_else(|| "main".to_owned());
            // The event may be older than the branch.
            let mut targets: Vec<String> =
                at(&["pull_request", "base", "sha"]).into_iter().collect();
            targets.push(format!("refs/remotes/origin/{target}"));
            // With this event GitHub checks out the default branch (Events that trigger workflows,
            // `pull_request_target`), which nearly always is the target.
            let only_read = name == "pull_request_target";
            if only_read && current.is_some_and(|it| short(&it) == target) {
                targets.push("HEAD".to_owned());
            }
            let tip = at(&["pull_request", "head", "sha"]);
            Job::Merge(Request { targets, name: target, tip, only_read })
        }
        "merge_group" => {
            let target = at(&["merge_group", "base_ref"]).unwrap_or_else(|| "main".to_owned());
            let targets = at(&["merge_group", "base_sha"]).into_iter().collect();
            Job::Merge(Request { targets, name: target, ..Request::default() })
        }
        "push" => Job::Push(pushed),
        _ => Job::Run(Pushed { before: None, ..pushed }),
    }
}

#[cfg(test)]
mod tests {
    use super::{Job, Pushed, Request, job};

    fn told(pairs: &[(&str, &str)]) -> Job {
        let find = |name: &str| pairs.iter().find(|it| it.0 == name).map(|it| it.1.to_owned());
        job(&find).0
    }

    #[test]
    fn a_merge_request_of_gitlab_names_its_target_and_not_where_the_branch_began() {
        let job = told(&[
            ("GITLAB_CI", "true"),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", "abc"),
        ]);
        let targets = ["refs/remotes/origin/main", "refs/heads/main"].map(str::to_owned).to_vec();
        let request = Request { targets, name: "main".to_owned(), ..Request::default() };
        assert_eq!(job, Job::Merge(request));
    }

    #[test]
    fn a_new_branch_has_nothing_before_it() {
        let zeros = "0".repeat(40);
        let job = told(&[
            ("GITLAB_CI", "true"),
            ("CI_COMMIT_BEFORE_SHA", zeros.as_str()),
            ("CI_COMMIT_BRANCH", "feat"),
            ("CI_DEFAULT_BRANCH", "main"),
        ]);
        let [branch, main] = ["feat", "main"].map(|it| Some(it.to_owned()));
        assert_eq!(job, Job::Push(Pushed { branch, main, before: None }));
    }

    #[test]
    fn a_push_to_drone_is_no_request_though_it_names_a_target() {
        let job = told(&[
            ("DRONE_BUILD_EVENT", "push"),
            ("DRONE_TARGET_BRANCH", "feat"),
            ("DRONE_BRANCH", "feat"),
            ("DRONE_REPO_BRANCH", "main"),
            ("DRONE_COMMIT_BEFORE", "abc"),
        ]);
        let [branch, main, before] = ["feat", "main", "abc"].map(|it| Some(it.to_owned()));
        assert_eq!(job, Job::Push(Pushed { branch, main, before }));
    }
}
