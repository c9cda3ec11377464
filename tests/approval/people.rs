//! Two people with two keys, from the first refusal to the merge and after it.

use sprag::approval::Letter;

use super::{FILE, MIGRATION, Office, POLICY, SQL};

/// Everywhere a change is judged on its way to the main branch.
fn everywhere(office: &Office) -> Vec<(i32, String)> {
    let zeros = "0".repeat(40);
    let sprag = env!("CARGO_BIN_EXE_sprag");
    let hook = format!("#!/bin/sh\nexec '{sprag}' hook pre-receive\n");
    let place = office.repo.outside().join("origin.git/hooks/pre-receive");
    std::fs::write(&place, hook).unwrap();
    office.repo.run(&format!("chmod +x {}", place.display()));
    let push = format!("{sprag} hook pre-push origin ../origin.git");
    [
        format!("{sprag} check --base origin/main"),
        format!("{sprag} ci --base origin/main"),
        format!("echo refs/heads/work $(git rev-parse work) refs/heads/work {zeros} | {push}"),
        format!("echo refs/heads/work $(git rev-parse work) refs/heads/main $(git rev-parse origin/main) | {push}"),
        "git push -q --no-verify origin work:refs/heads/try && git push -q --no-verify origin :refs/heads/try".to_owned(),
    ]
    .iter()
    .map(|it| office.repo.sh(it))
    .collect()
}

#[track_caller]
fn all(office: &Office, code: i32) {
    for (at, (it, said)) in everywhere(office).into_iter().enumerate() {
        assert_eq!(it, code, "{at}: {said}");
        assert_eq!(said.contains("error[alter-column-type]"), code == 1, "{at}: {said}");
    }
}

#[test]
fn a_change_of_type_from_its_refusal_to_its_merge() {
    let Some(office) = Office::new() else { return };
    let repo = &office.repo;
    repo.run("git add -A; git commit -qnm change");
    all(&office, 1);
    let key = office.key("ceo");
    let (code, said) = repo.sprag(&[
        "approve",
        MIGRATION,
        "--rule",
        "alter-column-type",
        "--reason",
        "DATA-42",
        "--key",
        key.to_str().unwrap(),
    ]);
    assert_eq!(code, 0, "{said}");
    repo.run("git add -A; git commit -qnm approval");
    all(&office, 0);
    // Hooks are silent when all is right.
    let (_, said) = &everywhere(&office)[2];
    assert_eq!(said, "");

    repo.write(MIGRATION, SQL.replace("12,2", "11,2"));
    repo.run("git commit -qanm edit");
    all(&office, 1);
    repo.run("git revert --no-edit HEAD");
    all(&office, 0);
    let (code, said) = repo.sh("git push -q --no-verify origin work:main");
    assert_eq!(code, 0, "{said}");
    repo.run("git fetch -q; git checkout -q main; git merge -q --ff-only origin/main");
    assert_eq!(repo.sprag(&["audit"]).0, 0);
}

