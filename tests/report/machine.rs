use insta::assert_snapshot;
use serde_json::Value;
use sprag::failure::Failure;
use sprag::report::{Action, Format, Report, Sources, failure, step_summary};
use sprag::rules::Finding;
use sprag::source::{RepoPath, Span};
use sprag::verdict::{Excuse, Judged, Outcome, Verdict};

use super::{
    DROP_COLUMN, MIGRATION, POLICY, SQL, UNICODE, changed_type, dropped_column, judged, sources,
    span, tell, verdict,
};

fn texts() -> Sources {
    sources(&[(MIGRATION, SQL), ("policy.toml", POLICY)])
}

fn both() -> Verdict {
    let excuse =
        Excuse::Policy { span: span("policy.toml", POLICY, "[rules]"), reason: "ours".to_owned() };
    let excused = Judged { outcome: Outcome::Excused(excuse), ..changed_type() };
    verdict(vec![excused, dropped_column()])
}

#[test]
fn json_has_every_finding_and_its_place() {
    let push = Action::Push { refs: vec!["refs/heads/main".to_owned()] };
    assert_snapshot!(tell(&both(), &texts(), &push, Format::Json, UNICODE), @r#"
    {
      "schema_version": 2,
      "verdict": "refused",
      "action": {
        "kind": "push",
        "refs": [
          "refs/heads/main"
        ]
      },
      "policy": "policy.toml",
      "advisory": true,
      "counts": {
        "files": 3,
        "statements": 12,
        "opaque": 1,
        "blocking": 1,
        "warnings": 0,
        "excused": 1
      },
      "notices": [],
      "findings": [
        {
          "rule": "drop-column",
          "family": "destructive",
          "level": "deny",
          "outcome": "blocks",
          "message": "`users.email` and all its data are gone after this",
          "help": [
            "stop reading the column in one release, drop it in the next"
          ],
          "subject": "public.users.email",
          "file": "prisma/migrations/2_drop/migration.sql",
          "line": 3,
          "column": 21,
          "end_line": 3,
          "end_column": 40,
          "byte_start": 37,
          "byte_end": 56,
          "fingerprint": "00112233445566778899aabbccddeeff",
          "set_by": {
            "file": "policy.toml",
            "line": 5,
            "column": 1,
            "end_line": 5,
            "end_column": 12,
            "byte_start": 41,
            "byte_end": 52,
            "reason": "we lost data on 2025-03-02"
          },
          "labels": []
        },
        {
          "rule": "alter-column-type",
          "family": "destructive",
          "level": "approve",
          "outcome": "excused",
          "excuse": {
            "kind": "policy",
            "file": "policy.toml",
            "line": 3,
            "column": 1,
            "end_line": 3,
            "end_column": 8,
            "byte_start": 13,
            "byte_end": 20,
            "reason": "ours"
          },
          "message": "`users.age` is rewritten as `text`",
          "help": [],
          "subject": "public.users.age",
          "file": "prisma/migrations/2_drop/migration.sql",
          "line": 4,
          "column": 1,
          "end_line": 5,
          "end_column": 29,
          "byte_start": 58,
          "byte_end": 106,
          "fingerprint": "00112233445566778899aabbccddeeff",
          "set_by": {
            "file": "policy.toml",
            "line": 6,
            "column": 1,
            "end_line": 6,
            "end_column": 18,
            "byte_start": 62,
            "byte_end": 79,
            "reason": "ask first"
          },
          "labels": []
        }
      ]
    }
    "#);
}

#[test]
fn json_says_that_nothing_is_wrong() {
    assert_snapshot!(tell(&Verdict::default(), &texts(), &Action::Commit, Format::Json, UNICODE), @r#"
    {
      "schema_version": 2,
      "verdict": "pass",
      "action": {
        "kind": "commit"
      },
      "policy": "policy.toml",
      "advisory": true,
      "counts": {
        "files": 0,
        "statements": 0,
        "opaque": 0,
        "blocking": 0,
        "warnings": 0,
        "excused": 0
      },
      "notices": [],
      "findings": []
    }
    "#);
}

#[test]
fn json_keeps_the_bytes_of_a_path_that_is_no_text() {
    let path = RepoPath::from(&b"a\xff.sql"[..]);
    let finding = Finding::new("s", Span::file(path), "no \u{202e}\u{1b}\u{e0001}");
    let told = tell(
        &verdict(vec![judged(&DROP_COLUMN, finding)]),
        &texts(),
        &Action::Files,
        Format::Json,
        UNICODE,
    );
    assert!(told.contains("\\u202e\\u001b\\udb40\\udc01"), "{told}");
    let json: Value = serde_json::from_str(&told).unwrap();
    let finding = &json["findings"][0];
    assert_eq!(finding["file"], "a\\xff.sql");
    assert_eq!(finding["file_bytes"], "61ff2e73716c");
    assert_eq!(finding["line"], Value::Null);
    assert_eq!(finding["message"], "no \u{202e}\u{1b}\u{e0001}");
}

#[test]
fn failures_are_json_too() {
    let broken = Failure::new("could not read the index").help("run `git status`");
    assert_snapshot!(failure(&broken, Some(&Action::Commit), Format::Json, &UNICODE), @r#"
    {
      "schema_version": 2,
      "verdict": "error",
      "action": {
        "kind": "commit"
      },
      "advisory": true,
      "error": {
        "message": "could not read the index",
        "help": [
          "run `git status`"
        ]
      },
      "notices": [],
      "findings": []
    }
    "#);
}

#[test]
fn github_gets_annotations_and_a_log() {
    let finding = changed_type().finding.help("50% of it: a, b\nand c");
    let verdict = verdict(vec![
        dropped_column(),
        Judged { finding, outcome: Outcome::Warns, ..changed_type() },
    ]);
    let told = tell(&verdict, &texts(), &Action::Files, Format::Github, UNICODE);
    let commands: Vec<_> = told.lines().filter(|line| line.starts_with("::")).collect();
    assert_snapshot!(commands.join("\n"), @r#"
    ::error file=prisma/migrations/2_drop/migration.sql,line=3,endLine=3,col=21,endColumn=40,title=drop-column::`users.email` and all its data are gone after this%0Ahelp: stop reading the column in one release, drop it in the next
    ::warning file=prisma/migrations/2_drop/migration.sql,line=4,endLine=5,title=alter-column-type::`users.age` is rewritten as `text`%0Ahelp: 50%25 of it: a, b\nand c
    "#);
    assert!(told.contains("error[drop-column]: "), "{told}");
}

#[test]
fn github_properties_cannot_be_broken_out_of() {
    let path = "a,b:c%d\n::error::x.sql";
    let finding = Finding::new("s", Span::new(path.into(), 0..4), "no");
    let verdict = verdict(vec![judged(&DROP_COLUMN, finding)]);
    let told = tell(
        &verdict,
        &sources(&[(path, "drop ##[add-mask]x")]),
        &Action::Files,
        Format::Github,
        UNICODE,
    );
    assert_snapshot!(told, @r#"
    ::error file=a%2Cb%3Ac%25d\n%3A%3Aerror%3A%3Ax.sql,line=1,endLine=1,col=1,endColumn=5,title=drop-column::no
    error[drop-column]: no
      ╭▸ a,b:c%d\n::error::x.sql:1:1
      │
    1 │ drop ## [add-mask]x
      │ ━━━━
      │
      ├ note: by default, `drop-column` is denied
      ╰ explain: sprag explain drop-column

    refused: 1 error in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read).
    "#);
}

#[test]
fn github_is_told_how_many_annotations_it_would_drop() {
    let sql = "x".repeat(100);
    let finding =
        |at: usize| Finding::new("s", Span::new("a.sql".into(), at..at + 1), format!("no {at}"));
    let errors = (0..13).map(|at| judged(&DROP_COLUMN, finding(at)));
    let warnings =
        (20..35).map(|at| Judged { outcome: Outcome::Warns, ..judged(&DROP_COLUMN, finding(at)) });
    let verdict = verdict(warnings.chain(errors).collect());
    let told =
        tell(&verdict, &sources(&[("a.sql", &sql)]), &Action::Files, Format::Github, UNICODE);
    let commands: Vec<_> = told.lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!(commands.len(), 21);
    assert!(commands[..10].iter().all(|line| line.starts_with("::error ")));
    assert_eq!(commands[20], "::notice::8 more, see the log");
}

#[test]
fn github_sees_failures() {
    let broken = Failure::new("could not read the index: 100%").help("run `git status`");
    assert_snapshot!(failure(&broken, Some(&Action::Merge), Format::Github, &UNICODE), @r#"
    ::error title=could not judge the merge::could not read the index: 100%25%0Arun `git status`
    error: could not judge the merge: could not read the index: 100%
     │
     ╰ help: run `git status`

    merge refused: what cannot be judged does not pass. The merge is not committed; nothing else was changed.
    "#);
}

#[test]
fn the_page_of_a_run_is_a_table() {
    let finding = dropped_column().finding.help("see [this](https://x.example) | @you <b>");
    let verdict = verdict(vec![Judged { finding, ..dropped_column() }]);
    let report = Report {
        verdict: &verdict,
        sources: &texts(),
        action: &Action::Files,
        policy: "policy.toml",
        verbose: false,
    };
    assert_snapshot!(step_summary(&report), @r#"
    ### sprag

    **refused**: 1 error in 1 of 3 files \(12 statements judged by policy.toml, 1 could not be read\).

    | | rule | where | what |
    |---|---|---|---|
    | error | drop-column | prisma/migrations/2\_drop/migration.sql:3:21 | \`users.email\` and all its data are gone after this<br>stop reading the column in one release, drop it in the next<br>see \[this\]\(https&#58;//x.example\) &#124; &#64;you &lt;b&gt; |
    "#);
}

#[test]
fn the_page_of_a_run_has_an_end() {
    let sql = "x".repeat(9000);
    let message = "long ".repeat(100);
    let finding =
        |at: usize| Finding::new("s", Span::new("a.sql".into(), at..at + 1), message.as_str());
    let verdict = verdict((0..9000).map(|at| judged(&DROP_COLUMN, finding(at))).collect());
    let sources = sources(&[("a.sql", &sql)]);
    let report = Report {
        verdict: &verdict,
        sources: &sources,
        action: &Action::Files,
        policy: "policy.toml",
        verbose: false,
    };
    let page = step_summary(&report);
    assert!(page.len() < 1 << 20);
    assert!(page.ends_with(" more are not shown here.\n"), "{}", &page[page.len() - 100..]);
}
