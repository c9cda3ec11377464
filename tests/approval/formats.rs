//! Who let something pass, and why an approval does not count, is told in every format.

use insta::assert_snapshot;

use super::{FILE, MIGRATION, Office};

/// The lines with one of these words.
fn lines(said: &str, words: &[&str]) -> String {
    let found = said.lines().filter(|line| words.iter().any(|it| line.contains(it)));
    found.map(|it| format!("{}\n", it.trim())).collect()
}

#[test]
fn who_let_it_pass() {
    let Some(office) = Office::new() else { return };
    office.post(FILE, &office.letter().text(), "ceo");
    office.passes();
    let said = |args: &[&str]| office.repo.sprag(args).1;
    assert_snapshot!(lines(&said(&["check"]), &["note", "change"]), @r###"
    note: alter-column-type in db/2_total.sql is approved by `ceo@x` in .sprag/approvals/total (all findings of the rule): DATA-42
    change against HEAD passes: nothing found, 1 excused in 1 file (1 statement judged by policy.toml).
    "###);
    assert_snapshot!(lines(&said(&["check", "-v"]), &["excused", "note"]), @r###"
    excused[alter-column-type]: `private.orders.total` is no longer numeric(10,2) but numeric(12,2) after this: every value fits, and no row is written
    = note: approved by `ceo@x` in .sprag/approvals/total (all findings of the rule): DATA-42
    change against HEAD passes: nothing found, 1 excused in 1 file (1 statement judged by policy.toml).
    "###);
    assert_snapshot!(said(&["check", "--format", "github"]), @r###"
    ::notice file=db/2_total.sql,line=1,endLine=1,col=28,endColumn=65,title=alter-column-type::`private.orders.total` is no longer numeric(10,2) but numeric(12,2) after this: every value fits, and no row is written%0Aapproved by `ceo@x` in .sprag/approvals/total (all findings of the rule): DATA-42
    note: alter-column-type in db/2_total.sql is approved by `ceo@x` in .sprag/approvals/total (all findings of the rule): DATA-42
    change against HEAD passes: nothing found, 1 excused in 1 file (1 statement judged by policy.toml).
    "###);
    let json = said(&["check", "--format", "json"]);
    let from = json.find("\"excuse\"").unwrap();
    let to = json.find("\"message\"").unwrap();
    assert_snapshot!(&json[from..to], @r###"
    "excuse": {
            "kind": "approval",
            "by": [
              {
                "principal": "ceo@x",
                "file": ".sprag/approvals/total",
                "reason": "DATA-42",
                "expires": "2099-01-01T00:00:00Z",
                "whole_rule": true
              }
            ]
          },
    "###);
    // A hook has nothing to say when all is right.
    assert_eq!(office.repo.sprag(&["hook", "pre-commit"]), (0, String::new()));
}

#[test]
fn why_it_does_not_count() {
    let Some(office) = Office::new() else { return };
    office.post(FILE, &office.letter().text(), "mallory");
    office.repo.git(&["add", "-A"]);
    let said = |args: &[&str]| office.repo.sprag(args).1;
    let json = said(&["check", "--format", "json"]);
    assert_snapshot!(lines(&json, &["does not count", "sprag approve"]), @r###"
    "`.sprag/approvals/total` does not count: it was signed by a key that `.sprag/allowed_signers` does not have for `ceo@x`"
    "whoever answers for it: sprag approve db/2_total.sql --rule alter-column-type --reason \"...\""
    "###);
    let github = said(&["check", "--format", "github"]);
    assert_snapshot!(lines(&github, &["::error"]), @r###"
    ::error file=db/2_total.sql,line=1,endLine=1,col=28,endColumn=65,title=alter-column-type::`private.orders.total` is no longer numeric(10,2) but numeric(12,2) after this: every value fits, and no row is written%0Anote: `.sprag/approvals/total` does not count: it was signed by a key that `.sprag/allowed_signers` does not have for `ceo@x`%0Ahelp: add a column of the new type beside it, `alter table private.orders add column total_new numeric(12,2);`, fill it and move readers over; or let the owner of the data decide%0Ahelp: whoever answers for it: sprag approve db/2_total.sql --rule alter-column-type --reason "..."
    "###);
    assert!(github.contains(MIGRATION));
}

#[test]
fn of_many_that_do_not_count_a_few_are_told() {
    let Some(office) = Office::new() else { return };
    office.post(FILE, &office.letter().text(), "mallory");
    for n in 1..9 {
        office.repo.run(&format!("cp {FILE} {FILE}{n}; cp {FILE}.sig {FILE}{n}.sig"));
    }
    let (code, said) = office.check();
    assert_eq!(code, 1, "{said}");
    assert_eq!(lines(&said, &["does not count"]).lines().count(), 5, "{said}");
    assert!(said.contains("4 more do not count: `sprag approvals` says why"), "{said}");
    // However many there are, one that counts is enough.
    office.post(&format!("{FILE}9"), &office.letter().text(), "ceo");
    office.passes();
}
