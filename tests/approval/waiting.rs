//! Where whoever signs gets from what there is to sign: a branch, if the policy lets it wait there.

use super::{FILE, MIGRATION, Office, POLICY};

const MAY_WAIT: &str = "branches-may-wait = true\n";

/// What judges the branch `work`, and lets it be pushed or not.
fn on_the_branch(office: &Office) -> Vec<(i32, String)> {
    let sprag = env!("CARGO_BIN_EXE_sprag");
    let zeros = "0".repeat(40);
    let commit = format!(
        "git reset -q --soft origin/main; git add -A; {sprag} hook pre-commit; code=$?; git commit -qnm change; exit $code"
    );
    let push = format!(
        "echo refs/heads/work $(git rev-parse work) refs/heads/work {zeros} | {sprag} hook pre-push origin x"
    );
    let receive = format!(
        "printf '#!/bin/sh\nexec {sprag} hook pre-receive\n' >../origin.git/hooks/pre-receive; chmod +x ../origin.git/hooks/pre-receive
         git push -q --no-verify -f origin work"
    );
    [commit, push, receive].iter().map(|it| office.repo.sh(it)).collect()
}

/// What stands before the main branch.
fn before_main(office: &Office) -> Vec<(i32, String)> {
    let sprag = env!("CARGO_BIN_EXE_sprag");
    let push = format!(
        "echo refs/heads/work $(git rev-parse work) refs/heads/main $(git rev-parse origin/main) | {sprag} hook pre-push origin x"
    );
    let ci = format!("{sprag} ci --base origin/main");
    let receive = "git push -q --no-verify origin work:main".to_owned();
    [ci, push, receive].iter().map(|it| office.repo.sh(it)).collect()
}

#[test]
fn a_branch_may_hold_what_waits_and_the_main_branch_may_not() {
    let Some(office) = Office::with(MAY_WAIT) else { return };
    for (code, said) in on_the_branch(&office) {
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("warning[alter-column-type]"), "{said}");
        assert!(said.contains("it waits for an approval"), "{said}");
        assert!(said.contains("sprag approve db/2_total.sql --rule alter-column-type"), "{said}");
    }
    for (code, said) in before_main(&office) {
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("error[alter-column-type]"), "{said}");
    }
    office.post(FILE, &office.letter().text(), "ceo");
    office.repo.run("git add -A; git commit -qnm approval");
    for (code, said) in before_main(&office) {
        assert_eq!(code, 0, "{said}");
    }
}

#[test]
fn without_a_word_from_the_policy_nothing_waits_anywhere() {
    let Some(office) = Office::new() else { return };
    for (code, said) in on_the_branch(&office) {
        assert_eq!(code, 1, "{said}");
    }
}

#[test]
fn the_word_is_that_of_the_main_branch_and_of_the_change() {
    let Some(office) = Office::new() else { return };
    office.repo.write("policy.toml", format!("{POLICY}{MAY_WAIT}"));
    office.refused("branches may hold what waits for an approval");
    let Some(office) = Office::with(MAY_WAIT) else { return };
    office.repo.write("policy.toml", POLICY);
    office.refused("error[alter-column-type]");
}

#[test]
fn what_nobody_can_sign_for_waits_nowhere() {
    let Some(office) = Office::with(MAY_WAIT) else { return };
    office.repo.write(MIGRATION, "drop table private.orders;\n");
    for (code, said) in on_the_branch(&office) {
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("error[drop-table]"), "{said}");
    }
}

#[test]
fn on_the_main_branch_itself_nothing_waits() {
    let Some(office) = Office::with(MAY_WAIT) else { return };
    office.repo.run("git stash -qu; git checkout -q main; git stash pop -q");
    office.refused("error[alter-column-type]");
}
