//! `sprag ci` as each system runs it: what it says of the job is in its variables, and the checkout may be short.

use std::path::{Path, PathBuf};

use insta::assert_snapshot;

use super::plain;
use crate::accept::{committed, new};
use crate::support::Sandbox;

const BAD: &str = "drop table a;\n";

/// An origin with `main`, one commit further than where `feat` left it, and `pull`, the merge of `feat` into `main` as
/// GitHub makes it.
fn requested(sql: &str) -> Sandbox {
    let sandbox = committed(&[]).with_origin();
    sandbox.does("git checkout -qb feat");
    sandbox.commit("db/migrations/V4__d.sql", sql);
    sandbox.does(
        "git checkout -q main; new c >$M/V3__c.sql; git add -A; git commit -qm main; git push -q origin main
         git checkout -q --detach; git merge -qm pull feat; git push -q origin feat HEAD:refs/heads/pull; git checkout -q main",
    );
    sandbox
}

/// A checkout of `branch` alone, of some depth.
fn checkout(sandbox: &Sandbox, branch: &str, depth: &str) -> PathBuf {
    let depth =
        if depth == "all" { String::new() } else { format!("--depth {depth} --single-branch") };
    sandbox.does(&format!(
        "rm -rf ../job; git clone -q {depth} --branch {branch} \"file://$PWD/../origin.git\" ../job"
    ));
    sandbox.outside().join("job")
}

fn ci(sandbox: &Sandbox, at: &Path, variables: &str) -> (i32, String) {
    sandbox.try_in(at, &format!("{variables} $SPRAG ci"))
}

fn pull_request(sandbox: &Sandbox) -> String {
    let base = sandbox.line(&["rev-parse", "main"]);
    std::fs::write(
        sandbox.outside().join("event.json"),
        format!("{{\"pull_request\": {{\"base\": {{\"ref\": \"main\", \"sha\": \"{base}\"}}}}}}"),
    )
    .unwrap();
    "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=pull_request GITHUB_BASE_REF=main GITHUB_EVENT_PATH=../event.json".to_owned()
}

fn pushed(sandbox: &Sandbox, before: &str) -> String {
    std::fs::write(
        sandbox.outside().join("event.json"),
        format!("{{\"before\": \"{before}\", \"repository\": {{\"default_branch\": \"main\"}}}}"),
    )
    .unwrap();
    "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=push GITHUB_EVENT_PATH=../event.json".to_owned()
}

#[test]
fn a_pull_request_is_judged_at_any_depth_but_one() {
    for (sql, code) in [(new("d").as_str(), 0), (BAD, 1)] {
        let sandbox = requested(sql);
        let variables = pull_request(&sandbox);
        for depth in ["2", "3", "all"] {
            let (it, said) = ci(&sandbox, &checkout(&sandbox, "pull", depth), &variables);
            assert_eq!(it, code, "depth {depth}: {said}");
            // What main has meanwhile is not the request's.
            assert!(!said.contains("V3__c.sql"), "{said}");
        }
    }
}

