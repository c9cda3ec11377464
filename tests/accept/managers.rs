//! Under other hook managers: what each of them leaves of what git says, as it was seen of them.

use super::seed;
use crate::support::Sandbox;

/// A push as pre-commit passes it on: nothing on standard input, and variables.
fn push(sandbox: &Sandbox, variables: &str) -> (i32, String) {
    let script = format!("unset GIT_DIR; {variables} PRE_COMMIT=1 $SPRAG hook pre-push </dev/null");
    sandbox.try_in(sandbox.path(), &script)
}

const REMOTE: &str = "PRE_COMMIT_REMOTE_NAME=origin PRE_COMMIT_REMOTE_URL=../origin.git";

#[test]
fn a_commit_that_only_deletes_is_refused_where_the_manager_runs_us_without_files() {
    let sandbox = seed();
    sandbox.does("git rm -q $M/V2__b.sql");
    // pre-commit and prek, with `always_run` and without file names; husky; lefthook: the same command line.
    for command in [
        "$SPRAG hook pre-commit",
        "PRE_COMMIT=1 $SPRAG hook pre-commit",
        "LEFTHOOK=1 $SPRAG hook pre-commit",
    ] {
        sandbox.refuses(command, &["deleted-migration", "V2__b.sql"]);
    }
}

#[test]
fn names_of_files_that_a_manager_passes_change_nothing() {
    let sandbox = seed();
    sandbox.does("edit $M/V1__a.sql; git add -A");
    sandbox.refuses("$SPRAG hook pre-commit src/main.rs", &["edited-migration"]);
    sandbox.refuses("$SPRAG hook pre-commit -- --help -x", &["edited-migration"]);
    sandbox.refuses("$SPRAG hook pre-commit -x.sql --y", &["edited-migration"]);
    sandbox
        .refuses("$SPRAG hook pre-commit \"$(printf 'caf\\351.sql')\" -x", &["edited-migration"]);
}

#[test]
fn a_push_is_judged_from_what_pre_commit_says_of_it() {
    let sandbox = seed();
    sandbox.does("git branch old; edit $M/V1__a.sql; git commit -qnam x");
    let told = format!(
        "{REMOTE} PRE_COMMIT_FROM_REF=$(git rev-parse old) PRE_COMMIT_TO_REF=$(git rev-parse HEAD) \
         PRE_COMMIT_LOCAL_BRANCH=refs/heads/main PRE_COMMIT_REMOTE_BRANCH=refs/heads/main"
    );
    let (code, said) = push(&sandbox, &told);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("edited-migration") && said.contains("push of refs/heads/main refused"),
        "{said}"
    );
}

#[test]
fn that_only_the_first_ref_was_seen_is_told() {
    // `git push origin main x`, with the bad change in x: pre-commit speaks of main alone.
    let sandbox = seed();
    sandbox.does("git branch old; git checkout -qb x; edit $M/V1__a.sql; git commit -qnam x; git checkout -q main; echo >src/x; git add -A; git commit -qm y");
    let told = format!(
        "{REMOTE} PRE_COMMIT_FROM_REF=$(git rev-parse old) PRE_COMMIT_TO_REF=$(git rev-parse main) \
         PRE_COMMIT_LOCAL_BRANCH=refs/heads/main PRE_COMMIT_REMOTE_BRANCH=refs/heads/main"
    );
    let (code, said) = push(&sandbox, &told);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("only the first ref of a push"), "{said}");
    let (code, said) = sandbox.try_in(sandbox.path(), "git checkout -q x; $SPRAG ci");
    assert!(code == 1 && said.contains("edited-migration"), "CI refuses it: {said}");
}

#[test]
fn the_first_push_of_all_is_judged_though_pre_commit_names_only_branches() {
    for more in ["", "PRE_COMMIT_TO_REF=$(git rev-parse HEAD)"] {
        let sandbox = Sandbox::new();
        sandbox.write("policy.toml", super::POLICY);
        sandbox.does("mkdir -p $M; echo 'create table a (id int primary key);' >$M/V1__a.sql; git add -A; git commit -qm x");
        let told = format!(
            "{REMOTE} {more} PRE_COMMIT_LOCAL_BRANCH=refs/heads/main PRE_COMMIT_REMOTE_BRANCH=refs/heads/main"
        );
        let (code, said) = push(&sandbox, &told);
        assert_eq!(code, 1, "{said}");
        assert!(
            said.contains("table-without-rls") && said.contains("push of refs/heads/main refused"),
            "{said}"
        );
        sandbox.does("new a >$M/V1__a.sql; git add -A; git commit -q --amend -m x");
        assert_eq!(push(&sandbox, &told).0, 0);
    }
}

#[test]
fn a_branch_that_a_manager_names_and_that_is_not_here_has_no_verdict() {
    let sandbox = seed();
    let told = format!(
        "{REMOTE} PRE_COMMIT_LOCAL_BRANCH=refs/heads/gone PRE_COMMIT_REMOTE_BRANCH=refs/heads/main"
    );
    let (code, said) = push(&sandbox, &told);
    assert!(
        code == 2 && said.contains("could not judge") && said.contains("refs/heads/gone"),
        "{said}"
    );
}

#[test]
fn what_a_forced_push_takes_away_is_seen_though_the_manager_starts_later() {
    // prek starts where the pushed commits begin, which is before what the remote has.
    let sandbox = seed();
    sandbox.does(
        "new e >$M/V5__e.sql; git add -A; git commit -qm e; git push -q origin main
         git reset -q --hard HEAD^; echo >src/x; git add -A; git commit -qm f",
    );
    let told = format!(
        "{REMOTE} PRE_COMMIT_FROM_REF=$(git rev-parse HEAD^) PRE_COMMIT_TO_REF=$(git rev-parse HEAD) \
         PRE_COMMIT_LOCAL_BRANCH=refs/heads/main PRE_COMMIT_REMOTE_BRANCH=refs/heads/main"
    );
    let (code, said) = push(&sandbox, &told);
    assert!(
        code == 1 && said.contains("deleted-migration") && said.contains("V5__e.sql"),
        "{said}"
    );
}

#[test]
fn a_stage_run_by_hand_is_judged_from_the_two_revisions_it_names() {
    let sandbox = seed();
    sandbox.does("edit $M/V1__a.sql; git commit -qnam x");
    let (code, said) = push(&sandbox, "PRE_COMMIT_FROM_REF=origin/main PRE_COMMIT_TO_REF=HEAD");
    assert!(code == 1 && said.contains("edited-migration"), "{said}");
}

#[test]
fn variables_of_a_manager_do_not_outweigh_what_git_says() {
    let sandbox = seed();
    sandbox.does("git branch old; edit $M/V1__a.sql; git commit -qnam x");
    sandbox.refuses(
        "export PRE_COMMIT_FROM_REF=old PRE_COMMIT_TO_REF=old PRE_COMMIT_REMOTE_BRANCH=refs/heads/main; git push origin main",
        &["edited-migration"],
    );
}

#[test]
fn lefthook_hands_over_every_line() {
    let sandbox = seed();
    sandbox.does("git checkout -qb good; echo >src/x; git add -A; git commit -qm y; git checkout -qb bad; edit $M/V1__a.sql; git commit -qnam x");
    let script = "z=$(git rev-parse HEAD | tr 0-9a-f 0)
        printf 'refs/heads/good %s refs/heads/good %s\\nrefs/heads/bad %s refs/heads/bad %s\\n' $(git rev-parse good) $z $(git rev-parse bad) $z | $SPRAG hook pre-push";
    sandbox.refuses(script, &["edited-migration", "push of refs/heads/bad refused"]);
}
