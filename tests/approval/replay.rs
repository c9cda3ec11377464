//! Whoever consents to another policy consents to one step: from what is trusted to what they saw, and once.

use sprag::approval::NO_CONTENT;

use super::{FILE, Office, POLICY};

const LIST: &str = ".sprag/allowed_signers";
const ONCE: &str =
    "it was merged before, and lets a change of the policy pass only once: sign anew";

/// Without the change of a type.
fn office() -> Option<Office> {
    let office = Office::new()?;
    office.repo.run("rm db/2_total.sql");
    Some(office)
}

#[test]
fn a_list_of_signers_is_not_put_back_by_the_word_that_once_let_it_pass() {
    let Some(office) = office() else { return };
    let (with, without) = (["ceo", "dba", "mallory"], ["ceo", "dba"]);
    office.list(&with);
    office.consent("in", LIST, "ceo");
    office.passes();
    office.lands();
    office.list(&without);
    office.consent("out", LIST, "dba");
    office.passes();
    office.lands();

    office.list(&with);
    office.refused(ONCE);
    // Under another name it is the same.
    office.repo.run("cd .sprag/approvals; git mv in again; git mv in.sig again.sig");
    office.refused(ONCE);
    // And so it is once it was gone.
    office.list(&without);
    office.repo.run("git rm -qf .sprag/approvals/again .sprag/approvals/again.sig");
    office.passes();
    office.lands();
    office.list(&with);
    for file in ["in", "in.sig"] {
        office.repo.run(&format!(
            "mkdir -p .sprag/approvals; git show work~1:.sprag/approvals/{file} > .sprag/approvals/{file}"
        ));
    }
    office.refused(ONCE);
    office.repo.run("git add -A; git commit -qnm back");
    let (code, said) = office.repo.sprag(&["ci", "--base", "origin/main"]);
    assert!(code == 1 && said.contains(ONCE), "{said}");
    // Whoever wants it again says it again.
    office.consent("anew", LIST, "ceo");
    office.passes();
}

#[test]
fn a_policy_is_not_loosened_again_by_the_word_for_the_last_time() {
    let Some(office) = office() else { return };
    let weak = POLICY.replace("drop-table = \"deny\"", "drop-table = \"warn\"");
    let key = office.key("ceo");
    let approve = |reason: &str| {
        office.repo.git(&["add", "-A"]);
        let args = ["approve", "policy.toml", "--rule", "policy-change", "--reason", reason];
        office.repo.sprag(&[&args[..], &["--key", key.to_str().unwrap()]].concat())
    };
    office.repo.write("policy.toml", &weak);
    let (code, said) = approve("for a day");
    assert_eq!(code, 0, "{said}");
    let trusted = super::sha256(POLICY.as_bytes());
    assert!(said.contains(&format!("in place of sha256 {}", &trusted[..12])), "{said}");
    office.passes();
    let (_, said) = office.repo.sprag(&["approvals"]);
    assert!(said.contains(&format!("  in place of sha256 {}\n  counts", &trusted[..12])), "{said}");
    office.lands();
    office.repo.write("policy.toml", POLICY);
    office.passes();
    office.lands();
    office.repo.write("policy.toml", &weak);
    office.refused(ONCE);
    // The new one takes the place of the old one, which has its name.
    let (code, said) = approve("for another day");
    assert_eq!(code, 0, "{said}");
    office.passes();
}

#[test]
fn who_consented_saw_what_it_is_to_replace() {
    let Some(office) = office() else { return };
    office
        .repo
        .write("policy.toml", POLICY.replace("drop-table = \"deny\"", "drop-table = \"warn\""));
    let letter = office.consent("policy", "policy.toml", "ceo");
    office.passes();
    for other in [super::sha256(b"an older one"), NO_CONTENT.to_owned()] {
        let mut letter = letter.clone();
        letter.replaces = Some(other);
        office.post(".sprag/approvals/policy", &letter.text(), "ceo");
        office.refused(
            "it is to replace another `policy.toml` than that of the state that is trusted: sha256 ",
        );
    }
}

#[test]
fn what_is_replaced_is_named_where_the_policy_changes_and_nowhere_else() {
    let Some(office) = Office::new() else { return };
    let text = office.letter().text();
    let sha256 = office.hash(super::MIGRATION);
    let more = text.replace("not-before", &format!("replaces: {sha256}\nnot-before"));
    office.post(FILE, &more, "ceo");
    office.refused("does not count: line 6 must be `not-before: ...`");
    office.repo.run("rm db/2_total.sql .sprag/approvals/*");
    office
        .repo
        .write("policy.toml", POLICY.replace("drop-table = \"deny\"", "drop-table = \"warn\""));
    let letter = office.consent("policy", "policy.toml", "ceo");
    let (text, replaces) = (letter.text(), letter.replaces.unwrap());
    for (wrong, why) in [
        (text.replace(&format!("replaces: {replaces}\n"), ""), "line 6 must be `replaces: ...`"),
        (
            text.replace(&replaces, &replaces[1..]),
            "its `replaces` is not 64 hex digits in lower case",
        ),
        (
            text.replace("replaces: ", &format!("replaces: {replaces}\nreplaces: ")),
            "line 7 must be `not-before: ...`",
        ),
    ] {
        assert_ne!(wrong, text);
        office.post(".sprag/approvals/policy", &wrong, "ceo");
        office.refused(why);
    }
}

#[test]
fn where_history_was_not_fetched_nobody_can_say_that_it_was_not_there_before() {
    let Some(office) = office() else { return };
    office
        .repo
        .write("policy.toml", POLICY.replace("drop-table = \"deny\"", "drop-table = \"warn\""));
    office.repo.run("git commit -q --allow-empty -m more");
    office.consent("policy", "policy.toml", "ceo");
    office.passes();
    office.repo.run("git add -A; git commit -qnm change; git push -q --no-verify origin work");
    let ask = |name: &str, how: &str| {
        let (place, sprag) = (office.repo.outside().join(name), env!("CARGO_BIN_EXE_sprag"));
        let from = format!("file://{}", office.repo.outside().join("origin.git").display());
        let place = place.display();
        office.repo.run(&format!("git clone -q {how} --no-single-branch {from} {place}"));
        office.repo.sh(&format!(
            "cd {place} && git checkout -q work && {sprag} check --range origin/main..HEAD"
        ))
    };
    let (code, said) = ask("shallow", "--depth 1");
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("history is too short to tell what was in `.sprag/approvals`"), "{said}");
    assert!(said.contains("fetch-depth: 0"), "{said}");
    let (code, said) = ask("whole", "");
    assert_eq!(code, 0, "{said}");
}
