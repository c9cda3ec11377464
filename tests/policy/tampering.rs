//! What the gate hangs on cannot be taken away in silence.

use std::fmt::Write as _;

use insta::assert_snapshot;
use sprag::policy::Policy;
use sprag::policy::baseline::{Baseline, Entry};
use sprag::policy::tampering::{self, Facts, Known, PolicyState};
use sprag::signature::Signers;
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
    let owners = |it: &&FileChange| Known::owners().any(|path| it.path.to_string() == path);
    let owners = changes.iter().filter(owners).cloned().collect();
    found_in(base, proposed, changes, &Known { owners, ..Known::default() })
}

fn found_in(
    base: Option<&str>,
    proposed: Option<&str>,
    changes: &[FileChange],
    known: &Known,
) -> String {
    let (base, proposed_state) = (state(base), state(proposed));
    let tree: Vec<RepoPath> =
        ["prisma/migrations/1/migration.sql", "src/a.ts"].map(RepoPath::from).into();
    let facts = Facts { base: &base, proposed: &proposed_state, changes, tree: &tree, known };
    let mut out = String::new();
    let unsignable = tampering::flaws(&facts);
    for finding in tampering::findings(&facts).into_iter().chain(unsignable) {
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
        change(".sprag/baseline.toml", None, Some(&baseline(&[1]))),
        change(".sprag/allowed_signers", None, Some(&signer("ceo@x", KEY))),
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

const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHVuTE4mcSLWTV4Tc0ObiE3W9RPxxPJz2dt4ZVNrZcFz";
const OTHER: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqt";

fn signer(name: &str, key: &str) -> String {
    format!("{name} namespaces=\"sprag-approval\" {key}\n")
}

const SIGNERS: &str = ".sprag/allowed_signers";
const REVOKED: &str = ".sprag/revoked_keys";

#[test]
fn signers_that_change() {
    let before = format!("# owners\n{}", signer("ceo@x", KEY));
    let signers = |after: &str| one(SIGNERS, Some(&before), Some(after));
    assert_snapshot!(signers(&signer("dba@x", OTHER)), @r###"
    .sprag/allowed_signers:1: `.sprag/allowed_signers` says who may sign, and this changes it  |dba@x namespaces="sprag-approval" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqt|
      help: make it a change of its own, for an owner to merge past the gate
    "###);
    assert_snapshot!(one(SIGNERS, Some(&before), None), @r###"
    .sprag/allowed_signers:1: `.sprag/allowed_signers` says who may sign, and this deletes it  ||
      help: make it a change of its own, for an owner to merge past the gate
    "###);
    let emptied = signers("# nobody\n");
    assert!(emptied.contains("deletes it"), "{emptied}");
    assert_eq!(signers(&format!("{before}\n# more\n")), "");
    assert_eq!(signers(&before.replace(KEY, &format!("{KEY}  the boss's laptop"))), "");
    assert!(signers(&before.replace("namespaces=\"sprag-approval\" ", "")).contains("changes it"));
    let elsewhere = format!("{POLICY}[approvals]\nsigners = \"keys/owners\"\n");
    let change = [change("keys/owners", Some(&before), Some(&signer("dba@x", OTHER)))];
    assert!(found(Some(&elsewhere), Some(&elsewhere), &change).contains("says who may sign"));
}

#[test]
fn a_list_of_nothing_but_comments_is_no_list() {
    let empty = Some("# name namespaces=\"sprag-approval\" ssh-ed25519 AAAA\n");
    assert_eq!(one(SIGNERS, empty, Some(&signer("ceo@x", KEY))), "");
    assert_eq!(one(SIGNERS, empty, None), "");
}

#[test]
fn signers_whom_nobody_can_trust_are_refused_the_first_as_well() {
    let ceo = signer("ceo@x", KEY);
    assert_snapshot!(one(SIGNERS, None, Some(&format!("*@x {OTHER}\nnobody\n"))), @r###"
    .sprag/allowed_signers:1: with this nobody can judge by `.sprag/allowed_signers`: `*@x` is a pattern: who holds this key could be anybody it fits  |*@x ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqt|
      there is no public key here  |nobody|
      help: write the one name of the one person who holds the key
    "###);
    let twin = one(SIGNERS, Some(&ceo), Some(&format!("{ceo}{}", signer("mallory@x", KEY))));
    assert!(twin.contains("`ceo@x` and `mallory@x` have the same key"), "{twin}");
    let flawed = format!("{ceo}{}eve ssh-rsa AAAAgarbage\n", signer("mallory@x", KEY));
    assert_eq!(one(SIGNERS, Some(&flawed), Some(&ceo)), "", "whoever mends it needs nobody");
    assert!(one(SIGNERS, Some(&flawed), Some(&signer("mallory@x", KEY))).contains("changes it"));
}

#[test]
fn keys_that_were_revoked_stay_revoked() {
    let (one_key, both) = (format!("{KEY}\n"), format!("{KEY}\n{OTHER} of the old laptop\n"));
    assert_eq!(one(REVOKED, Some(&one_key), Some(&both)), "");
    let taken_back = one(REVOKED, Some(&both), Some(&one_key));
    assert!(taken_back.contains("which keys sign no longer"), "{taken_back}");
    assert!(one(REVOKED, Some(&one_key), None).contains("deletes it"));
}

#[test]
fn a_revoked_key_that_nobody_can_read_is_refused() {
    let garbage = "ssh-ed25519 AAAAgarbage mallory\n";
    assert_snapshot!(one(REVOKED, None, Some(&format!("# typo\n{garbage}"))), @r###"
    .sprag/revoked_keys:2: with this nobody can judge by `.sprag/revoked_keys`: nobody can say which key this revokes  |ssh-ed25519 AAAAgarbage mallory|
      help: write the public key itself, a line each: `ssh-ed25519 AAAA...`
    "###);
    let (before, after) = (format!("{KEY}\n{garbage}"), format!("{KEY}\n"));
    assert_eq!(one(REVOKED, Some(&before), Some(&after)), "", "whoever mends it needs nobody");
    assert_eq!(one(REVOKED, Some(garbage), None), "");
}

#[test]
fn a_signer_whose_key_is_revoked_has_somebody_who_agrees() {
    let list = format!("{}{}", signer("ceo@x", KEY), signer("dba@x", OTHER));
    let known = Known {
        signers: Signers::parse(&Source::new(SIGNERS, list.as_str())).0,
        ..Known::default()
    };
    let revokes = |changes: &[FileChange]| found_in(Some(POLICY), Some(POLICY), changes, &known);
    let revoked = change(REVOKED, None, Some(&format!("{KEY}\nceo@x {OTHER}\n")));
    assert_snapshot!(revokes(std::slice::from_ref(&revoked)), @r###"
    .sprag/revoked_keys:1: after this `ceo@x` signs no longer, who is in `.sprag/allowed_signers`  |ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHVuTE4mcSLWTV4Tc0ObiE3W9RPxxPJz2dt4ZVNrZcFz|
      nor does `dba@x`  |ceo@x ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqt|
      help: if they have left, take them off `.sprag/allowed_signers` in the same change
      help: make it a change of its own, for an owner to merge past the gate
    "###);
    let left = change(SIGNERS, Some(&list), Some(&signer("dba@x", OTHER)));
    let key = change(REVOKED, None, Some(&format!("{KEY}\n")));
    let said = revokes(&[key, left]);
    assert!(said.contains(SIGNERS) && !said.contains(REVOKED), "one signature is enough: {said}");
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

const BASELINE: &str = ".sprag/baseline.toml";

#[test]
fn a_baseline_that_grows() {
    let path = BASELINE;
    assert_snapshot!(one(path, Some(&baseline(&[1, 2])), Some(&baseline(&[2, 3, 4]))), @r###"
    .sprag/baseline.toml:14: the baseline excuses 2 findings that it did not excuse before: `truncate` of `public.t3`  |00000000000000000000000000000003|
      `truncate` of `public.t4`  |00000000000000000000000000000004|
      help: mend the finding, or make it an exception with a reason
      help: make it a change of its own, for an owner to merge past the gate
    "###);
    assert_eq!(one(path, Some(&baseline(&[1, 2])), Some(&baseline(&[2]))), "");
    assert_eq!(one(path, Some(&baseline(&[1])), None), "");
    assert_snapshot!(one(path, Some(&baseline(&[1])), Some("version = 1\nx = 1\n")), @r###"
    .sprag/baseline.toml:2: after this `.sprag/baseline.toml` cannot be read: there is no `x` in a baseline  |x|
      help: run `sprag baseline` to write it anew
    "###);
    let other = baseline(&[1]).replace("truncate", "drop-table");
    assert!(one(path, Some(&baseline(&[1])), Some(&other)).contains("`drop-table` of `public.t1`"));
}

/// A new one, where an audit of what was before finds these.
fn first_baseline(there: Option<&[u8]>, before: Option<&str>, after: &str) -> String {
    let parse = |it: &[u8]| Baseline::parse(&Source::new(BASELINE, baseline(it))).unwrap();
    let known = Known { there: there.map(parse), ..Known::default() };
    found_in(Some(POLICY), Some(POLICY), &[change(BASELINE, before, Some(after))], &known)
}

#[test]
fn a_first_baseline_excuses_what_was_there_and_nothing_else() {
    assert_eq!(first_baseline(Some(&[1, 2, 3]), None, &baseline(&[1, 2])), "");
    assert_snapshot!(first_baseline(Some(&[1]), None, &baseline(&[1, 2])), @r###"
    .sprag/baseline.toml:14: the baseline excuses a finding that was not there before: `truncate` of `public.t2`  |00000000000000000000000000000002|
      help: mend the finding, or make it an exception with a reason
      help: make it a change of its own, for an owner to merge past the gate
    "###);
    let disguised = baseline(&[1]).replace("truncate", "column-snake-case");
    assert!(first_baseline(Some(&[1]), None, &disguised).contains("was not there before"));
    assert_eq!(first_baseline(Some(&[1]), Some("<<<<<<<"), &baseline(&[1])), "", "it is mended");
    assert_eq!(first_baseline(None, None, &baseline(&[1])), "", "a repository's first commit");
}

fn applied(names: &[&str]) -> String {
    let entry = |it: &&str| {
        let hash = "0".repeat(64);
        format!(
            "[[applied]]\npath = \"{it}\"\nsha256 = \"{hash}\"\nat = 2026-01-01\nby = \"dev\"\n"
        )
    };
    format!("version = 1\n{}", names.iter().map(entry).collect::<String>())
}

#[test]
fn the_first_entries_of_a_ledger_that_counts_need_somebody() {
    let path = ".sprag/applied.toml";
    let complete = format!("{POLICY}[history]\nledger = true\n");
    let first = |policy: &str, before: Option<&str>| {
        found(Some(policy), Some(policy), &[change(path, before, Some(&applied(&["a.sql"])))])
    };
    assert_snapshot!(first(&complete, None), @r###"
    .sprag/applied.toml:2: with the first entries of the ledger, merged migrations that come after them may be edited and removed  |[[applied]]
    path = "a.sql"
    sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
    at = 2026-01-01
    by = "dev"|
      help: list all that is applied, and let an owner look
      help: make it a change of its own, for an owner to merge past the gate
    "###);
    assert!(first(&complete, Some(&applied(&[]))).contains("first entries"));
    assert_eq!(first(POLICY, None), "");
    let more = [change(path, Some(&applied(&["a.sql"])), Some(&applied(&["a.sql", "b.sql"])))];
    assert_eq!(found(Some(&complete), Some(&complete), &more), "");
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
fn attributes_that_hide_the_migrations_there_are() {
    let policy = POLICY
        .replace("[rules]", "[paths]\nmigrations = [\"drizzle/*.sql\", \"db/*/up.sql\"]\n[rules]");
    let gained = |file: &str, line: &str| {
        let migrations = ["drizzle/0001_orders.sql", "drizzle/0002_users.sql", "db/7/up.sql"];
        let known = Known { migrations: migrations.map(RepoPath::from).into(), ..Known::default() };
        let change = [change(file, None, Some(&format!("{line}\n")))];
        found_in(Some(&policy), Some(&policy), &change, &known)
    };
    for (file, line) in [
        (".gitattributes", "drizzle/00* -diff"),
        (".gitattributes", "drizzle/00??_* -diff"),
        (".gitattributes", "/drizzle/** -diff"),
        (".gitattributes", "**/000[0-9]_* -diff"),
        (".gitattributes", "2026* filter=x"),
        (".gitattributes", "orders* -diff"),
        (".gitattributes", "db/*/u\\p.sq? -diff"),
        ("drizzle/.gitattributes", "00* -diff"),
        ("drizzle/.gitattributes", "/0003_* -diff"),
        ("db/.gitattributes", "7/* -diff"),
    ] {
        assert!(gained(file, line).contains("not what is committed"), "{file}: {line}");
    }
    for (file, line) in [
        (".gitattributes", "pnpm-lock.yaml -diff"),
        (".gitattributes", "*.min.js -diff"),
        (".gitattributes", "drizzle/00* text"),
        ("web/.gitattributes", "drizzle/00* -diff"),
        ("drizzle/.gitattributes", "drizzle/00* -diff"),
    ] {
        assert_eq!(gained(file, line), "", "{file}: {line}");
    }
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
    for (old, new) in [
        ("1.2.3", "1.2.3-alpha.1"),
        ("1.2.3-alpha.10", "1.2.3-alpha.9"),
        ("1.2.3-beta", "1.2.3-alpha"),
        ("1.2.3-rc.1", "1.2.3-rc"),
    ] {
        assert!(one(".sprag/version", Some(old), Some(new)).contains("older"), "{old} -> {new}");
        assert_eq!(one(".sprag/version", Some(new), Some(old)), "", "{new} -> {old}");
    }
    assert_eq!(one(".sprag/version", Some("1.2.0"), Some("1.2")), "");
    assert_eq!(one(".sprag/version", Some("1.2.3+a"), Some("1.2.3+b")), "");
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

/// Files by path: before, after.
fn owned(files: &[(&str, Option<&str>, Option<&str>)]) -> String {
    let all: Vec<FileChange> = files.iter().map(|it| change(it.0, it.1, it.2)).collect();
    let changed: Vec<FileChange> =
        files.iter().filter(|it| it.1 != it.2).map(|it| change(it.0, it.1, it.2)).collect();
    let known = Known { owners: all, ..Known::default() };
    found_in(Some(POLICY), Some(POLICY), &changed, &known)
}

#[test]
fn owners_in_a_file_that_is_read_before_the_other() {
    let guards = Some("* @dev\n/policy.toml @ceo\n/CODEOWNERS @ceo\n/.github/ @ceo\n");
    assert_snapshot!(owned(&[
        ("CODEOWNERS", guards, guards),
        (".github/CODEOWNERS", None, Some("* @mallory\n")),
    ]), @r###"
    .github/CODEOWNERS:1: `policy.toml` was owned by @ceo and is now owned by @mallory  |* @mallory|
      `.sprag/allowed_signers` was owned by @dev and is now owned by @mallory  |* @mallory|
      `.sprag/revoked_keys` was owned by @dev and is now owned by @mallory  |* @mallory|
      `.sprag/version` was owned by @dev and is now owned by @mallory  |* @mallory|
      `.sprag/baseline.toml` was owned by @dev and is now owned by @mallory  |* @mallory|
      `.github/CODEOWNERS` was owned by @ceo and is now owned by @mallory  |* @mallory|
      help: make it a change of its own, for an owner to merge past the gate
      help: a forge that finds `.github/CODEOWNERS` does not read `CODEOWNERS`
    "###);
    let up = [(".github/CODEOWNERS", guards, None), ("CODEOWNERS", None, guards)];
    assert_eq!(owned(&up), "", "it has only moved, to where every forge looks");
    let down = owned(&[("CODEOWNERS", guards, None), (".github/CODEOWNERS", None, guards)]);
    assert!(down.contains("`policy.toml` was owned by @ceo and is now owned by nobody"), "{down}");
    assert!(
        down.contains(
            "help: every forge reads `CODEOWNERS`, and not every one `.github/CODEOWNERS`"
        ),
        "{down}"
    );
    let uncovered = owned(&[
        (".github/CODEOWNERS", guards, None),
        ("CODEOWNERS", Some("* @dev\n"), Some("* @dev\n")),
    ]);
    assert!(
        uncovered.contains("`policy.toml` was owned by @ceo and is now owned by @dev"),
        "{uncovered}"
    );
    let behind = [("CODEOWNERS", guards, guards), ("docs/CODEOWNERS", None, Some("* @mallory\n"))];
    assert_eq!(owned(&behind), "", "no forge reads it");
    let gitlab =
        [("docs/CODEOWNERS", guards, guards), (".gitlab/CODEOWNERS", None, Some("* @x\n"))];
    assert_eq!(owned(&gitlab), "");
    assert!(
        owned(&[("docs/CODEOWNERS", guards, guards), ("CODEOWNERS", None, Some("* @x\n"))])
            .contains("@x")
    );
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
        let known = &Known::default();
        tampering::notices(&Facts { base, proposed, changes: &[], tree: &[], known }).concat()
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
        let (before, after) = (signer("ceo@x", KEY), signer("ceo@x", OTHER));
        let mut change = change(".sprag/allowed_signers", Some(&before), Some(&after));
        change.after.as_mut().unwrap().id = ObjectId(id.to_owned());
        let state = state(Some(POLICY));
        let (changes, known) = (&[change], &Known::default());
        let facts = Facts { base: &state, proposed: &state, changes, tree: &[], known };
        tampering::findings(&facts).remove(0).evidence
    };
    assert_ne!(evidence("a1"), evidence("b2"));
    assert_eq!(evidence("a1"), evidence("a1"));
}

#[test]
fn what_is_trusted_as_it_comes_is_told_once() {
    let is = state(Some(POLICY));
    let said = |path: &str, before: Option<&str>, after: &str| {
        let (changes, known) = (&[change(path, before, Some(after))], &Known::default());
        let facts = Facts { base: &is, proposed: &is, changes, tree: &[], known };
        tampering::notices(&facts).join("\n")
    };
    let list = signer("ceo@x", KEY);
    assert_snapshot!(said(SIGNERS, None, &list), @r###"
    .sprag/allowed_signers is new; once this is merged, those in it sign, and nobody else is added without their consent
    "###);
    assert!(
        said(REVOKED, None, KEY).contains("no key is taken out of it without a signer's consent")
    );
    assert!(
        said(BASELINE, None, &baseline(&[1]))
            .contains("it excuses what it lists, and may only shrink")
    );
    assert_eq!(said(SIGNERS, Some("# none\n"), &list), said(SIGNERS, None, &list));
    assert_eq!(said(SIGNERS, Some(&list), &list), "");
}
