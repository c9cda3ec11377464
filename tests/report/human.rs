use insta::assert_snapshot;
use sprag::failure::Failure;
use sprag::report::{Action, Format, Problem, Report, Style, failure, problems, render};
use sprag::rules::Finding;
use sprag::source::Span;
use sprag::verdict::{Counts, Excuse, Judged, Outcome, Verdict};

use super::{
    ASCII, DROP_COLUMN, MIGRATION, POLICY, SQL, UNICODE, changed_type, dropped_column, judged,
    sources, span, tell, tell_one, verdict,
};

fn both() -> Verdict {
    verdict(vec![changed_type(), dropped_column()])
}

fn texts() -> sprag::report::Sources {
    sources(&[(MIGRATION, SQL), ("policy.toml", POLICY)])
}

#[test]
fn a_refused_commit_shows_the_statement_and_the_line_that_forbids_it() {
    assert_snapshot!(tell(&both(), &texts(), &Action::Commit, Format::Human, UNICODE), @r#"
    error[drop-column]: `users.email` and all its data are gone after this
      ╭▸ prisma/migrations/2_drop/migration.sql:3:21
      │
    3 │ alter table "users" drop column "email";
      │                     ━━━━━━━━━━━━━━━━━━━
      │
      ├ policy.toml:5:1  drop-column = "deny"   # we lost data on 2025-03-02
      ├ help: stop reading the column in one release, drop it in the next
      ╰ explain: sprag explain drop-column

    error[alter-column-type]: `users.age` is rewritten as `text`
      ╭▸ prisma/migrations/2_drop/migration.sql:4:1
      │
    4 │ ┏ alter table "users"
    5 │ ┃   alter column age type text;
      │ ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛
      │
      ├ policy.toml:6:1  alter-column-type = { level = "approve", reason = "ask first" }
      ╰ explain: sprag explain alter-column-type

    note: advisory: hooks can be skipped, `sprag doctor` says what cannot
    commit refused: 2 errors in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read). Nothing in your worktree or index was changed.
    "#);
}

#[test]
fn without_unicode_everything_is_ascii() {
    assert_snapshot!(tell(&both(), &texts(), &Action::Commit, Format::Human, ASCII), @r#"
    error[drop-column]: `users.email` and all its data are gone after this
     --> prisma/migrations/2_drop/migration.sql:3:21
      |
    3 | alter table "users" drop column "email";
      |                     ^^^^^^^^^^^^^^^^^^^
      |
      = policy.toml:5:1  drop-column = "deny"   # we lost data on 2025-03-02
      = help: stop reading the column in one release, drop it in the next
      = explain: sprag explain drop-column

    error[alter-column-type]: `users.age` is rewritten as `text`
     --> prisma/migrations/2_drop/migration.sql:4:1
      |
    4 | / alter table "users"
    5 | |   alter column age type text;
      | |____________________________^
      |
      = policy.toml:6:1  alter-column-type = { level = "approve", reason = "ask first" }
      = explain: sprag explain alter-column-type

    note: advisory: hooks can be skipped, `sprag doctor` says what cannot
    commit refused: 2 errors in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read). Nothing in your worktree or index was changed.
    "#);
}

#[test]
fn lines_are_cut_to_the_width() {
    let sql = "select 1; alter table users drop column email, add column mail text not null default 'nobody@example.com';";
    let finding = || Finding::new("s", span("a.sql", sql, "drop column email"), "gone");
    let at = |width| {
        tell_one(judged(&DROP_COLUMN, finding()), sql, Style { width: Some(width), ..UNICODE })
    };
    assert_snapshot!(at(40), @r#"
    error[drop-column]: gone
      ╭▸ a.sql:1:29
      │
    1 │ …able users drop column email, add …
      │             ━━━━━━━━━━━━━━━━━
      │
      ├ note: by default, `drop-column` is denied
      ╰ explain: sprag explain drop-column

    refused: 1 error in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read).
    "#);
    assert_snapshot!(at(20), @r#"
    error[drop-column]: gone
      ╭▸ a.sql:1:29
      │
    1 │ …ers drop colum…
      │      ━━━━━━━━━━
      │
      ├ note: by default, `drop-column` is denied
      ╰ explain: sprag explain drop-column

    refused: 1 error in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read).
    "#);
    for width in 20..140 {
        let told = at(width);
        let frame = told.lines().filter(|line| line.contains('│'));
        assert!(frame.into_iter().all(|line| line.chars().count() <= width), "{told}");
    }
    assert_eq!(at(1), at(20));
    assert_eq!(at(0), at(100));
}

