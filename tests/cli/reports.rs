//! One run of each command that judges, in each format.

use insta::assert_snapshot;

use super::shown;
use crate::accept::{committed, new};
use crate::support::Sandbox;

/// Something that is refused, something that is fine, all of it staged.
fn staged() -> Sandbox {
    let sandbox = committed(&[]);
    sandbox.stage("db/migrations/V3__c.sql", format!("{}drop table a;\n", new("c")));
    sandbox
}

#[test]
fn a_check_for_people() {
    assert_snapshot!(shown(&staged(), &["check"]), @r#"
    error[drop-table]: `public.a` and all its rows are gone after this
     --> db/migrations/V3__c.sql:3:12
      |
    3 | drop table a;
      |            ^
      |
      = note: by default, `drop-table` is denied
      = help: leave `public.a` in place and stop using it; schema changes here only add
      = explain: sprag explain drop-table

    change against HEAD refused: 1 error in 1 file (3 statements judged by policy.toml).
    [exit 1]
    "#);
}

#[test]
fn a_check_for_programs() {
    assert_snapshot!(shown(&staged(), &["check", "--format", "json"]), @r#"
    {
      "schema_version": 2,
      "verdict": "refused",
      "action": {
        "kind": "change",
        "against": "HEAD"
      },
      "policy": "policy.toml",
      "trusted": "HEAD",
      "advisory": false,
      "counts": {
        "files": 1,
        "statements": 3,
        "opaque": 0,
        "blocking": 1,
        "warnings": 0,
        "excused": 0
      },
      "notices": [],
      "findings": [
        {
          "rule": "drop-table",
          "family": "destructive",
          "level": "deny",
          "outcome": "blocks",
          "message": "`public.a` and all its rows are gone after this",
          "help": [
            "leave `public.a` in place and stop using it; schema changes here only add"
          ],
          "subject": "public.a",
          "file": "db/migrations/V3__c.sql",
          "line": 3,
          "column": 12,
          "end_line": 3,
          "end_column": 13,
          "byte_start": 89,
          "byte_end": 90,
          "fingerprint": "(32 digits)",
          "labels": []
        }
      ]
    }
    [exit 1]
    "#);
}

#[test]
fn a_check_for_github() {
    assert_snapshot!(shown(&staged(), &["check", "--format", "github"]), @r#"
    ::error file=db/migrations/V3__c.sql,line=3,endLine=3,col=12,endColumn=13,title=drop-table::`public.a` and all its rows are gone after this%0Ahelp: leave `public.a` in place and stop using it; schema changes here only add
    error[drop-table]: `public.a` and all its rows are gone after this
     --> db/migrations/V3__c.sql:3:12
      |
    3 | drop table a;
      |            ^
      |
      = note: by default, `drop-table` is denied
      = help: leave `public.a` in place and stop using it; schema changes here only add
      = explain: sprag explain drop-table

    change against HEAD refused: 1 error in 1 file (3 statements judged by policy.toml).
    [exit 1]
    "#);
}

#[test]
fn a_check_that_finds_nothing() {
    let sandbox = committed(&[]);
    assert_snapshot!(shown(&sandbox, &["check"]), @r#"
    change against HEAD passes: nothing found in 0 files (0 statements judged by policy.toml).
    [exit 0]
    "#);
    sandbox.stage("db/migrations/V3__c.sql", new("c"));
    assert_snapshot!(shown(&sandbox, &["check", "--staged"]), @r#"
    change against HEAD passes: nothing found in 1 file (2 statements judged by policy.toml).
    [exit 0]
    "#);
    assert_snapshot!(shown(&sandbox, &["check", "--format", "json"]), @r#"
    {
      "schema_version": 2,
      "verdict": "pass",
      "action": {
        "kind": "change",
        "against": "HEAD"
      },
      "policy": "policy.toml",
      "trusted": "HEAD",
      "advisory": false,
      "counts": {
        "files": 1,
        "statements": 2,
        "opaque": 0,
        "blocking": 0,
        "warnings": 0,
        "excused": 0
      },
      "notices": [],
      "findings": []
    }
    [exit 0]
    "#);
    assert_snapshot!(shown(&sandbox, &["check", "--format", "github"]), @r#"
    change against HEAD passes: nothing found in 1 file (2 statements judged by policy.toml).
    [exit 0]
    "#);
}

#[test]
fn an_audit() {
    let sandbox = committed(&[]);
    assert_snapshot!(shown(&sandbox, &["audit"]), @r#"
    HEAD passes: nothing found in 2 files (4 statements judged by policy.toml).
    [exit 0]
    "#);
    sandbox.commit(
        "db/migrations/V3__c.sql",
        "create table c (id int primary key);\nalter table c rename to \"D\";\n",
    );
    assert_snapshot!(shown(&sandbox, &["audit"]), @r#"
    error[table-without-rls]: `public.D` is left without row level security: everyone who reaches the API can read and write it
     --> db/migrations/V3__c.sql:1:14
      |
    1 | create table c (id int primary key);
      |              ^
      |
      = note: by default, `table-without-rls` is denied
      = help: add `alter table public."D" enable row level security;` after it, and policies for those who may use it
      = explain: sprag explain table-without-rls

    error[table-snake-case]: `public.D` is not snake_case
     --> db/migrations/V3__c.sql:2:15
      |
    2 | alter table c rename to "D";
      |               ^^^^^^^^^^^^^
      |
      = note: by default, `table-snake-case` is denied
      = help: name it `d`; in Prisma, keep the model `D` and add `@@map("d")`
      = explain: sprag explain table-snake-case

    2 findings in HEAD: 2 errors in 1 of 3 files (6 statements judged by policy.toml).
    [exit 1]
    "#);
    assert_snapshot!(shown(&sandbox, &["audit", "--format", "github", "HEAD"]), @r#"
    ::error file=db/migrations/V3__c.sql,line=1,endLine=1,col=14,endColumn=15,title=table-without-rls::`public.D` is left without row level security: everyone who reaches the API can read and write it%0Ahelp: add `alter table public."D" enable row level security;` after it, and policies for those who may use it
    ::error file=db/migrations/V3__c.sql,line=2,endLine=2,col=15,endColumn=28,title=table-snake-case::`public.D` is not snake_case%0Ahelp: name it `d`; in Prisma, keep the model `D` and add `@@map("d")`
    error[table-without-rls]: `public.D` is left without row level security: everyone who reaches the API can read and write it
     --> db/migrations/V3__c.sql:1:14
      |
    1 | create table c (id int primary key);
      |              ^
      |
      = note: by default, `table-without-rls` is denied
      = help: add `alter table public."D" enable row level security;` after it, and policies for those who may use it
      = explain: sprag explain table-without-rls

    error[table-snake-case]: `public.D` is not snake_case
     --> db/migrations/V3__c.sql:2:15
      |
    2 | alter table c rename to "D";
      |               ^^^^^^^^^^^^^
      |
      = note: by default, `table-snake-case` is denied
      = help: name it `d`; in Prisma, keep the model `D` and add `@@map("d")`
      = explain: sprag explain table-snake-case

    2 findings in HEAD: 2 errors in 1 of 3 files (6 statements judged by policy.toml).
    [exit 1]
    "#);
    // The same again, from what was kept.
    assert_eq!(shown(&sandbox, &["audit"]), shown(&sandbox, &["audit"]));
}

#[test]
fn the_exit_code_is_the_same_in_every_format() {
    let good = committed(&[]);
    good.stage("db/migrations/V3__c.sql", new("c"));
    let bad = staged();
    for format in ["human", "json", "github"] {
        for (sandbox, code) in [(&good, 0), (&bad, 1)] {
            assert_eq!(sandbox.sprag(&["check", "--format", format]).0, code, "{format}");
            assert_eq!(sandbox.sprag(&["audit", "--format", format]).0, 0, "{format}");
        }
        assert_eq!(bad.sprag(&["check", "--rev", "nothing", "--format", format]).0, 2, "{format}");
        assert_eq!(bad.sprag(&["ci", "--base", "nothing", "--format", format]).0, 2, "{format}");
        assert_eq!(bad.sprag(&["ci", "--base", "HEAD", "--format", format]).0, 0, "{format}");
    }
    for args in [
        &["check", "--nope"][..],
        &["nope"],
        &[],
        &["check", "--format", "xml"],
        &["check", "--staged", "--rev", "x"],
    ] {
        assert_eq!(bad.sprag(args).0, 2, "{args:?}");
    }
    for args in [&["--help"][..], &["--version"], &["help", "check"], &["check", "-h"]] {
        assert_eq!(bad.sprag(args).0, 0, "{args:?}");
    }
}

#[test]
fn what_was_asked_for_and_is_not_there_is_named() {
    let sandbox = staged();
    assert_snapshot!(shown(&sandbox, &["check", "--rev", "nothing"]), @r#"
    error: could not judge: `nothing` names no commit in this repository
     |
     = help: check its spelling, and whether it has been fetched: `git fetch`
    [exit 2]
    "#);
    assert_snapshot!(shown(&sandbox, &["check", "--range", "HEAD"]), @r#"
    error: could not judge: `HEAD` is no range
     |
     = help: write `A..B`: from A to B; or `--rev REV` for one commit
    [exit 2]
    "#);
    assert_snapshot!(shown(&sandbox, &["check", "gone.sql"]), @r#"
    error: could not judge: could not read `gone.sql`: No such file or directory (os error 2)
    [exit 2]
    "#);
    assert_snapshot!(shown(&sandbox, &["check", "--rev", "nothing", "--format", "json"]), @r#"
    {
      "schema_version": 2,
      "verdict": "error",
      "action": null,
      "advisory": false,
      "error": {
        "message": "`nothing` names no commit in this repository",
        "help": [
          "check its spelling, and whether it has been fetched: `git fetch`"
        ]
      },
      "notices": [],
      "findings": []
    }
    [exit 2]
    "#);
    assert_snapshot!(shown(&sandbox, &["check", "--rev", "nothing", "--format", "github"]), @r#"
    ::error title=could not judge::`nothing` names no commit in this repository%0Acheck its spelling, and whether it has been fetched: `git fetch`
    error: could not judge: `nothing` names no commit in this repository
     |
     = help: check its spelling, and whether it has been fetched: `git fetch`
    [exit 2]
    "#);
}
