//! An approval counts only if everything it says is true. The steps are in the order in which they are asked.

use super::{FILE, MIGRATION, Office, SQL};
use crate::support::Sandbox;

#[test]
fn nothing_but_an_approval_lets_it_pass() {
    let Some(office) = Office::new() else { return };
    office.refused("help: whoever answers for it: sprag approve db/2_total.sql --rule alter-column-type --reason \"...\"");
    office.post(FILE, &office.letter().text(), "ceo");
    office.passes();
    let (_, said) = office.check();
    assert!(said.contains("note: alter-column-type in db/2_total.sql is approved by `ceo@x` in .sprag/approvals/total (all findings of the rule): DATA-42"), "{said}");
}

#[test]
fn one_what_is_denied_nobody_signs_away() {
    let Some(office) = Office::new() else { return };
    office.repo.write(MIGRATION, "drop table private.orders;\n");
    let mut letter = office.letter();
    letter.rule = "drop-table".to_owned();
    office.post(FILE, &letter.text(), "ceo");
    office.refused(
        "`.sprag/approvals/total` does not count: `drop-table` is at level `deny`, which nobody signs away",
    );
}

#[test]
fn one_the_policy_of_the_change_makes_nothing_approvable() {
    let Some(office) = Office::new() else { return };
    office.repo.write(MIGRATION, "drop table private.orders;\n");
    let weaker = super::POLICY.replace("drop-table = \"deny\"", "drop-table = \"approve\"");
    office.repo.write("policy.toml", weaker);
    let mut letter = office.letter();
    letter.rule = "drop-table".to_owned();
    office.post(FILE, &letter.text(), "ceo");
    office.refused("`drop-table` is at level `deny`");
}

#[test]
fn two_it_is_for_one_rule_in_one_file_of_one_repository() {
    let Some(office) = Office::with("repo = \"acme/shop\"\n") else { return };
    let letter = office.letter();
    let mut other = letter.clone();
    other.repo = "acme/other".to_owned();
    office.post(FILE, &other.text(), "ceo");
    office.refused("it is for the repository `acme/other`, and this is `acme/shop`");

    let mut other = letter.clone();
    other.rule = "drop-column".to_owned();
    office.post(FILE, &other.text(), "ceo");
    office.refused("error[alter-column-type]");

    let mut other = letter.clone();
    other.path = "db/**".into();
    office.post(FILE, &other.text(), "ceo");
    office.refused("it is for `db/**`, and there is no such file");

    for path in ["db/../db/2_total.sql", "./db/2_total.sql", "/db/2_total.sql", "db//2_total.sql"] {
        let text = letter.text().replace(MIGRATION, path);
        office.post(FILE, &text, "ceo");
        office.refused(&format!("does not count: `{path}` is not a path as git has it"));
    }
    office.post(FILE, &letter.text(), "ceo");
    office.passes();
}

#[test]
fn two_the_same_content_elsewhere_needs_an_approval_of_its_own() {
    let Some(office) = Office::new() else { return };
    office.post(FILE, &office.letter().text(), "ceo");
    office.repo.write("db/3_again.sql", SQL);
    office.refused("db/3_again.sql:1:28");
    let mut letter = office.letter();
    letter.path = "db/3_again.sql".into();
    office.post(".sprag/approvals/again", &letter.text(), "ceo");
    office.passes();
}

#[test]
fn three_it_is_for_one_content() {
    let Some(office) = Office::new() else { return };
    office.post(FILE, &office.letter().text(), "ceo");
    office.passes();
    office.repo.write(MIGRATION, SQL.replace("12,2", "12,1"));
    office.refused("`db/2_total.sql` is not what was approved: sha256 ");
    office.repo.write(MIGRATION, format!("{SQL}\n"));
    office.refused("is not what was approved");
    office.repo.write(MIGRATION, SQL);
    office.passes();
}