#[test]
fn color_is_ours_alone() {
    let style = Style { color: true, ..UNICODE };
    let text = tell_one(dropped_column(), SQL, style);
    assert_snapshot!(text.replace('\u{1b}', "ESC"), @r#"
    ESC[1mESC[91merror[drop-column]ESC[0mESC[1m: `users.email` and all its data are gone after thisESC[0m
     ESC[1mESC[94m ╭▸ ESC[0mprisma/migrations/2_drop/migration.sql:3:21
      ESC[1mESC[94m│ESC[0m
    ESC[1mESC[94m3ESC[0m ESC[1mESC[94m│ESC[0m alter table "users" drop column "email";
      ESC[1mESC[94m│ESC[0m                     ESC[1mESC[91m━━━━━━━━━━━━━━━━━━━ESC[0m
      ESC[1mESC[94m│ESC[0m
      ESC[1mESC[94m├ ESC[0mpolicy.toml:5:1  drop-column = "deny"   # we lost data on 2025-03-02
      ESC[1mESC[94m├ ESC[0mESC[1mhelpESC[0m: stop reading the column in one release, drop it in the next
      ESC[1mESC[94m╰ ESC[0mESC[1mexplainESC[0m: sprag explain drop-column

    ESC[1mESC[91mrefusedESC[0m: 1 error in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read).
    "#);
}

#[test]
fn labels_are_shown_where_they_are() {
    let schema = "model users {\n  email String\n}\n";
    let finding = dropped_column()
        .finding
        .label(span("schema.prisma", schema, "email String"), "declared here")
        .label(span(MIGRATION, SQL, "\"users\""), "this table")
        .label(Span::new("gone.sql".into(), 4..9), "created here");
    let sources = sources(&[(MIGRATION, SQL), ("schema.prisma", schema)]);
    let verdict = verdict(vec![judged(&DROP_COLUMN, finding)]);
    assert_snapshot!(tell(&verdict, &sources, &Action::Files, Format::Human, UNICODE), @r#"
    error[drop-column]: `users.email` and all its data are gone after this
      ╭▸ prisma/migrations/2_drop/migration.sql:3:21
      │
    3 │ alter table "users" drop column "email";
      │             ┬────── ━━━━━━━━━━━━━━━━━━━
      │             │
      │             this table
      │
      ⸬  schema.prisma:2:3
      │
    2 │   email String
      │   ──────────── declared here
      │
      ├ note: gone.sql: created here
      ├ note: by default, `drop-column` is denied
      ├ help: stop reading the column in one release, drop it in the next
      ╰ explain: sprag explain drop-column

    refused: 1 error in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read).
    "#);
}

#[test]
fn a_file_without_text_is_named() {
    let finding =
        Finding::new("f", Span::file(MIGRATION.into()), "an applied migration is deleted");
    let told = |style| {
        let sources = sources(&[]);
        tell(
            &verdict(vec![judged(&DROP_COLUMN, finding.clone())]),
            &sources,
            &Action::Files,
            Format::Human,
            style,
        )
    };
    assert_snapshot!(told(UNICODE), @r#"
    error[drop-column]: an applied migration is deleted
     ╭▸ prisma/migrations/2_drop/migration.sql
     ├ note: by default, `drop-column` is denied
     ╰ explain: sprag explain drop-column

    refused: 1 error in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read).
    "#);
    assert_snapshot!(told(ASCII), @r#"
    error[drop-column]: an applied migration is deleted
    --> prisma/migrations/2_drop/migration.sql
     = note: by default, `drop-column` is denied
     = explain: sprag explain drop-column

    refused: 1 error in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read).
    "#);
}

#[test]
fn a_long_statement_shows_its_beginning() {
    let sql = format!("create table t (\n{}  z int\n);", "  a int,\n".repeat(3000));
    let finding = Finding::new("t", Span::new("a.sql".into(), 0..sql.len()), "no");
    assert_snapshot!(tell_one(judged(&DROP_COLUMN, finding), &sql, UNICODE), @r#"
    error[drop-column]: no
      ╭▸ a.sql:1:1
      │
    1 │ ┏ create table t (
    2 │ ┃   a int,
    3 │ ┃   a int,
    4 │ ┃   a int,
      │ ┗━━━━━━━━┛
      │
      ├ note: this goes on to line 3003
      ├ note: by default, `drop-column` is denied
      ╰ explain: sprag explain drop-column

    refused: 1 error in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read).
    "#);
}

#[test]
fn success_in_a_hook_is_silent() {
    let push = Action::Push { refs: Vec::new() };
    for action in [Action::Commit, Action::Merge, push, Action::Receive { refs: Vec::new() }] {
        assert_eq!(tell(&verdict(Vec::new()), &texts(), &action, Format::Human, UNICODE), "");
        assert_eq!(tell(&verdict(Vec::new()), &texts(), &action, Format::Github, UNICODE), "");
    }
    let audit = Action::Audit { rev: "HEAD".to_owned() };
    assert_snapshot!(tell(&verdict(Vec::new()), &texts(), &audit, Format::Human, UNICODE), @"HEAD passes: nothing found in 3 files (12 statements judged by policy.toml, 1 could not be read).");
}

#[test]
fn a_notice_breaks_the_silence() {
    let notices = vec!["there is no policy.toml, the built-in one was used".to_owned()];
    let verdict = Verdict {
        notices,
        counts: Counts { files: 1, statements: 1, opaque: 0 },
        ..Verdict::default()
    };
    assert_snapshot!(tell(&verdict, &texts(), &Action::Commit, Format::Human, UNICODE), @r#"
    note: there is no policy.toml, the built-in one was used
    commit passes: nothing found in 1 file (1 statement judged by policy.toml).
    "#);
}

#[test]
fn every_action_says_what_was_refused_and_what_was_not_done() {
    let refs = |names: &[&str]| names.iter().map(|&it| it.to_owned()).collect::<Vec<_>>();
    let actions = [
        Action::Commit,
        Action::Merge,
        Action::Push { refs: refs(&["refs/heads/main", "refs/heads/next"]) },
        Action::Receive { refs: refs(&["a", "b", "c", "d", "e"]) },
        Action::Change { against: "origin/main".to_owned() },
        Action::Audit { rev: "HEAD".to_owned() },
        Action::Files,
    ];
    let last = |action: &Action| {
        let told = tell(&both(), &texts(), action, Format::Human, UNICODE);
        told.lines().last().unwrap().to_owned()
    };
    assert_snapshot!(actions.iter().map(last).collect::<Vec<_>>().join("\n"), @r#"
    commit refused: 2 errors in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read). Nothing in your worktree or index was changed.
    merge refused: 2 errors in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read). The merge is not committed; nothing else was changed.
    push of refs/heads/main and refs/heads/next refused: 2 errors in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read). Nothing was sent.
    push to a, b, c and 2 more refused: 2 errors in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read). No ref was changed.
    change against origin/main refused: 2 errors in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read).
    2 findings in HEAD: 2 errors in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read).
    refused: 2 errors in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read).
    "#);
}

#[test]
fn excused_findings_are_counted_and_shown_when_asked_for() {
    let span = span("policy.toml", POLICY, "[rules]");
    let excuse = Excuse::Policy { span, reason: "Prisma owns it".to_owned() };
    let verdict = verdict(vec![
        Judged { outcome: Outcome::Excused(Excuse::Baseline), ..changed_type() },
        Judged { outcome: Outcome::Excused(excuse), ..dropped_column() },
    ]);
    let report = Report {
        verdict: &verdict,
        sources: &texts(),
        action: &Action::Files,
        policy: "policy.toml",
        verbose: false,
    };
    assert_snapshot!(render(&report, Format::Human, &UNICODE), @"passed: nothing found, 2 excused in 3 files (12 statements judged by policy.toml, 1 could not be read).");
    assert_snapshot!(render(&Report { verbose: true, ..report }, Format::Human, &UNICODE), @r#"
    excused[drop-column]: `users.email` and all its data are gone after this
      ╭▸ prisma/migrations/2_drop/migration.sql:3:21
      │
    3 │ alter table "users" drop column "email";
      │                     ━━━━━━━━━━━━━━━━━━━
      │
      ├ policy.toml:5:1  drop-column = "deny"   # we lost data on 2025-03-02
      ├ note: excused by policy.toml:3:1  [rules]   # Prisma owns it
      ├ help: stop reading the column in one release, drop it in the next
      ╰ explain: sprag explain drop-column

    excused[alter-column-type]: `users.age` is rewritten as `text`
      ╭▸ prisma/migrations/2_drop/migration.sql:4:1
      │
    4 │ ┏ alter table "users"
    5 │ ┃   alter column age type text;
      │ ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛
      │
      ├ policy.toml:6:1  alter-column-type = { level = "approve", reason = "ask first" }
      ├ note: the baseline lists it: it was there before
      ╰ explain: sprag explain alter-column-type

    passed: nothing found, 2 excused in 3 files (12 statements judged by policy.toml, 1 could not be read).
    "#);
}

#[test]
fn only_so_many_findings_are_printed_and_what_blocks_comes_first() {
    let sql = "x".repeat(200);
    let finding =
        |at: usize| Finding::new("s", Span::new("a.sql".into(), at..at + 1), format!("no {at}"));
    let mut all: Vec<Judged> = (0..70)
        .map(|at| Judged { outcome: Outcome::Warns, ..judged(&DROP_COLUMN, finding(at)) })
        .collect();
    all.push(judged(&DROP_COLUMN, finding(199)));
    all.push(judged(&DROP_COLUMN, finding(199)));
    let told =
        tell(&verdict(all), &sources(&[("a.sql", &sql)]), &Action::Files, Format::Human, UNICODE);
    assert!(told.starts_with("error[drop-column]: no 199\n"), "{told}");
    assert_eq!(told.matches("explain: ").count(), 50);
    let end: Vec<_> = told.lines().rev().take(3).collect();
    assert_snapshot!(end.join("\n"), @r#"
    refused: 1 error, 70 warnings in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read).

    … and 21 more (run `sprag check --format json` for all of them)
    "#);
}

#[test]
fn what_could_not_be_judged_is_refused() {
    let broken = Failure::new("could not read the staged index: it is \u{1b}[31mlocked")
        .help("wait for the other git to end")
        .help("rm .git/index.lock");
    assert_snapshot!(failure(&broken, Some(&Action::Commit), Format::Human, &UNICODE), @r#"
    error: could not judge the commit: could not read the staged index: it is \u{1b}[31mlocked
     │
     ├ help: wait for the other git to end
     ╰ help: rm .git/index.lock

    commit refused: what cannot be judged does not pass. Nothing in your worktree or index was changed.
    "#);
    assert_snapshot!(failure(&broken, None, Format::Human, &ASCII), @r#"
    error: could not judge: could not read the staged index: it is \u{1b}[31mlocked
     |
     = help: wait for the other git to end
     = help: rm .git/index.lock
    "#);
}

#[test]
fn a_broken_policy_is_drawn_like_a_finding() {
    let span = span("policy.toml", POLICY, "drop-table");
    let help = ["did you mean `drop-tables`?".to_owned()];
    let problem = Problem { message: "there is no rule `drop-table`", span: &span, help: &help };
    let missing = Span::file("policy.toml".into());
    let other = Problem { message: "`version` is missing", span: &missing, help: &[] };
    assert_snapshot!(problems(&[problem, other], &texts(), &UNICODE), @r#"
    error: there is no rule `drop-table`
      ╭▸ policy.toml:4:1
      │
    4 │ drop-table = "deny"
      │ ━━━━━━━━━━
      │
      ╰ help: did you mean `drop-tables`?

    error: `version` is missing
     ─▸ policy.toml
    "#);
}