#[test]
fn a_pull_request_at_depth_one_has_no_verdict_and_is_told_which_lines_to_change() {
    let sandbox = requested(BAD);
    let variables = pull_request(&sandbox);
    let job = checkout(&sandbox, "pull", "1");
    let (code, said) = ci(&sandbox, &job, &variables);
    assert_snapshot!(format!("{}[exit {code}]", plain(&sandbox, &said)), @r#"
    ::error title=could not judge::the target branch `main` was not fetched, so nobody can say what is new%0Alet the checkout fetch the history:%0A    - uses: actions/checkout@v4%0A      with:%0A        fetch-depth: 0%0Aor name what to compare with: `sprag ci --base REF`
    error: could not judge: the target branch `main` was not fetched, so nobody can say what is new
     |
     = help: let the checkout fetch the history:
                 - uses: actions/checkout@v4
                   with:
                     fetch-depth: 0
     = help: or name what to compare with: `sprag ci --base REF`
    [exit 2]
    "#);
    let (code, said) = sandbox.try_in(&job, &format!("{variables} $SPRAG ci --format json"));
    assert!(code == 2 && said.contains("fetch-depth: 0"), "{said}");
}

#[test]
fn a_pull_request_that_checks_out_the_branch_itself_is_judged_from_where_it_left() {
    for (sql, code) in [(new("d").as_str(), 0), (BAD, 1)] {
        let sandbox = requested(sql);
        let variables = pull_request(&sandbox);
        let (it, said) = ci(&sandbox, &checkout(&sandbox, "feat", "all"), &variables);
        assert_eq!(it, code, "{said}");
        assert!(!said.contains("V3__c.sql"), "main went on: {said}");
        let (it, said) = ci(&sandbox, &checkout(&sandbox, "feat", "1"), &variables);
        assert_eq!(it, 2, "{said}");
    }
}

#[test]
fn a_request_cannot_loosen_the_policy_that_judges_it() {
    let sandbox = committed(&[]).with_origin();
    sandbox.does(
        "git checkout -qb feat; printf '[rules]\\ndrop-table = \"allow\"\\n' >>policy.toml; wrong >$M/V3__c.sql; git add -A; git commit -qm x
         git checkout -q --detach main; git merge -q --no-ff -m pull feat; git push -q origin HEAD:refs/heads/pull; git checkout -q main",
    );
    let variables = pull_request(&sandbox);
    let (code, said) = ci(&sandbox, &checkout(&sandbox, "pull", "2"), &variables);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("error[policy-tampered]") && said.contains("error[drop-table]"),
        "{said}"
    );
}

/// What GitHub says of a request whose tip is `tip`.
fn requested_from(sandbox: &Sandbox, event: &str, base: &str, tip: &str) -> String {
    std::fs::write(
        sandbox.outside().join("event.json"),
        format!(
            "{{\"pull_request\": {{\"base\": {{\"ref\": \"main\", \"sha\": \"{base}\"}}, \"head\": {{\"sha\": \"{tip}\"}}}}}}"
        ),
    )
    .unwrap();
    format!(
        "GITHUB_ACTIONS=true GITHUB_EVENT_NAME={event} GITHUB_BASE_REF=main GITHUB_EVENT_PATH=../event.json"
    )
}

#[test]
fn a_merge_that_a_branch_has_made_hides_nothing_behind_its_first_parent() {
    let sandbox = committed(&[]).with_origin();
    sandbox.does(
        "git checkout -qb side; echo x >x; git add x; git commit -qm side
         git checkout -qb feat main; wrong >$M/V3__c.sql; git add -A; git commit -qm wrong
         git merge -q --no-ff -m merged side; git push -q origin feat; git checkout -q main",
    );
    let (main, tip) = (sandbox.line(&["rev-parse", "main"]), sandbox.line(&["rev-parse", "feat"]));
    let job = checkout(&sandbox, "feat", "all");
    for variables in [
        requested_from(&sandbox, "pull_request", &main, &tip),
        format!(
            "GITLAB_CI=true CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main CI_MERGE_REQUEST_DIFF_BASE_SHA={main}"
        ),
        format!(
            "SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main SYSTEM_PULLREQUEST_SOURCECOMMITID={tip}"
        ),
        "CHANGE_TARGET=main".to_owned(),
    ] {
        let (code, said) = ci(&sandbox, &job, &variables);
        assert!(code == 1 && said.contains("drop-table"), "{variables}: {said}");
    }
    // Where nothing but the branch was fetched, there is nobody to say what the target is.
    let variables = requested_from(&sandbox, "pull_request", &main, &tip);
    let (code, said) = ci(&sandbox, &checkout(&sandbox, "feat", "2"), &variables);
    assert_eq!(code, 2, "{said}");
}

