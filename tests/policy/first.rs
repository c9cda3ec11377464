//! What is trusted as it comes is what `sprag` writes, and nothing that only looks like it.

use sprag::policy::Baseline;
use sprag::policy::baseline::{Entry, PATH};
use sprag::source::Source;

use crate::support::Sandbox;

const POLICY: &str = "version = 1\n[paths]\nmigrations = [\"db/*.sql\"]\n";

/// A repository with an old finding, merged, and a branch on top of it.
fn merged(policy: Option<&str>) -> Sandbox {
    let repo = Sandbox::new();
    repo.write("db/1_notes.sql", "create table notes (id bigint primary key);\n");
    if let Some(policy) = policy {
        repo.write("policy.toml", policy);
    }
    repo.commit_all("base");
    let repo = repo.with_origin();
    repo.git(&["checkout", "-q", "-b", "work"]);
    repo
}

#[track_caller]
fn judged(repo: &Sandbox, code: i32) -> String {
    repo.commit_all("work");
    let (is, said) = repo.sprag(&["ci", "--base", "origin/main"]);
    assert_eq!(is, code, "{said}");
    said
}

fn written(repo: &Sandbox) -> Baseline {
    let text = std::fs::read_to_string(repo.path().join(PATH)).unwrap();
    Baseline::parse(&Source::new(PATH, text)).unwrap()
}

#[test]
fn a_baseline_of_what_is_merged_passes_and_says_that_it_is_new() {
    let repo = merged(Some(POLICY));
    repo.run("sprag baseline");
    assert_eq!(written(&repo).entries.len(), 1);
    let said = judged(&repo, 0);
    assert!(said.contains(".sprag/baseline.toml is new; once this is merged"), "{said}");
}

#[test]
fn a_baseline_may_come_with_the_first_policy() {
    let repo = merged(None);
    repo.write("policy.toml", POLICY).commit_all("policy");
    repo.run("sprag baseline");
    assert_eq!(written(&repo).entries.len(), 1);
    judged(&repo, 0);
}

/// What the baseline would list if the migration was merged.
fn of(repo: &Sandbox, file: &str, sql: &str) -> Entry {
    repo.commit(file, sql);
    repo.run("rm -f .sprag/baseline.toml; sprag baseline");
    let entry = written(repo).entries.into_iter().find(|it| it.path == file).unwrap();
    repo.run("git reset -q --hard HEAD^; rm -rf .sprag/baseline.toml; git checkout -q .");
    entry
}

#[test]
fn a_baseline_of_what_is_still_to_come_is_refused() {
    let repo = merged(Some(POLICY));
    let planned = of(&repo, "db/2_drop.sql", "drop table notes;\n");
    repo.run("sprag baseline");
    let mut baseline = written(&repo);
    baseline.entries.insert(planned.clone());
    repo.write(PATH, baseline.render());
    let said = judged(&repo, 1);
    assert!(said.contains("excuses a finding that was not there before: `drop-table`"), "{said}");
    // Another name for it makes it no better.
    let disguised = Entry {
        rule: "table-without-rls".to_owned(),
        path: "db/1_notes.sql".to_owned(),
        ..planned
    };
    repo.write(PATH, Baseline { entries: [disguised].into() }.render());
    judged(&repo, 1);
}

#[test]
fn a_baseline_that_is_deleted_comes_back_no_longer_than_what_was_merged() {
    let repo = merged(Some(POLICY));
    let planned = of(&repo, "db/2_drop.sql", "drop table notes;\n");
    repo.run("sprag baseline");
    let honest = written(&repo);
    repo.commit_all("baseline");
    repo.run("git push -q origin work:main && git rm -q .sprag/baseline.toml");
    judged(&repo, 0);
    repo.run("git push -q origin work:main");
    repo.write(PATH, honest.render());
    judged(&repo, 0);
    let mut longer = honest;
    longer.entries.insert(planned);
    repo.write(PATH, longer.render());
    let said = judged(&repo, 1);
    assert!(said.contains("error[policy-tampered]"), "{said}");
}

#[test]
fn attributes_for_the_migrations_of_a_folder_are_seen() {
    let repo = merged(Some(POLICY));
    repo.write(".gitattributes", "db/?_* -diff\n");
    let said = judged(&repo, 1);
    assert!(said.contains("error[policy-tampered]"), "{said}");
    repo.write(".gitattributes", "db/seeds_?.csv -diff\n");
    judged(&repo, 0);
}

#[test]
fn owners_elsewhere_are_seen_though_the_file_that_names_them_is_unchanged() {
    let repo = merged(Some(POLICY));
    repo.write("CODEOWNERS", "/policy.toml @ceo\n").commit_all("owners");
    repo.run("git push -q origin work:main");
    repo.write(".github/CODEOWNERS", "* @mallory\n");
    let said = judged(&repo, 1);
    assert!(
        said.contains("`policy.toml` was owned by @ceo and is now owned by @mallory"),
        "{said}"
    );
}