#[test]
fn three_what_is_staged_counts_not_what_lies_in_the_worktree() {
    let Some(office) = Office::new() else { return };
    office.repo.git(&["add", "-A"]);
    office.post(FILE, &office.letter().text(), "ceo");
    let (code, said) = office.repo.sprag(&["check"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("`.sprag/approvals/total` lies in your worktree and is not part of the change: `git add .sprag/approvals/total*`"), "{said}");
    office.passes();
    // The worktree may say what it likes.
    office.repo.write(MIGRATION, "drop table private.orders;\n");
    assert_eq!(office.repo.sprag(&["check"]).0, 0);
}

#[test]
fn four_without_its_signature_it_is_a_text() {
    let Some(office) = Office::new() else { return };
    let text = office.letter().text();
    office.repo.write(FILE, &text);
    office.refused("there is no signature: `.sprag/approvals/total.sig` is missing");
    office.post(FILE, &text, "ceo");
    let armour = std::fs::read_to_string(office.repo.path().join(format!("{FILE}.sig"))).unwrap();
    for (wrong, why) in [
        (format!("{armour}{armour}"), "it is not one block"),
        (format!("x\n{armour}"), "it is not one block"),
        (armour.replace('\n', "\r\n"), "it is not one block"),
        (armour.replace("SSH SIGNATURE", "PGP SIGNATURE"), "it is not one block"),
        (String::new(), "it is not one block"),
        (armour.replacen("U1NI", "U1NJ", 1), "it is damaged"),
    ] {
        office.repo.write(format!("{FILE}.sig"), wrong);
        office.refused(&format!("does not count: its signature cannot be read: {why}"));
    }
    office.repo.write(format!("{FILE}.sig"), &armour);
    office.passes();
}

#[test]
fn four_a_signature_for_another_text_or_another_purpose_is_none() {
    let Some(office) = Office::new() else { return };
    let text = office.letter().text();
    office.post(FILE, &text, "ceo");
    office.repo.write(FILE, text.replace("DATA-42", "DATA-43"));
    office.refused("does not count: its signature does not fit its text");
    for namespace in ["git", "file", "sprag-approval2", "sprag"] {
        office.post_for(FILE, &text, "ceo", namespace);
        office.refused(&format!("its signature is for `{namespace}`, not for `sprag-approval`"));
    }
}

#[test]
fn five_only_the_list_of_the_main_branch_says_whose_key_it_is() {
    let Some(office) = Office::new() else { return };
    let letter = office.letter();
    office.post(FILE, &letter.text(), "mallory");
    office
        .refused("it was signed by a key that `.sprag/allowed_signers` does not have for `ceo@x`");
    office.post(FILE, &letter.text(), "dba");
    office.refused("it says `ceo@x`, and was signed by `dba@x`");
    let mut own = letter.clone();
    own.approver = "mallory@x".to_owned();
    office.post(FILE, &own.text(), "mallory");
    office.refused("`mallory@x` is not in `.sprag/allowed_signers` of the state that is trusted");
    // Whoever puts themselves on the list is not on it, and tampers with it besides.
    office.list(&["ceo", "dba", "mallory"]);
    office.refused("`mallory@x` is not in `.sprag/allowed_signers` of the state that is trusted");
    office.refused("error[policy-tampered]");
}

#[test]
fn five_without_a_list_nobody_may_sign() {
    let Some(office) = Office::with("signers = \"keys/none\"\n") else { return };
    office.post(FILE, &office.letter().text(), "ceo");
    office.refused("nobody may sign yet: the state that is trusted has no `keys/none`");
}

#[test]
fn five_a_key_has_its_time_and_its_purpose() {
    let Some(office) = Office::new() else { return };
    office.post(FILE, &office.letter().text(), "ceo");
    for (options, why) in [
        ("namespaces=\"git\"", "does not let `ceo@x` sign for `sprag-approval`"),
        ("valid-before=\"20250601\"", "the key of `ceo@x` holds only until 2025-06-01T00:00:00Z"),
        ("valid-after=\"20980101\"", "the key of `ceo@x` holds only from 2098-01-01T00:00:00Z"),
    ] {
        let line = format!("ceo@x {options} {}\n", office.public("ceo"));
        office.merged(&[(".sprag/allowed_signers", &line)]);
        office.refused(why);
    }
    let line = format!("ceo@x namespaces=\"git,sprag-approval\" {}\n", office.public("ceo"));
    office.merged(&[(".sprag/allowed_signers", &line)]);
    office.passes();
}

#[test]
fn five_a_key_may_hold_again_by_another_line() {
    let Some(office) = Office::new() else { return };
    office.post(FILE, &office.letter().text(), "ceo");
    let line = |options: &str| format!("ceo@x {options} {}\n", office.public("ceo"));
    let (past, present) = (line("valid-before=\"20250601\""), line("valid-after=\"20250601\""));
    for list in [format!("{past}{present}"), format!("{present}{past}")] {
        office.merged(&[(".sprag/allowed_signers", &list)]);
        office.passes();
    }
    let over = past.clone() + &line("valid-after=\"20250601\",valid-before=\"20250701\"");
    office.merged(&[(".sprag/allowed_signers", &over)]);
    office.refused("the key of `ceo@x` holds only until 2025-07-01T00:00:00Z");
}

#[test]
fn a_change_that_asks_for_more_is_asked_for_more_itself() {
    let Some(office) = Office::new() else { return };
    office.post(FILE, &office.letter().text(), "ceo");
    office.passes();
    for (more, why) in [
        ("threshold = 2\n", "`ceo@x` has approved it, and the policy asks for 2 people"),
        (
            "repo = \"acme/other\"\n",
            "it is for the repository `acme/shop`, and this is `acme/other`",
        ),
        ("longest-days = 30\n", "and the policy lets none hold for more than 30 days"),
        (
            "[approvals.roles]\nowner = [\"dba@x\"]\n[approvals.rules]\nalter-column-type = \"owner\"\npolicy-change = \"owner\"\n",
            "`ceo@x` may not approve `alter-column-type`: the policy asks for `owner (proposed)`, which is dba@x",
        ),
    ] {
        office.repo.write("policy.toml", format!("{}{more}", super::POLICY));
        office.refused(why);
    }
    // Who may sign is still for the main branch to say.
    let own = "signers = \"mine\"\nnamespace = \"mine\"\n";
    office.repo.write("policy.toml", format!("{}{own}", super::POLICY));
    office.repo.write("mine", office.lines(&["mallory"]));
    let letter = office.letter().text();
    office.post_for(FILE, &letter.replace("ceo@x", "mallory@x"), "mallory", "mine");
    office.refused("its signature is for `mine`, not for `sprag-approval`");
}

#[test]
fn five_a_revoked_key_signs_nothing_whoever_revokes_it() {
    let Some(office) = Office::new() else { return };
    office.post(FILE, &office.letter().text(), "ceo");
    office.passes();
    // The change itself may say so.
    office.repo.write(".sprag/revoked_keys", format!("{}\n", office.public("ceo")));
    office.refused("does not count: the key of `ceo@x` is revoked");
    office.repo.run("git rm -qf .sprag/revoked_keys");
    let line = format!("# stolen\nceo@x {} laptop\n", office.public("ceo"));
    office.merged(&[(".sprag/revoked_keys", &line)]);
    office.refused("the key of `ceo@x` is revoked");
    // And cannot take it back.
    office.repo.run("rm .sprag/revoked_keys");
    office.refused("the key of `ceo@x` is revoked");
}

const ROLES: &str = "[approvals.roles]\nowner = [\"ceo@x\"]\n[approvals.rules]\nalter-column-type = \"owner\"\npolicy-change = \"owner\"\n";

#[test]
fn six_a_rule_may_ask_for_a_role() {
    let Some(office) = Office::with(ROLES) else { return };
    let mut letter = office.letter();
    letter.approver = "dba@x".to_owned();
    office.post(FILE, &letter.text(), "dba");
    office.refused(
        "`dba@x` may not approve `alter-column-type`: the policy asks for `owner`, which is ceo@x",
    );
    office.post(FILE, &office.letter().text(), "ceo");
    office.passes();
}

#[test]
fn seven_it_counts_from_its_first_moment_to_its_last() {
    let Some(office) = Office::new() else { return };
    let text = office.letter().text();
    office.post(
        FILE,
        &text.replace("2099", "2025-02").replace("2025-02-01-01", "2025-02-01"),
        "ceo",
    );
    office.refused("does not count: it expired on 2025-02-01T00:00:00Z");
    office.post(FILE, &text.replace("not-before: 2025", "not-before: 2098"), "ceo");
    office.refused("does not count: it holds only from 2098-01-01T00:00:00Z");
    // What a commit says of its date is the committer's word.
    office.post(FILE, &text.replace("2099-01-01", "2025-02-03"), "ceo");
    office.repo.run("git add -A; GIT_COMMITTER_DATE=2025-02-02T00:00:00Z git commit -qnm x --date 2025-02-02T00:00:00Z");
    let (code, said) = office.repo.sprag(&["check", "--base", "origin/main"]);
    assert!(code == 1 && said.contains("it expired on 2025-02-03"), "{said}");
}

#[test]
fn seven_the_policy_may_say_for_how_long() {
    let Some(office) = Office::with("longest-days = 30\n") else { return };
    office.post(FILE, &office.letter().text(), "ceo");
    office.refused("and the policy lets none hold for more than 30 days");
}

#[test]
fn eight_as_many_people_as_the_policy_asks_for() {
    let Some(office) = Office::with("threshold = 2\n") else { return };
    let letter = office.letter();
    office.post(FILE, &letter.text(), "ceo");
    // Once more is not one more.
    office.post(".sprag/approvals/again", &letter.text().replace("DATA-42", "DATA-43"), "ceo");
    office.refused("`ceo@x` has approved it, and the policy asks for 2 people");
    let second = letter.text().replace("ceo@x", "dba@x");
    office.post(".sprag/approvals/second", &second, "dba");
    office.passes();
}

#[test]
fn eight_one_person_with_two_keys_is_one_person() {
    let Some(office) = Office::with("threshold = 2\n") else { return };
    office.make_key("second", &["-t", "ed25519"]);
    let more = format!("ceo@x {}\n", office.public("second"));
    let list = office.lines(&["ceo", "dba"]) + &more;
    office.merged(&[(".sprag/allowed_signers", &list)]);
    let text = office.letter().text();
    office.post(FILE, &text, "ceo");
    office.post(".sprag/approvals/again", &text, "second");
    office.refused("`ceo@x` has approved it, and the policy asks for 2 people");
}

fn commit_as(repo: &Sandbox, email: &str) {
    repo.run(&format!(
        "git add db; git -c user.email={email} commit -qnm change; git add -A; git commit -qnm approval --allow-empty"
    ));
}

#[test]
fn eight_who_wrote_it_does_not_approve_it() {
    let Some(office) = Office::new() else { return };
    office.post(FILE, &office.letter().text(), "ceo");
    commit_as(&office.repo, "ceo@x");
    let (code, said) = office.repo.sprag(&["check", "--base", "origin/main"]);
    assert!(code == 1 && said.contains("`ceo@x` is author or committer of "), "{said}");
    assert!(said.contains(", and somebody else has to approve it"), "{said}");
    // Neither under another address, with the key that signs the approval.
    office.repo.run("git reset -q --soft origin/main; git reset -q");
    let key = office.key("ceo");
    office.repo.run(&format!(
        "git add db; git -c gpg.format=ssh -c user.signingkey={} commit -S -qnm change; git add -A; git commit -qnm approval",
        key.display()
    ));
    let (code, said) = office.repo.sprag(&["check", "--base", "origin/main"]);
    assert!(code == 1 && said.contains("`ceo@x` is author or committer of "), "{said}");
}

#[test]
fn eight_whoever_has_two_keys_on_the_list_has_written_it_with_either() {
    let Some(office) = Office::new() else { return };
    office.make_key("second", &["-t", "ed25519"]);
    // Also where that one signs no approvals any more.
    let more = format!("ceo@x valid-before=\"20200101\" {}\n", office.public("second"));
    office.merged(&[(".sprag/allowed_signers", &(office.lines(&["ceo", "dba"]) + &more))]);
    let key = office.key("second");
    office.repo.run(&format!(
        "git add db; git -c gpg.format=ssh -c user.signingkey={} commit -S -qnm change",
        key.display()
    ));
    office.post(FILE, &office.letter().text(), "ceo");
    office.repo.run("git add -A; git commit -qnm approval");
    let (code, said) = office.committed();
    assert!(code == 1 && said.contains("`ceo@x` is author or committer of "), "{said}");
    office.post(FILE, &office.letter().text().replace("ceo@x", "dba@x"), "dba");
    office.passes();
}

#[test]
fn eight_who_wrote_it_under_another_name_has_written_it_when_somebody_moves_it() {
    let Some(office) = Office::new() else { return };
    office.repo.run(
        "mkdir drafts; mv db/2_total.sql drafts/x.sql; git add -A; git -c user.email=ceo@x commit -qnm draft; \
         git mv drafts/x.sql db/2_total.sql; git commit -qnm move",
    );
    office.post(FILE, &office.letter().text(), "ceo");
    office.repo.run("git add -A; git commit -qnm approval");
    let (code, said) = office.committed();
    assert!(code == 1 && said.contains("`ceo@x` is author or committer of "), "{said}");
    office.post(FILE, &office.letter().text().replace("ceo@x", "dba@x"), "dba");
    office.passes();
}

#[test]
fn eight_who_puts_something_on_the_way_to_a_deployment_does_not_approve_it() {
    let Some(office) = Office::new() else { return };
    office.merged(&[
        ("fly.toml", "app = \"x\"\n[build]\n"),
        ("Dockerfile", "FROM node\nCMD [\"node\", \"server.js\"]\n"),
        ("scripts/local.sh", "#!/bin/sh\neval \"$X\"\n"),
    ]);
    office.repo.write("Dockerfile", "FROM node\nCMD [\"sh\", \"scripts/local.sh\"]\n");
    office.repo.run("rm db/2_total.sql; git add -A; git -c user.email=ceo@x commit -qnm change");
    // The finding is shown in a file that nobody has touched.
    let mut letter = office.letter();
    letter.rule = "unresolvable-command".to_owned();
    letter.path = "scripts/local.sh".into();
    letter.sha256 = office.hash("scripts/local.sh");
    office.post(FILE, &letter.text(), "ceo");
    office.repo.run("git add -A; git commit -qnm approval");
    let (code, said) = office.committed();
    assert!(code == 1 && said.contains("`ceo@x` is author or committer of "), "{said}");
    assert!(said.contains(" (`Dockerfile`), and somebody else has to approve it"), "{said}");
    office.post(FILE, &letter.text().replace("ceo@x", "dba@x"), "dba");
    office.passes();
}

#[test]
fn eight_who_lands_a_change_as_its_committer_is_told_how_to_land_it() {
    let Some(office) = Office::new() else { return };
    office.post(FILE, &office.letter().text(), "ceo");
    office
        .repo
        .run("git add -A; git -c user.email=ceo@x commit -qnm squash --author 'dev <dev@x>'");
    let (code, said) = office.committed();
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("somebody else has to approve it; if they only landed what another wrote, by a rebase, `--amend` or a squash: have it merged on the forge or by `git merge --no-ff`, or let somebody else rebase it"), "{said}");
}