#[test]
fn the_merge_that_the_system_has_made_may_be_of_a_later_target_than_the_event_knows() {
    for (sql, code) in [(new("d").as_str(), 0), (BAD, 1)] {
        let sandbox = requested(sql);
        let (old, tip) =
            (sandbox.line(&["rev-parse", "main^"]), sandbox.line(&["rev-parse", "feat"]));
        let variables = requested_from(&sandbox, "pull_request", &old, &tip);
        for depth in ["2", "all"] {
            let (it, said) = ci(&sandbox, &checkout(&sandbox, "pull", depth), &variables);
            assert_eq!(it, code, "{depth}: {said}");
            assert!(!said.contains("V3__c.sql"), "{said}");
        }
    }
}

#[test]
fn with_the_target_checked_out_the_tip_of_the_request_is_read_and_never_run() {
    for (sql, code) in [(new("d").as_str(), 0), (BAD, 1)] {
        let sandbox = requested(sql);
        let (main, tip) =
            (sandbox.line(&["rev-parse", "main"]), sandbox.line(&["rev-parse", "feat"]));
        let variables = requested_from(&sandbox, "pull_request_target", &main, &tip);
        let job = checkout(&sandbox, "main", "all");
        sandbox.does("git -C ../job update-ref -d refs/remotes/origin/feat; git -C ../job update-ref -d refs/remotes/origin/pull; git -C ../job gc -q --prune=now");
        let (it, said) = ci(&sandbox, &job, &variables);
        assert!(it == 2 && said.contains("git fetch --no-tags origin refs/pull/"), "{said}");
        sandbox.does("git -C ../job fetch -q --no-tags origin refs/heads/feat");
        let (it, said) = ci(&sandbox, &job, &variables);
        assert_eq!(it, code, "{said}");
        assert!(!job.join("db/migrations/V4__d.sql").exists());
    }
}

#[test]
fn a_push_is_judged_from_what_was_there_before() {
    let sandbox = requested(&new("d"));
    let before = sandbox.line(&["rev-parse", "main^"]);
    let variables = pushed(&sandbox, &before);
    assert_eq!(ci(&sandbox, &checkout(&sandbox, "main", "all"), &variables).0, 0);
    let (code, said) = ci(&sandbox, &checkout(&sandbox, "main", "1"), &variables);
    assert!(code == 2 && said.contains(&before) && said.contains("fetch-depth: 0"), "{said}");
    sandbox.commit("db/migrations/V5__e.sql", BAD).git(&["push", "-q", "origin", "main"]);
    let (code, said) = ci(&sandbox, &checkout(&sandbox, "main", "all"), &variables);
    assert!(code == 1 && said.contains("drop-table"), "{said}");
}

#[test]
fn a_new_branch_is_judged_from_where_it_left_the_main_branch() {
    for (sql, code) in [(new("d").as_str(), 0), (BAD, 1)] {
        let sandbox = requested(sql);
        let variables = pushed(&sandbox, &"0".repeat(40));
        let (it, said) = ci(&sandbox, &checkout(&sandbox, "feat", "all"), &variables);
        assert_eq!(it, code, "{said}");
        let (it, said) = ci(&sandbox, &checkout(&sandbox, "feat", "1"), &variables);
        assert!(it == 2 && said.contains("fetch-depth: 0"), "{said}");
    }
}

/// What each system says of a push of `feat`, which was at `before`.
fn pushed_to_feat(sandbox: &Sandbox, before: &str) -> Vec<String> {
    std::fs::write(
        sandbox.outside().join("event.json"),
        format!(
            "{{\"ref\": \"refs/heads/feat\", \"before\": \"{before}\", \"repository\": {{\"default_branch\": \"main\"}}}}"
        ),
    )
    .unwrap();
    let github = "GITHUB_ACTIONS=true GITHUB_EVENT_PATH=../event.json GITHUB_REF=refs/heads/feat";
    vec![
        format!("{github} GITHUB_EVENT_NAME=push"),
        format!("{github} GITHUB_EVENT_NAME=workflow_dispatch"),
        format!(
            "GITLAB_CI=true CI_COMMIT_BEFORE_SHA={before} CI_DEFAULT_BRANCH=main CI_COMMIT_BRANCH=feat"
        ),
        "GITLAB_CI=true CI_PIPELINE_SOURCE=web CI_DEFAULT_BRANCH=main CI_COMMIT_BRANCH=feat"
            .to_owned(),
        format!(
            "DRONE_BUILD_EVENT=push DRONE_COMMIT_BEFORE={before} DRONE_BRANCH=feat DRONE_TARGET_BRANCH=feat DRONE_REPO_BRANCH=main"
        ),
        format!("TRAVIS_COMMIT_RANGE={before}...HEAD TRAVIS_BRANCH=feat TRAVIS_PULL_REQUEST=false"),
        format!("GIT_PREVIOUS_COMMIT={before} BRANCH_NAME=feat"),
        "BITBUCKET_BRANCH=feat".to_owned(),
    ]
}

