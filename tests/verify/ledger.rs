//! What was applied by hand is written down, and then neither edited nor removed.

use insta::assert_snapshot;

use super::{INIT, NEXT, POSTS, repository};
use crate::cli::shown;
use crate::support::Sandbox;

const LEDGER: &str = ".sprag/applied.toml";
const NOTICE: &str = "comes after all that the ledger has as applied";

/// The first migration is listed, and all is published.
fn published(policy: &str) -> Sandbox {
    let repo = repository();
    repo.write("policy.toml", format!("version = 1\n{policy}"));
    let (code, said) = repo.sprag(&["applied", INIT, "--by", "Ann", "--at", "2026-01-05"]);
    assert_eq!(code, 0, "{said}");
    repo.commit_all("Applied");
    let repo = repo.with_origin();
    repo.git(&["switch", "-q", "-c", "topic"]);
    repo
}

#[test]
fn an_entry_is_added_and_verified_and_comments_stay() {
    let repo = repository();
    repo.write(LEDGER, "# ours\nversion = 1 # the first\n");
    let (code, said) =
        repo.sprag(&["applied", INIT, NEXT, "--by", "Ann", "--at", "2026-01-05T14:05:00Z"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = repo.sprag(&["applied", INIT, "--verified-by", "Bob", "--at", "2026-01-06"]);
    assert_eq!(code, 0, "{said}");
    let text = std::fs::read_to_string(repo.path().join(LEDGER)).unwrap();
    assert_snapshot!(crate::cli::plain(&repo, &text), @r#"
    # ours
    version = 1 # the first

    [[applied]]
    path = "prisma/migrations/20260101000000_init/migration.sql"
    sha256 = "(64 digits)"
    at = 2026-01-05T14:05:00Z
    by = "Ann"
    verified-by = "Bob"
    verified-at = 2026-01-06

    [[applied]]
    path = "prisma/migrations/20260201000000_posts/migration.sql"
    sha256 = "(64 digits)"
    at = 2026-01-05T14:05:00Z
    by = "Ann"
    "#);
    // The same again changes nothing.
    assert_eq!(repo.sprag(&["applied", INIT, NEXT, "--by", "Ann"]).0, 0);
    assert_eq!(std::fs::read_to_string(repo.path().join(LEDGER)).unwrap(), text);
    repo.commit_all("Applied");
    assert_snapshot!(shown(&repo, &["status"]), @"
    applied      prisma/migrations/20260101000000_init/migration.sql   2026-01-05T14:05:00Z, applied by Ann, verified by Bob
    applied      prisma/migrations/20260201000000_posts/migration.sql  2026-01-05T14:05:00Z, applied by Ann, not verified by a second person
    by the ledger: 2 applied
    [exit 0]
    ");
}

#[test]
fn what_cannot_be_true_is_not_written() {
    let repo = repository();
    repo.write("prisma/migrations/20260301000000_new/migration.sql", "select 1;");
    let new = "prisma/migrations/20260301000000_new/migration.sql";
    for (args, why) in [
        (vec![new, "--by", "Ann"], "is no migration that HEAD has"),
        (vec!["README.md", "--by", "Ann"], "is no migration that HEAD has"),
        (vec![INIT, "--by", "Ann", "--verified-by", " ann"], "cannot be who verifies it"),
        (vec![INIT, "--by", "Ann", "--at", "yesterday"], "`yesterday` is no time"),
        (vec![INIT, "--verified-by", "Bob"], "who has applied"),
    ] {
        let (code, said) = repo.sprag(&[&["applied"], args.as_slice()].concat());
        assert!(code == 2 && said.contains(why), "{said}");
    }
    assert!(!repo.path().join(LEDGER).exists());
    repo.run(&format!("sprag applied {INIT} --by Ann"));
    assert!(
        repo.sprag(&["applied", INIT, "--verified-by", "ANN"])
            .1
            .contains("cannot be who verifies it")
    );
    repo.commit(INIT, "select 2;");
    let (code, said) = repo.sprag(&["applied", INIT, "--by", "Bob"]);
    assert!(code == 2 && said.contains("is listed as applied by Ann with another text"), "{said}");
    repo.write(
        LEDGER,
        "version = 1\n[[applied]]\npath = \"a\"\nsha256 = \"12\"\nat = 2026-01-01\nby = \"Ann\"\n",
    );
    let (code, said) = repo.sprag(&["applied", INIT, "--by", "Bob"]);
    assert!(code == 2 && said.contains(".sprag/applied.toml:4:10: `12` is no SHA-256"), "{said}");
}

#[test]
fn what_is_listed_is_neither_edited_nor_removed() {
    let repo = published("[history]\nledger = true\n");
    repo.git(&["rm", "-q", INIT]);
    repo.commit_all("Remove");
    let (code, said) = repo.sprag(&["check", "--base", "main"]);
    assert_eq!(code, 1);
    assert!(said.contains("was applied by Ann on 2026-01-05, and cannot be applied to another database without its file"), "{said}");
    repo.git(&["reset", "-q", "--hard", "main"]);
    repo.commit(INIT, "select 2;");
    let (code, said) = repo.sprag(&["check", "--base", "main"]);
    assert_eq!(code, 1);
    assert!(
        said.contains(
            "was applied by Ann on 2026-01-05, and this is not the text that was applied"
        ),
        "{said}"
    );
}

#[test]
fn what_was_merged_and_not_applied_may_go_where_the_policy_trusts_the_ledger() {
    for (policy, expected) in [("[history]\nledger = true\n", 0), ("", 1)] {
        let repo = published(policy);
        repo.git(&["rm", "-q", NEXT]);
        repo.commit_all("Remove");
        let (code, said) = repo.sprag(&["check", "--base", "main"]);
        assert_eq!((code, said.contains(NOTICE)), (expected, expected == 0), "{said}");
        repo.git(&["reset", "-q", "--hard", "main"]);
        repo.commit(NEXT, format!("{POSTS}-- more\n"));
        let (code, said) = repo.sprag(&["check", "--base", "main"]);
        assert_eq!((code, said.contains(NOTICE)), (expected, expected == 0), "{said}");
    }
}

#[test]
fn what_comes_before_the_ledger_is_not_known_to_be_unapplied() {
    let repo = repository();
    repo.write("policy.toml", "version = 1\n[history]\nledger = true\n");
    repo.run(&format!("sprag applied {NEXT} --by Ann"));
    repo.commit_all("Applied");
    let repo = repo.with_origin();
    repo.git(&["switch", "-q", "-c", "topic"]);
    repo.git(&["rm", "-q", INIT]);
    repo.commit_all("Remove");
    assert_eq!(repo.sprag(&["check", "--base", "main"]).0, 1);
}

#[test]
fn what_is_applied_from_a_branch_is_merged_with_that_text() {
    let repo = repository();
    let new = "prisma/migrations/20260301000000_new/migration.sql";
    let text =
        "create table tags (id bigint primary key);\nalter table tags enable row level security;\n";
    repo.git(&["switch", "-q", "-c", "topic"]);
    repo.commit(new, text);
    repo.run(&format!("sprag applied {new} --by Ann --at 2026-03-01"));
    repo.run(&format!("git stash -q -u && git switch -q main && git stash pop -q && git add {LEDGER} && git commit -qm Applied"));
    let repo = repo.with_origin();
    repo.git(&["switch", "-q", "topic"]);
    repo.git(&["merge", "-q", "main"]);
    assert_eq!(repo.sprag(&["check", "--base", "main"]).0, 0);
    repo.commit(new, format!("{text}-- more\n"));
    let (code, said) = repo.sprag(&["check", "--base", "main"]);
    assert_eq!(code, 1);
    assert!(
        said.contains("edited-migration") && said.contains("was applied by Ann on 2026-03-01"),
        "{said}"
    );
}

#[test]
fn an_entry_that_is_changed_or_goes_is_told() {
    for (edit, told) in [
        ("sed -i s/Ann/Eve/ .sprag/applied.toml", "the ledger says something else of"),
        ("printf 'version = 1\\n' >.sprag/applied.toml", "the ledger no longer has"),
        ("git rm -q .sprag/applied.toml", "says which migrations are applied, and this deletes it"),
        ("echo oops >>.sprag/applied.toml", "cannot be read"),
    ] {
        let repo = published("");
        repo.run(edit);
        repo.commit_all("Change");
        let (code, said) = repo.sprag(&["check", "--base", "main"]);
        assert!(code == 1 && said.contains("policy-tampered") && said.contains(told), "{said}");
    }
    let repo = published("");
    repo.run(&format!("sprag applied {INIT} --verified-by Bob && sprag applied {NEXT} --by Bob"));
    repo.commit_all("More");
    assert_eq!(repo.sprag(&["check", "--base", "main"]).0, 0);
    // Trusting the ledger lets more pass.
    repo.commit("policy.toml", "version = 1\n[history]\nledger = true\n");
    let (code, said) = repo.sprag(&["check", "--base", "main"]);
    assert!(
        code == 1 && said.contains("what the ledger does not list may be edited and removed"),
        "{said}"
    );
}