#[test]
fn eight_who_commits_an_approval_has_not_written_what_it_is_for() {
    let Some(office) = Office::new() else { return };
    office.repo.run("git add db; git commit -qnm change");
    office.post(FILE, &office.letter().text(), "ceo");
    office.repo.run("git add -A; git -c user.email=ceo@x commit -qnm approval");
    let (code, said) = office.repo.sprag(&["check", "--base", "origin/main"]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn eight_where_one_is_enough_they_may_approve_their_own() {
    let Some(office) = Office::with("distinct = false\n") else { return };
    office.post(FILE, &office.letter().text(), "ceo");
    commit_as(&office.repo, "ceo@x");
    let (code, said) = office.repo.sprag(&["check", "--base", "origin/main"]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn eight_where_history_was_not_fetched_nobody_can_say_who_wrote_it() {
    let Some(office) = Office::new() else { return };
    office.post(FILE, &office.letter().text(), "ceo");
    commit_as(&office.repo, "test@example.com");
    office.repo.run("git push -q --no-verify origin work");
    let place = office.repo.outside().join("shallow");
    let from = format!("file://{}", office.repo.outside().join("origin.git").display());
    let clone = format!(
        "git clone -q --depth 1 --no-single-branch {from} {} && cd {} && git checkout -q work",
        place.display(),
        place.display()
    );
    office.repo.run(&clone);
    let ask = format!(
        "cd {} && {} check --range origin/main..HEAD",
        place.display(),
        env!("CARGO_BIN_EXE_sprag")
    );
    let (code, said) = office.repo.sh(&ask);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("so nobody can say who wrote `db/2_total.sql`"), "{said}");
    assert!(said.contains("fetch-depth: 0"), "{said}");
}

#[test]
fn nine_what_is_covered_is_what_is_listed() {
    let Some(office) = Office::new() else { return };
    office.repo.write(
        MIGRATION,
        format!("{SQL}alter table private.orders alter column id type integer;\n"),
    );
    let mut letter = office.letter();
    letter.findings = vec!["private.orders.total: `private.orders.total` is no longer numeric(10,2) but numeric(12,2) after this: every value fits, and no row is written".to_owned()];
    office.post(FILE, &letter.text(), "ceo");
    let (code, said) = office.check();
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("this is not what `ceo@x` has approved"), "{said}");
    assert!(said.contains("1 error, 1 excused"), "{said}");
}

#[test]
fn nine_other_findings_in_the_same_file_stand() {
    let Some(office) = Office::new() else { return };
    let more =
        "alter table private.orders alter column total type numeric(12,2), drop column id;\n";
    office.repo.write(MIGRATION, more);
    office.post(FILE, &office.letter().text(), "ceo");
    office.refused("error[drop-column]");
}

#[test]
fn an_approval_is_written_in_one_way() {
    let Some(office) = Office::new() else { return };
    let text = office.letter().text();
    for (wrong, why) in [
        (text.replace("expires: 2099-01-01T00:00:00Z\n", ""), "line 7 must be `expires: ...`"),
        (text.replace("rule: ", "rule: drop-table\nrule: "), "line 4 must be `path: ...`"),
        (text.replace("reason: DATA-42\n", "reason: DATA-42\nmore: 1\n"), "line 10 does"),
        (
            text.replace(
                "repo: acme/shop\nrule: alter-column-type\n",
                "rule: alter-column-type\nrepo: acme/shop\n",
            ),
            "line 2 must be `repo: ...`",
        ),
        (text.replace('\n', "\r\n"), "line 1 has a byte that is not printable ASCII"),
        (text.replace("DATA-42", "für"), "line 9 has a byte that is not printable ASCII"),
        (text.trim_end().to_owned(), "its last line does not end"),
        (format!("{text}\n"), "nothing may stand after `reason`"),
        (text.replace("v1", "v2"), "its first line is not `sprag-approval-v1`"),
        (text.replace("2099-01-01T00:00:00Z", "2099-01-01"), "its `expires` is not a time"),
        (text.replace("2099", "2024"), "it ends before it begins"),
        (text.replace("path: ", "path:  "), "line 4 must be `path: ...`"),
        (text.replace("DATA-42", "DATA-42 "), "line 9 must be `reason: ...`"),
        (text.replace("DATA-42", &"x".repeat(70_000)), "more than the 65536 that are read"),
    ] {
        assert_ne!(wrong, text);
        office.post(FILE, &wrong, "ceo");
        office.refused(why);
    }
}

#[test]
fn a_link_or_a_submodule_is_no_approval() {
    let Some(office) = Office::new() else { return };
    office.post(FILE, &office.letter().text(), "ceo");
    office.repo.run(&format!("mv {FILE} real; ln -s ../../real {FILE}"));
    office.refused("it is a symbolic link");
}

#[test]
fn what_nobody_can_read_nobody_approves() {
    let Some(office) = Office::new() else { return };
    let asked = super::POLICY.replace("[approvals]", "unreadable-file = \"approve\"\n[approvals]");
    office.merged(&[("policy.toml", &asked)]);
    office.repo.run(&format!("rm {MIGRATION}; ln -s elsewhere.sql {MIGRATION}"));
    let mut letter = office.letter();
    letter.rule = "unreadable-file".to_owned();
    // As if the file was gone.
    letter.sha256 = sprag::approval::NO_CONTENT.to_owned();
    office.post(FILE, &letter.text(), "ceo");
    office.refused("`db/2_total.sql` is not a file that can be read, and so approved");
}