#[test]
fn a_second_push_of_a_branch_does_not_make_the_first_one_right() {
    let sandbox = requested(BAD);
    let before = sandbox.line(&["rev-parse", "feat"]);
    sandbox.does(
        "git checkout -q feat; echo x >x; git add x; git commit -qm x; git push -q origin feat",
    );
    let (whole, short) = (checkout(&sandbox, "feat", "all"), sandbox.outside().join("short"));
    for variables in pushed_to_feat(&sandbox, &before) {
        let (code, said) = ci(&sandbox, &whole, &variables);
        assert!(code == 1 && said.contains("drop-table"), "{variables}: {said}");
        // A checkout of the branch alone does not know the main branch.
        sandbox.does("rm -rf ../short; git clone -q --depth 2 --single-branch --branch feat \"file://$PWD/../origin.git\" ../short");
        let (code, said) = ci(&sandbox, &short, &variables);
        assert_eq!(code, 2, "{variables}: {said}");
    }
}

#[test]
fn with_nobody_to_say_what_was_on_the_main_branch_it_says_that_the_last_commit_alone_was_judged() {
    let sandbox = committed(&[]).with_origin();
    sandbox.does("wrong >$M/V3__c.sql; git add -A; git commit -qm wrong; echo x >x; git add x; git commit -qm x; git push -q origin main");
    let job = checkout(&sandbox, "main", "all");
    for variables in ["", "BRANCH_NAME=main", "BITBUCKET_BRANCH=main"] {
        let (code, said) = ci(&sandbox, &job, variables);
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("the last commit alone was judged"), "{variables}: {said}");
    }
    let before = sandbox.line(&["rev-parse", "HEAD~2"]);
    let jenkins = format!("BRANCH_NAME=main GIT_PREVIOUS_COMMIT={before}");
    assert_eq!(ci(&sandbox, &job, &jenkins).0, 1);
}

#[test]
fn what_the_target_has_since_learned_counts_for_branches_that_began_before() {
    let sandbox = committed(&[]).with_origin();
    let began = sandbox.line(&["rev-parse", "main"]);
    sandbox.does(
        "git checkout -qb feat; echo 'drop index a_idx;' >$M/V3__c.sql; git add -A; git commit -qm c
         git checkout -q main; printf '[rules]\\ndrop-index = \"deny\"\\n' >>policy.toml; git commit -qam stricter
         git push -q origin main feat",
    );
    let tip = sandbox.line(&["rev-parse", "feat"]);
    let job = checkout(&sandbox, "feat", "all");
    for variables in [
        format!(
            "GITLAB_CI=true CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main CI_MERGE_REQUEST_DIFF_BASE_SHA={began}"
        ),
        requested_from(&sandbox, "pull_request", &began, &tip),
    ] {
        let (code, said) = ci(&sandbox, &job, &variables);
        assert!(code == 1 && said.contains("error[drop-index]"), "{variables}: {said}");
    }
    // The target itself is checked out, and may be later than the event.
    let variables = requested_from(&sandbox, "pull_request_target", &began, &tip);
    let job = checkout(&sandbox, "main", "all");
    sandbox.does("git -C ../job update-ref refs/remotes/origin/main HEAD^");
    let (code, said) = ci(&sandbox, &job, &format!("{variables} GITHUB_REF=refs/heads/main"));
    assert!(code == 1 && said.contains("error[drop-index]"), "{said}");
}