#[test]
fn what_is_merged_does_not_expire() {
    let Some(office) = Office::new() else { return };
    let expired = office.letter().text().replace("2099-01-01", "2025-02-20");
    office.post(FILE, &expired, "ceo");
    office.refused("it expired on 2025-02-20T00:00:00Z");
    office.repo.run("git commit -qnm x; git push -q --no-verify origin work:main");
    let (code, said) = office.repo.sprag(&["audit"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("is approved by `ceo@x`"), "{said}");
    // A signature that never was one does not become one.
    office.post(FILE, &expired, "mallory");
    office.repo.run("git add -A; git commit -qnm y");
    assert_eq!(office.repo.sprag(&["audit"]).0, 1);
}

const ROLES: &str =
    "[approvals.roles]\nowner = [\"ceo@x\"]\n[approvals.rules]\npolicy-change = \"owner\"\n";

fn change_policy(office: &Office, path: &str, approver: &str) {
    let letter = Letter {
        rule: "policy-change".to_owned(),
        path: path.into(),
        sha256: office.hash(path),
        approver: format!("{approver}@x"),
        ..office.letter()
    };
    office.post(".sprag/approvals/policy", &letter.text(), approver);
}

#[test]
fn a_weaker_policy_passes_with_the_word_of_its_owners_and_counts_from_the_next_change_on() {
    let Some(office) = Office::with(ROLES) else { return };
    let weaker = format!("{POLICY}{ROLES}")
        .replace("alter-column-type = \"approve\"", "alter-column-type = \"warn\"");
    office.repo.write("policy.toml", weaker);
    office.refused("sprag approve policy.toml --rule policy-change --reason \"...\"");
    change_policy(&office, "policy.toml", "dba");
    office.refused(
        "`dba@x` may not approve `policy-change`: the policy asks for `owner`, which is ceo@x",
    );
    change_policy(&office, "policy.toml", "ceo");
    // The change of the policy passes; the change of the type is still judged by the stricter of both.
    let (code, said) = office.check();
    assert_eq!(code, 1, "{said}");
    assert!(!said.contains("error[policy-tampered]"), "{said}");
    assert!(said.contains("error[alter-column-type]"), "{said}");
    office.repo.run("rm db/2_total.sql");
    office.passes();
}

#[test]
fn the_next_list_of_signers_needs_as_many_of_the_old_one_as_the_strictest_rule() {
    let Some(office) = Office::with(
        "[approvals.rules]\nalter-column-type = { threshold = 2 }\npolicy-change = { threshold = 1 }\n",
    ) else {
        return;
    };
    office.repo.run("rm db/2_total.sql");
    office.list(&["ceo", "dba", "mallory"]);
    office.refused(
        "error[policy-tampered]: `.sprag/allowed_signers` says who may sign, and this changes it",
    );
    change_policy(&office, ".sprag/allowed_signers", "ceo");
    office.refused("`ceo@x` has approved it, and the policy asks for 2 people");
    // Who is only on the new list signs for nothing.
    let text = std::fs::read_to_string(office.repo.path().join(".sprag/approvals/policy")).unwrap();
    office.post(".sprag/approvals/mallory", &text.replace("ceo@x", "mallory@x"), "mallory");
    office.refused("`mallory@x` is not in `.sprag/allowed_signers` of the state that is trusted");
    office.post(".sprag/approvals/dba", &text.replace("ceo@x", "dba@x"), "dba");
    office.passes();
    // Another list than the one that was signed for is another list.
    office.list(&["ceo", "mallory"]);
    office.refused("`.sprag/allowed_signers` is not what was approved");
}

#[test]
fn a_policy_may_ask_for_somebody_s_word_on_every_migration() {
    let Some(office) = Office::new() else { return };
    let asked = POLICY.replace("[approvals]", "unapproved-migration = \"approve\"\n[approvals]");
    office.repo.write("policy.toml", &asked);
    office.repo.write(MIGRATION, "create table private.more (id bigint primary key);\n");
    office.refused("error[unapproved-migration]: `db/2_total.sql` changes the database, and nobody has signed for it");
    let mut letter = office.letter();
    letter.rule = "unapproved-migration".to_owned();
    office.post(FILE, &letter.text(), "ceo");
    office.passes();
    // Merged migrations were somebody's business once.
    office.repo.run("git commit -qnm x");
    assert_eq!(office.repo.sprag(&["audit"]).0, 0);
}

#[test]
fn who_merges_what_they_approved_has_not_written_it() {
    let Some(office) = Office::new() else { return };
    office.post(FILE, &office.letter().text(), "ceo");
    let repo = &office.repo;
    repo.run(
        "git add -A; git commit -qnm change; git checkout -q main; git config user.email ceo@x",
    );
    let hook = format!("exec '{}' hook pre-merge-commit", env!("CARGO_BIN_EXE_sprag"));
    repo.hook("pre-merge-commit", &hook);
    let (code, said) = repo.sh("git merge -q --no-ff -m merge work");
    assert_eq!(code, 0, "{said}");
    let (code, said) = repo.sprag(&["check", "--base", "origin/main"]);
    assert_eq!(code, 0, "{said}");
    // What they change while they merge, they have written.
    repo.run("git reset -q --hard origin/main; git merge -q --no-commit --no-ff work");
    repo.write(MIGRATION, SQL.replace("12,2", "13,2")).git(&["add", "-A"]);
    let mut letter = office.letter();
    letter.sha256 = office.hash(MIGRATION);
    office.post(FILE, &letter.text(), "ceo");
    office.refused("`ceo@x` is about to commit it, and somebody else has to approve it");
}

#[test]
fn a_commit_that_was_refused_is_refused_again_with_nothing_staged() {
    let Some(office) = Office::new() else { return };
    let repo = &office.repo;
    repo.run("git add -A; git commit -qnm change");
    let hook = format!("exec '{}' hook pre-commit", env!("CARGO_BIN_EXE_sprag"));
    repo.hook("pre-commit", &hook);
    for again in ["git commit -q --amend --no-edit", "git commit -q --allow-empty -m again"] {
        let (code, said) = repo.sh(again);
        assert!(code == 1 && said.contains("error[alter-column-type]"), "{again}: {said}");
    }
    // What has nothing to do with it may be committed all the same.
    repo.commit("README.md", "more\n");
}
