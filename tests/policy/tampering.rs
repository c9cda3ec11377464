//! What the gate hangs on cannot be taken away in silence.

use std::fmt::Write as _;

use insta::assert_snapshot;
use sprag::parse::command::guard::Helpers;
use sprag::policy::Policy;
use sprag::policy::baseline::{Baseline, Entry};
use sprag::policy::tampering::{self, Facts, PolicyState};
use sprag::source::{Content, File, FileChange, Lines, Mode, ObjectId, RepoPath, Source};

use super::{catalogue, read};

const POLICY: &str = "version = 1\n[rules]\ndrop-table = \"deny\"\ntruncate = \"deny\"\n";

fn state(text: Option<&str>) -> PolicyState {
    match text.map(read) {
        None => PolicyState::Absent,
        Some(Ok(policy)) => PolicyState::Is(Box::new(policy)),
        Some(Err(problems)) => PolicyState::Broken(problems),
    }
}

fn file(path: &str, bytes: &[u8]) -> File {
    File {
        path: path.into(),
        mode: Mode::Regular,
        id: ObjectId("0".repeat(40)),
        content: Content::from_bytes(bytes.to_vec(), 1_000_000),
    }
}

fn change(path: &str, before: Option<&str>, after: Option<&str>) -> FileChange {
    let file = |text: &str| file(path, text.as_bytes());
    FileChange { path: path.into(), before: before.map(file), after: after.map(file) }
}

/// What is found, with the text that each place marks.
fn found(base: Option<&str>, proposed: Option<&str>, changes: &[FileChange]) -> String {
    let (base, proposed_state) = (state(base), state(proposed));
    let tree: Vec<RepoPath> =
        ["prisma/migrations/1/migration.sql", "src/a.ts"].map(RepoPath::from).into();
    let facts = Facts {
        base: &base,
        proposed: &proposed_state,
        changes,
        tree: &tree,
        helpers: &Helpers::default(),
    };
    let mut out = String::new();
    for finding in tampering::findings(&facts) {
        let text = match changes.iter().find(|it| it.path == finding.span.path) {
            Some(it) => it.after.as_ref().and_then(|it| it.content.text()).map_or("", |it| it),
            None => proposed.unwrap_or_default(),
        };
        let marked = |range: std::ops::Range<usize>| {
            text.get(range).unwrap_or("OUTSIDE").trim_end().to_owned()
        };
        let line = Lines::new(text).position(finding.span.start).line;
        let _ = writeln!(
            out,
            "{}:{line}: {}  |{}|",
            finding.span.path,
            finding.message,
            marked(finding.span.range())
        );
        for label in &finding.labels {
            let _ = writeln!(out, "  {}  |{}|", label.text, marked(label.span.range()));
        }
        for help in &finding.help {
            let _ = writeln!(out, "  help: {help}");
        }
        assert_eq!(finding.subject.0, finding.span.path.to_string());
        assert!(!finding.evidence.is_empty(), "an approval would be good for anything");
    }
    out
}

fn one(path: &str, before: Option<&str>, after: Option<&str>) -> String {
    found(Some(POLICY), Some(POLICY), &[change(path, before, after)])
}