/// A branch that has main's next commit merged, and takes back what that one brought; main has the branch's first.
fn criss_crossed() -> Sandbox {
    let sandbox = committed(&[]).with_origin();
    sandbox.does(
        "at() { export GIT_COMMITTER_DATE=2026-01-0$1T00:00:00Z; }
         at 2; git checkout -qb feat; echo b >b; git add b; git commit -qm b; git branch first
         at 1; git checkout -q main; printf '[rules]\\ndrop-index = \"deny\"\\n' >>policy.toml; new c >$M/V3__c.sql; git add -A; git commit -qm stricter; git branch stricter
         at 3; git merge -q --no-ff -m crossed first; git push -q origin main
         git checkout -q feat; git merge -q --no-ff -m back stricter
         git checkout -q first -- policy.toml; git rm -q $M/V3__c.sql; git commit -qm 'take it back'; git push -q origin feat",
    );
    sandbox
}

#[test]
fn what_was_merged_crosswise_is_not_taken_back_unseen() {
    let sandbox = criss_crossed();
    let all = sandbox.line(&["merge-base", "--all", "main", "feat"]);
    assert_eq!(all.lines().count(), 2, "two places where they parted: {all}");
    let job = checkout(&sandbox, "feat", "all");
    let (code, said) = sandbox.try_in(&job, "$SPRAG ci --base origin/main");
    assert!(
        code == 1 && said.contains("policy-tampered") && said.contains("deleted-migration"),
        "{said}"
    );
    let line = format!(
        "refs/heads/feat {} refs/heads/feat {}",
        sandbox.line(&["rev-parse", "feat"]),
        "0".repeat(40)
    );
    let (code, said) =
        sandbox.try_in(&job, &format!("echo '{line}' | $SPRAG hook pre-push origin x"));
    assert!(code == 1 && said.contains("deleted-migration"), "{said}");
}

#[test]
fn a_tag_is_not_taken_for_the_branch_of_its_name() {
    let sandbox = requested(BAD);
    let job = checkout(&sandbox, "feat", "all");
    sandbox.does("git -C ../job tag origin/main HEAD; git -C ../job tag main HEAD; git -C ../job branch main refs/remotes/origin/main");
    for line in ["ci --base origin/main", "check --base origin/main", "check --base main~0"] {
        let (code, said) = sandbox.try_in(&job, &format!("$SPRAG {line}"));
        assert!(code == 2 && said.contains("which are not the same"), "{line}: {said}");
    }
    let (code, said) = sandbox.try_in(&job, "$SPRAG ci --base refs/remotes/origin/main");
    assert_eq!(code, 1, "{said}");
}

#[test]
fn a_queue_for_merges_is_judged_from_its_base() {
    let sandbox = requested(BAD);
    let base = sandbox.line(&["rev-parse", "main"]);
    let event = format!(
        "{{\"merge_group\": {{\"base_sha\": \"{base}\", \"base_ref\": \"refs/heads/main\"}}}}"
    );
    std::fs::write(sandbox.outside().join("event.json"), event).unwrap();
    let variables =
        "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=merge_group GITHUB_EVENT_PATH=../event.json";
    for (depth, code) in [("2", 1), ("1", 2)] {
        let (it, said) = ci(&sandbox, &checkout(&sandbox, "pull", depth), variables);
        assert_eq!(it, code, "{said}");
    }
}

#[test]
fn a_run_by_hand_or_by_the_clock_judges_everything() {
    let sandbox = requested(BAD);
    let job = checkout(&sandbox, "main", "1");
    for name in ["workflow_dispatch", "schedule"] {
        let (code, said) =
            ci(&sandbox, &job, &format!("GITHUB_ACTIONS=true GITHUB_EVENT_NAME={name}"));
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("HEAD passes"), "{said}");
    }
}

