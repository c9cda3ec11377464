//! Two people with two keys, from the first refusal to the merge and after it.

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
    office.consent("policy", path, approver);
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

#[test]
fn a_file_that_is_no_migration_may_be_edited_after_it_was_approved() {
    let Some(office) = Office::new() else { return };
    let package = |version: &str, start: &str| {
        format!("{{\"version\": \"{version}\", \"scripts\": {{\"start\": \"{start}\"}}}}\n")
    };
    office.merged(&[
        ("fly.toml", "app = \"x\"\n[build]\n"),
        ("Dockerfile", "FROM node\nCMD [\"npm\", \"start\"]\n"),
        ("package.json", &package("1.0.0", "node server.js")),
    ]);
    let repo = &office.repo;
    repo.write("package.json", package("1.0.0", "eval $X")).git(&["add", "-A"]);
    let key = office.key("ceo");
    let key = key.to_str().unwrap();
    for (path, rule) in [("package.json", "unresolvable-command"), (MIGRATION, "alter-column-type")]
    {
        let args = ["approve", path, "--rule", rule, "--reason", "DATA-42", "--key", key];
        let (code, said) = repo.sprag(&args);
        assert_eq!(code, 0, "{said}");
    }
    office.passes();
    let audit = || {
        repo.run("git add -A; git commit -qnm more --allow-empty");
        repo.sprag(&["audit"])
    };
    assert_eq!(audit().0, 0);
    repo.write("package.json", package("1.0.1", "eval $X"));
    let (code, said) = audit();
    assert_eq!(code, 0, "{said}");
    // What nobody has approved is another command in the same file.
    repo.write("package.json", package("1.0.2", "eval $Y"));
    let (code, said) = audit();
    assert!(code == 1 && said.contains("this is not what `ceo@x` has approved"), "{said}");
    repo.write("package.json", package("1.0.2", "eval $X"));
    // A migration does not become another once it is merged.
    repo.write(MIGRATION, format!("{SQL}-- as approved\n"));
    let (code, said) = audit();
    assert!(code == 1 && said.contains("`db/2_total.sql` is not what was approved"), "{said}");
}

#[test]
fn the_owners_of_the_policy_may_be_others_by_the_word_of_the_old_ones() {
    let Some(office) = Office::with(ROLES) else { return };
    office.repo.run("rm db/2_total.sql");
    let next = ROLES.replace("ceo@x", "dba@x") + "alter-column-type = { threshold = 2 }\n";
    office.repo.write("policy.toml", format!("{POLICY}{next}"));
    change_policy(&office, "policy.toml", "dba");
    office.refused("the policy asks for `owner`, which is ceo@x");
    change_policy(&office, "policy.toml", "ceo");
    office.passes();
}

#[test]
fn what_one_ref_of_a_push_lets_pass_and_another_refuses_is_refused() {
    let Some(office) = Office::new() else { return };
    let index = "create index total on private.orders (total);\n";
    office.merged(&[("db/1_total.sql", index)]);
    let repo = &office.repo;
    repo.write(MIGRATION, "drop index private.total;\n");
    repo.run("git add -A; git commit -qnm warned; git branch a");
    let stricter = POLICY.replace("[approvals]", "drop-index = \"deny\"\n[approvals]");
    repo.write("policy.toml", stricter);
    repo.run("git commit -qanm denied");
    let zeros = "0".repeat(40);
    let sprag = env!("CARGO_BIN_EXE_sprag");
    let (a, work, main) = (
        format!("refs/heads/a $(git rev-parse a) refs/heads/a {zeros}"),
        "$(git rev-parse work)",
        "refs/heads/main $(git rev-parse origin/main)",
    );
    let push = |lines: &str| {
        repo.sh(&format!("printf '%s\\n' {lines} | {sprag} hook pre-push origin ../origin.git"))
    };
    let warned = format!("\"{a}\"");
    assert_eq!(push(&warned).0, 0);
    let denied = format!("\"refs/heads/work {work} {main}\"");
    for lines in [format!("{warned} {denied}"), format!("{denied} {warned}")] {
        let (code, said) = push(&lines);
        assert!(code == 1 && said.contains("error[drop-index]"), "{said}");
    }
}
