//! A policy that nobody can judge by, and places without a repository.

use insta::assert_snapshot;

use super::shown;
use crate::accept::{POLICY, committed, new};
use crate::support::Sandbox;

const TYPO: &str = "version = 1\n\n[paths]\nmigrations = [\"db/migrations/**\"]\n\n[rules]\ndrop-colum = \"deny\"\n";

/// A repository whose policy has been broken all along.
fn broken() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .write("policy.toml", TYPO)
        .write("db/migrations/V1__a.sql", new("a"))
        .commit_all("seed");
    sandbox.stage("db/migrations/V2__b.sql", new("b"));
    sandbox
}

#[test]
fn a_rule_that_does_not_exist_stops_everything_and_is_shown() {
    let sandbox = broken();
    assert_snapshot!(shown(&sandbox, &["check"]), @r#"
    error: there is no rule `drop-colum`
     --> policy.toml:7:1
      |
    7 | drop-colum = "deny"
      | ^^^^^^^^^^
      |
      = help: did you mean `drop-column`?
    error: could not judge the change against HEAD: the policy has errors: policy.toml:7:1: there is no rule `drop-colum`
     |
     = help: correct it; nothing was judged
    [exit 2]
    "#);
    assert_snapshot!(shown(&sandbox, &["check", "--format", "json"]), @r#"
    {
      "schema_version": 2,
      "verdict": "error",
      "action": {
        "kind": "change",
        "against": "HEAD"
      },
      "advisory": false,
      "error": {
        "message": "the policy has errors: policy.toml:7:1: there is no rule `drop-colum`",
        "help": [
          "did you mean `drop-column`?"
        ]
      },
      "notices": [],
      "findings": []
    }
    [exit 2]
    "#);
    assert_snapshot!(shown(&sandbox, &["check", "--format", "github"]), @r#"
    error: there is no rule `drop-colum`
     --> policy.toml:7:1
      |
    7 | drop-colum = "deny"
      | ^^^^^^^^^^
      |
      = help: did you mean `drop-column`?
    ::error title=could not judge the change against HEAD::the policy has errors: policy.toml:7:1: there is no rule `drop-colum`%0Acorrect it; nothing was judged
    error: could not judge the change against HEAD: the policy has errors: policy.toml:7:1: there is no rule `drop-colum`
     |
     = help: correct it; nothing was judged
    [exit 2]
    "#);
    for args in [
        &["audit"][..],
        &["baseline"],
        &["ci"],
        &["check", "db/migrations/V1__a.sql"],
        &["check", "--rev", "HEAD"],
        &["hook", "pre-commit"],
        &["hook", "pre-merge-commit"],
    ] {
        let (code, said) = sandbox.sprag(args);
        assert_eq!(code, 2, "{args:?}: {said}");
        assert!(said.contains("policy.toml:7:1"), "{args:?}: {said}");
        assert!(said.contains("did you mean `drop-column`?"), "{args:?}: {said}");
    }
    assert!(!sandbox.path().join(".sprag/baseline.toml").exists());
}

#[test]
fn a_change_that_breaks_a_good_policy_is_refused_by_that_policy() {
    let sandbox = committed(&[]);
    sandbox.stage("policy.toml", TYPO);
    assert_snapshot!(shown(&sandbox, &["check"]), @r###"
    error[policy-tampered]: after this nobody can judge by `policy.toml`: there is no rule `drop-colum`
     --> policy.toml:7:1
      |
    7 | drop-colum = "deny"
      | ^^^^^^^^^^
      |
      = note: by default, `policy-tampered` needs an approval
      = help: did you mean `drop-column`?
      = help: whoever answers for it: sprag approve policy.toml --rule policy-change --reason "..."
      = explain: sprag explain policy-tampered

    change against HEAD refused: 1 error in 1 file (0 statements judged by policy.toml (base)).
    [exit 1]
    "###);
    // And the rest of the change is judged all the same.
    sandbox.stage("db/migrations/V3__c.sql", "drop table a;\n");
    let (code, said) = sandbox.sprag(&["check"]);
    assert!(
        code == 1 && said.contains("error[drop-table]") && said.contains("policy.toml:7:1"),
        "{said}"
    );
}

#[test]
fn a_change_that_mends_a_broken_policy_passes() {
    let sandbox = broken();
    sandbox.stage("policy.toml", POLICY);
    let (code, said) = sandbox.sprag(&["check"]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn where_there_is_no_repository_it_is_said() {
    let sandbox = Sandbox::new();
    let nowhere = sandbox.outside().join("nowhere");
    std::fs::create_dir(&nowhere).unwrap();
    for args in [
        &["check"][..],
        &["audit"],
        &["ci"],
        &["init"],
        &["baseline"],
        &["install"],
        &["doctor"],
        &["hook", "pre-commit"],
    ] {
        let mut command = sandbox.command_in(&nowhere, env!("CARGO_BIN_EXE_sprag"));
        let output =
            command.env("GIT_CEILING_DIRECTORIES", sandbox.outside()).args(args).output().unwrap();
        let said = crate::support::both(&output);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(
            said.contains("could not judge") && said.contains("git repository"),
            "{args:?}: {said}"
        );
    }
}

#[test]
fn a_text_from_standard_input_is_judged_anywhere() {
    let sandbox = committed(&[]);
    let outside = sandbox.outside().to_owned();
    for (at, sql, code) in [
        (sandbox.path(), "drop table a;", 1),
        (sandbox.path(), "select 1;", 0),
        (outside.as_path(), "drop table a;", 1),
        (
            outside.as_path(),
            "create table x (id int primary key); alter table x enable row level security;",
            0,
        ),
        (outside.as_path(), "x y z", 1),
        (outside.as_path(), "", 0),
    ] {
        let said = sandbox.try_in(at, &format!("echo '{sql}' | $SPRAG check -"));
        assert_eq!(said.0, code, "{sql}: {}", said.1);
    }
    // What a migration of the repository made is known there, and nowhere else.
    let text = "echo 'alter table a add column \"B\" int;' | $SPRAG check -";
    let (code, said) = sandbox.try_in(sandbox.path(), text);
    assert!(code == 1 && said.contains("column-snake-case"), "{said}");
}

#[test]
fn files_may_be_judged_outside_of_every_repository() {
    let sandbox = Sandbox::new();
    let outside = sandbox.outside().to_owned();
    let (code, said) = sandbox.try_in(&outside, "wrong >x.sql; $SPRAG check x.sql");
    assert!(code == 1 && said.contains("x.sql:1:12"), "{said}");
}