#[test]
fn a_merge_request_of_gitlab_is_judged_and_told_of_its_own_settings() {
    for (sql, code) in [(new("d").as_str(), 0), (BAD, 1)] {
        let sandbox = requested(sql);
        let base = sandbox.line(&["merge-base", "main", "feat"]);
        let branch = format!(
            "GITLAB_CI=true CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main CI_MERGE_REQUEST_DIFF_BASE_SHA={base}"
        );
        // What is said of the merge that GitLab makes where merged results are asked for.
        let merged = format!(
            "{branch} CI_MERGE_REQUEST_TARGET_BRANCH_SHA={} CI_MERGE_REQUEST_SOURCE_BRANCH_SHA={}",
            sandbox.line(&["rev-parse", "main"]),
            sandbox.line(&["rev-parse", "feat"])
        );
        for (branch, depth, variables, code) in [
            ("feat", "all", &branch, code),
            ("feat", "2", &branch, 2),
            ("pull", "2", &merged, code),
            ("feat", "1", &branch, 2),
        ] {
            let (it, said) = ci(&sandbox, &checkout(&sandbox, branch, depth), variables);
            assert_eq!(it, code, "{branch} {depth}: {said}");
            assert!(code != 2 || said.contains("GIT_DEPTH: 0"), "{said}");
        }
        let pushed = format!(
            "GITLAB_CI=true CI_COMMIT_BEFORE_SHA={} CI_DEFAULT_BRANCH=main",
            "0".repeat(40)
        );
        let (it, said) = ci(&sandbox, &checkout(&sandbox, "feat", "all"), &pushed);
        assert_eq!(it, code, "{said}");
    }
}

#[test]
fn other_systems_name_the_target_in_their_own_variables() {
    for (sql, code) in [(new("d").as_str(), 0), (BAD, 1)] {
        let sandbox = requested(sql);
        for variables in [
            "BITBUCKET_PR_DESTINATION_BRANCH=main",
            "SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main",
            "BUILDKITE_PULL_REQUEST_BASE_BRANCH=main",
            "CHANGE_TARGET=main",
            "DRONE_TARGET_BRANCH=main",
            "CI_COMMIT_TARGET_BRANCH=main",
        ] {
            let (it, said) = ci(&sandbox, &checkout(&sandbox, "feat", "all"), variables);
            assert_eq!(it, code, "{variables}: {said}");
            let (it, said) = ci(&sandbox, &checkout(&sandbox, "feat", "1"), variables);
            assert_eq!(it, 2, "{variables}: {said}");
        }
    }
}

#[test]
fn without_a_word_from_any_system_a_branch_is_judged_from_where_it_left() {
    for (sql, code) in [(new("d").as_str(), 0), (BAD, 1)] {
        let sandbox = requested(sql);
        let job = checkout(&sandbox, "feat", "all");
        assert_eq!(ci(&sandbox, &job, "").0, code);
        assert_eq!(sandbox.try_in(&job, "$SPRAG ci --base origin/main").0, code);
        // A clone of one branch has no other one to compare with: then the whole is judged, or nobody can say.
        let (it, said) = ci(&sandbox, &checkout(&sandbox, "feat", "1"), "");
        assert_ne!(it, 1 - code, "never the wrong verdict: {said}");
    }
}

#[test]
fn what_is_found_is_written_into_the_summary_of_the_step() {
    let sandbox = requested(BAD);
    let variables = format!("{} GITHUB_STEP_SUMMARY=../summary", pull_request(&sandbox));
    let job = checkout(&sandbox, "pull", "2");
    assert_eq!(ci(&sandbox, &job, &variables).0, 1);
    let summary = std::fs::read_to_string(sandbox.outside().join("summary")).unwrap();
    assert!(summary.contains("drop-table") && summary.contains("V4\\_\\_d.sql:1:12"), "{summary}");
    // A summary that cannot be written changes no verdict.
    let variables = format!("{} GITHUB_STEP_SUMMARY=/nowhere/summary", pull_request(&sandbox));
    assert_eq!(ci(&sandbox, &job, &variables).0, 1);
}