#[test]
fn a_weaker_policy_is_told_line_by_line() {
    let weaker = POLICY.replace("deny", "warn");
    assert_snapshot!(found(Some(POLICY), Some(&weaker), &[]), @r###"
    policy.toml:3: the policy lets more pass than before: drop-table: deny -> warn and 1 more  |drop-table = "warn"|
      truncate: deny -> warn  |truncate = "warn"|
      help: make it a change of its own, for an owner to merge past the gate
    "###);
}

#[test]
fn a_stricter_policy_needs_nobody() {
    let stricter = format!("{POLICY}alter-column-type = \"deny\"\n");
    assert_eq!(found(Some(POLICY), Some(&stricter), &[]), "");
}

#[test]
fn a_policy_that_is_gone_or_cannot_be_read_any_more() {
    assert_snapshot!(found(Some(POLICY), None, &[change("policy.toml", Some(POLICY), None)]), @r###"
    policy.toml:1: without `policy.toml` this repository is judged by the built-in policy  ||
      help: put it back: `git checkout HEAD -- policy.toml`
    "###);
    let broken = format!("{POLICY}exclude = [\"**\"]\nx = 1\n");
    assert_snapshot!(found(Some(POLICY), Some(&broken), &[]), @r###"
    policy.toml:5: after this nobody can judge by `policy.toml`: there is no rule `exclude`  |exclude|
      there is no rule `x`  |x|
      help: `sprag rules` lists them
    "###);
}

#[test]
fn the_first_policy_needs_nobody() {
    assert_eq!(found(None, Some(&POLICY.replace("deny", "warn")), &[]), "");
    let first = [
        change(".sprag/baseline.toml", None, Some("x")),
        change(".sprag/allowed_signers", None, Some("a b c")),
    ];
    assert_eq!(found(None, Some(POLICY), &first), "");
}

#[test]
fn a_broken_policy_can_be_repaired_but_not_to_less_than_the_defaults() {
    let broken = Some("version = 1\n[rules\n");
    let known = "[paths]\nmigrations = [\"**/prisma/migrations/*/migration.sql\", \"supabase/migrations/*.sql\"]\n";
    assert_eq!(found(broken, Some(&format!("{known}{POLICY}").replace(known, "")), &[]), "");
    assert_eq!(
        found(broken, Some(&POLICY.replace("[rules]", &format!("{known}[rules]"))), &[]),
        ""
    );
    assert_eq!(found(broken, broken, &[]), "");
    let elsewhere = POLICY
        .replace("[rules]", "[paths]\nmigrations = [\"x/*\"]\n[rules]")
        .replace("truncate = \"deny", "truncate = \"warn");
    assert_snapshot!(found(broken, Some(&elsewhere), &[]), @r###"
    policy.toml:6: the policy lets more pass than before: truncate: deny -> warn and 1 more  |truncate = "warn"|
      migrations: `prisma/migrations/1/migration.sql` is not judged  |paths|
      help: make it a change of its own, for an owner to merge past the gate
    "###);
}

#[test]
fn a_file_that_is_the_policy_on_another_file_system() {
    assert_snapshot!(one("Policy.toml", None, Some("version = 1\n")), @r###"
    Policy.toml:1: `Policy.toml` and `policy.toml` are one file where letters match in either case  ||
      help: remove `Policy.toml`
    "###);
    assert!(one(".SPRAG/allowed_signers", None, Some("x")).contains("are one file"));
    assert_eq!(one("Policy.toml", Some("version = 1\n"), None), "", "taking it away is fine");
    assert_eq!(one("apps/Policy.toml", None, Some("x")), "");
}

#[test]
fn signers_that_change() {
    let before = Some("# owners\nceo@x namespaces=\"sprag-approval\" ssh-ed25519 AAAA\n");
    assert_snapshot!(one(".sprag/allowed_signers", before, Some("* ssh-ed25519 BBBB\n")), @r###"
    .sprag/allowed_signers:1: `.sprag/allowed_signers` says who may sign, and this changes it  |* ssh-ed25519 BBBB|
      help: make it a change of its own, for an owner to merge past the gate
    "###);
    assert_snapshot!(one(".sprag/allowed_signers", before, None), @r###"
    .sprag/allowed_signers:1: `.sprag/allowed_signers` says who may sign, and this deletes it  ||
      help: make it a change of its own, for an owner to merge past the gate
    "###);
    let comment = before.map(|it| format!("{it}\n# more\n"));
    assert_eq!(one(".sprag/allowed_signers", before, comment.as_deref()), "");
    let elsewhere = format!("{POLICY}[approvals]\nsigners = \"keys/owners\"\n");
    let change = [change("keys/owners", before, Some("x"))];
    assert!(found(Some(&elsewhere), Some(&elsewhere), &change).contains("says who may sign"));
}

#[test]
fn keys_that_were_revoked_stay_revoked() {
    assert_eq!(one(".sprag/revoked_keys", Some("a\n"), Some("a\nb\n")), "");
    assert!(
        one(".sprag/revoked_keys", Some("a\nb\n"), Some("b\n"))
            .contains("which keys sign no longer")
    );
    assert!(one(".sprag/revoked_keys", Some("a\n"), None).contains("deletes it"));
}

#[test]
fn what_is_no_text_any_more_is_told() {
    let mut change = change(".sprag/allowed_signers", Some("a b c"), Some("a b c"));
    change.after = Some(file(".sprag/allowed_signers", b"a b c\0"));
    assert!(found(Some(POLICY), Some(POLICY), &[change]).contains("NUL byte"));
}

fn baseline(numbers: &[u8]) -> String {
    let entry = |n: &u8| Entry {
        path: format!("{n}.sql"),
        rule: "truncate".to_owned(),
        subject: format!("public.t{n}"),
        fingerprint: format!("{n:032x}"),
    };
    Baseline { entries: numbers.iter().map(entry).collect() }.render()
}

#[test]
fn a_baseline_that_grows() {
    let path = ".sprag/baseline.toml";
    assert_snapshot!(one(path, Some(&baseline(&[1, 2])), Some(&baseline(&[2, 3, 4]))), @r###"
    .sprag/baseline.toml:14: the baseline excuses 2 findings that it did not excuse before: `truncate` of `public.t3`  |00000000000000000000000000000003|
      `truncate` of `public.t4`  |00000000000000000000000000000004|
      help: mend the finding, or make it an exception with a reason
      help: make it a change of its own, for an owner to merge past the gate
    "###);
    assert_eq!(one(path, Some(&baseline(&[1, 2])), Some(&baseline(&[2]))), "");
    assert_eq!(one(path, None, Some(&baseline(&[1]))), "");
    assert_eq!(one(path, Some(&baseline(&[1])), None), "");
    assert_snapshot!(one(path, Some(&baseline(&[1])), Some("version = 1\nx = 1\n")), @r###"
    .sprag/baseline.toml:2: after this `.sprag/baseline.toml` cannot be read: there is no `x` in a baseline  |x|
      help: run `sprag baseline` to write it anew
    "###);
}

#[test]
fn attributes_that_hide_a_migration() {
    let gained = |line: &str| {
        one(".gitattributes", Some("*.png binary\n"), Some(&format!("*.png binary\n{line}\n")))
    };
    assert_snapshot!(gained("*.sql filter=x"), @r###"
    .gitattributes:2: with `*.sql filter=x` what git shows and checks out is not what is committed  |*.sql filter=x|
      help: leave migrations and policy files out of the pattern
      help: make it a change of its own, for an owner to merge past the gate
    "###);
    for line in [
        "*.sql working-tree-encoding=UTF-16LE",
        "*.sql diff=sql",
        "*.SQL -diff",
        "prisma/migrations/** -diff",
        "supabase/migrations/ ident",
        "* filter=lfs diff=lfs merge=lfs -text",
        "** binary",
        "2*\tbinary",
        "\"*.s\\161l\" -diff",
        "[attr]plain -diff",
        "policy.toml -diff",
        "/.sprag/* -diff",
        "[a-z]*.toml -diff",
    ] {
        assert!(gained(line).contains("not what is committed"), "{line}");
    }
    for line in [
        "*.sql text eol=lf",
        "* text=auto",
        "*.psd filter=lfs diff=lfs",
        "# *.sql -diff",
        "*.sql diff",
        "*.jpg -diff",
        "*.sql -filter",
    ] {
        assert_eq!(gained(line), "", "{line}");
    }
    assert_eq!(one("prisma/.gitattributes", Some("*.sql -diff\n"), Some("\n*.sql -diff\n")), "");
    assert!(
        one("prisma/.gitattributes", None, Some("*.sql -diff\n")).contains("not what is committed")
    );
}

#[test]
fn a_pinned_version_that_goes_down() {
    assert_snapshot!(one(".sprag/version", Some("1.4.2\n"), Some("0.0.1\n")), @r###"
    .sprag/version:1: sprag 0.0.1 is older than 1.4.2, and does not refuse what 1.4.2 does  |0.0.1|
      help: make it a change of its own, for an owner to merge past the gate
    "###);
    assert!(one(".sprag/version", Some("1.10.0"), Some("1.9.9")).contains("older"));
    assert!(one(".sprag/version", Some("1.4.2"), Some("latest")).contains("pins no version"));
    assert!(one(".sprag/version", Some("1.4.2"), None).contains("pins no version"));
    assert_eq!(one(".sprag/version", Some("1.9.0"), Some("v1.10.0")), "");
    assert_eq!(one(".sprag/version", None, Some("1.0.0")), "");
}

#[test]
fn owners_that_are_asked_no_longer() {
    let before = "/policy.toml @ceo\n/.github/CODEOWNERS @ceo\n";
    let owners = |after: &str| one(".github/CODEOWNERS", Some(before), Some(after));
    assert_snapshot!(owners(&format!("{before}*.toml @intern\n")), @r###"
    .github/CODEOWNERS:3: `policy.toml` was owned by @ceo and is now owned by @intern  |*.toml @intern|
      help: make it a change of its own, for an owner to merge past the gate
    "###);
    assert_eq!(owners(&format!("{before}/src/ @intern\n")), "");
    assert!(
        owners("/policy.toml @ceo\n")
            .contains("`.github/CODEOWNERS` was owned by @ceo and is now owned by nobody")
    );
    assert!(owners(&format!("{before}/policy.toml @ceo @intern\n")).contains("@ceo @intern"));
    assert!(owners(&format!("{before}.github/ @intern\n")).contains("@intern"));
    assert!(one("CODEOWNERS", Some("* @ceo\n"), None).contains("nobody"));
    assert_eq!(one("CODEOWNERS", None, Some("* @ceo\n")), "");
}

#[test]
fn a_workflow_that_runs_sprag_no_longer() {
    let before = "on: pull_request\njobs:\n  guard:\n    steps:\n      - run: sprag ci\n";
    let path = ".github/workflows/guard.yml";
    assert_snapshot!(one(path, Some(before), Some(&before.replace("sprag ci", "\"true\""))), @r###"
    .github/workflows/guard.yml:1: `.github/workflows/guard.yml` runs sprag, and after this it does not: `sprag ci` is gone  ||
      help: make it a change of its own, for an owner to merge past the gate
    "###);
    assert!(one(path, Some(before), None).contains("this deletes it: `sprag ci`"));
    assert!(
        one(path, Some(before), Some(&before.replace("sprag ci", "sprag ci || true")))
            .contains("it counts as passed whatever it finds: `|| true`")
    );
    assert_eq!(one(path, Some(before), Some(&format!("{before}      - run: make\n"))), "");
    assert_eq!(
        one(".github/workflows/test.yml", Some("on: push\n"), Some("on: pull_request\n")),
        ""
    );
}

#[test]
fn what_is_watched_is_what_can_be_tampering() {
    let base = state(Some(&format!("{POLICY}[approvals]\nsigners = \"keys/owners\"\n")));
    for path in [
        "policy.toml",
        "POLICY.toml",
        ".sprag/baseline.toml",
        "keys/owners",
        ".gitattributes",
        "db/.gitattributes",
        ".github/CODEOWNERS",
        ".github/workflows/x.yml",
        ".gitlab-ci.yml",
    ] {
        assert!(tampering::watches(&path.into(), &base), "{path}");
    }
    for path in ["db/policy.toml", "src/a.ts", ".sprag/approvals/x", "src/a.yml"] {
        assert!(!tampering::watches(&path.into(), &base), "{path}");
    }
}

#[test]
fn a_policy_of_no_text_is_broken_and_none_is_absent() {
    assert!(matches!(PolicyState::of(None), PolicyState::Absent));
    assert!(matches!(
        PolicyState::of(Some(&file("policy.toml", b"\xff\xfea\0"))),
        PolicyState::Broken(_)
    ));
    let mut link = file("policy.toml", b"x");
    link.content = Content::Unreadable(sprag::source::Unreadable::Symlink);
    assert!(matches!(PolicyState::of(Some(&link)), PolicyState::Broken(_)));
    assert!(matches!(
        PolicyState::of(Some(&file("policy.toml", b"version = 1\n"))),
        PolicyState::Is(_)
    ));
}

#[test]
fn everything_is_told_once_to_whoever_has_no_policy() {
    let facts = |base, proposed| {
        tampering::notices(&Facts {
            base,
            proposed,
            changes: &[],
            tree: &[],
            helpers: &Helpers::default(),
        })
        .concat()
    };
    let (is, absent, broken) = (state(Some(POLICY)), state(None), state(Some("x")));
    assert!(facts(&absent, &is).contains("policy.toml is new"));
    assert!(facts(&absent, &absent).contains("sprag init"));
    assert!(facts(&broken, &is).contains("has errors"));
    assert_eq!(facts(&is, &is), "");
    let built_in = Policy::built_in_with(&catalogue());
    assert_eq!(
        Source::new("policy.toml (built in)", include_str!("../../policy.toml")),
        built_in.source
    );
}

#[test]
fn whoever_signs_signs_for_one_content() {
    let evidence = |id: &str| {
        let mut change = change(".sprag/allowed_signers", Some("a b c"), Some("x y z"));
        change.after.as_mut().unwrap().id = ObjectId(id.to_owned());
        let state = state(Some(POLICY));
        let facts = Facts {
            base: &state,
            proposed: &state,
            changes: &[change],
            tree: &[],
            helpers: &Helpers::default(),
        };
        tampering::findings(&facts).remove(0).evidence
    };
    assert_ne!(evidence("a1"), evidence("b2"));
    assert_eq!(evidence("a1"), evidence("a1"));
}
