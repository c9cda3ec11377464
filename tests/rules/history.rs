//! Rules that look at files, not at statements: a repository shows what a page cannot.

use serde_json::Value;

use crate::support::Sandbox;

const OLD: &str = "prisma/migrations/20260101000000_users/migration.sql";
const NEXT: &str = "prisma/migrations/20260201000000_notes/migration.sql";
const USERS: &str =
    "create table users (id bigint, email text);\nalter table users enable row level security;\n";
const NOTES: &str =
    "create table notes (id bigint);\nalter table notes enable row level security;\n";
const POLICY: &str = "version = 1\n[rules]\ndrop-table = \"deny\"\ntruncate = \"deny\"\n";

/// A repository in which two migrations and a policy are published.
fn published() -> Sandbox {
    let repo = Sandbox::new();
    repo.write("policy.toml", POLICY).write(OLD, USERS).write(NEXT, NOTES);
    repo.commit_all("Begin");
    let repo = repo.with_origin();
    repo.git(&["switch", "-q", "-c", "topic"]);
    repo
}

/// `rule: message`, a line each, of what is found since the branch left `main`, and whether that is refused.
fn judged(repo: &Sandbox) -> (i32, Vec<(String, String)>) {
    let (code, said) = repo.sprag(&["check", "--base", "main", "--format", "json"]);
    let report: Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{code}: {said}"));
    let text = |it: &Value, key: &str| it[key].as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap();
    (code, findings.iter().map(|it| (text(it, "rule"), text(it, "message"))).collect())
}

/// The change is refused by this rule and no other.
#[track_caller]
fn refused(repo: &Sandbox, rule: &str, message: &str) {
    let (code, found) = judged(repo);
    assert_eq!(code, 1, "{found:?}");
    assert_eq!(found, [(rule.to_owned(), message.to_owned())]);
}

#[track_caller]
fn passes(repo: &Sandbox) {
    assert_eq!(judged(repo), (0, Vec::new()));
}

#[test]
fn a_merged_migration_is_not_edited() {
    let repo = published();
    repo.commit(NEXT, format!("{NOTES}alter table notes add column body text;\n"));
    refused(
        &repo,
        "edited-migration",
        &format!(
            "`{NEXT}` was merged before, and databases that have applied it will not get this edit"
        ),
    );
}

#[test]
fn a_comment_or_a_line_end_is_an_edit_too() {
    let repo = published();
    repo.commit(NEXT, format!("{NOTES}-- checked\n"));
    assert_eq!(judged(&repo).0, 1);
    let repo = published();
    repo.commit(NEXT, NOTES.replace('\n', "\r\n"));
    refused(
        &repo,
        "edited-migration",
        &format!(
            "`{NEXT}` was merged before, and its line ends have changed: its checksum is another"
        ),
    );
}

#[test]
fn what_nobody_else_has_may_be_edited() {
    let repo = published();
    let path = "prisma/migrations/20260301000000_tags/migration.sql";
    repo.commit(path, "create table tags (id bigint primary key);\n");
    assert_eq!(judged(&repo).0, 1);
    repo.commit(
        path,
        "create table tags (id bigint primary key);\nalter table tags enable row level security;\n",
    );
    passes(&repo);
}

#[test]
fn an_edit_that_is_taken_back_is_none() {
    let repo = published();
    repo.commit(NEXT, format!("{NOTES}-- checked\n")).commit(NEXT, NOTES);
    passes(&repo);
}

#[test]
fn a_merged_migration_is_not_deleted() {
    let repo = published();
    repo.git(&["rm", "-q", NEXT]);
    repo.commit_all("Delete");
    refused(
        &repo,
        "deleted-migration",
        &format!(
            "`{NEXT}` was merged before, and databases that have applied it cannot be built again without it"
        ),
    );
}

#[test]
fn renaming_a_merged_migration_deletes_it() {
    let repo = published();
    let renamed = "prisma/migrations/20260301000000_notes/migration.sql";
    repo.run(&format!(
        "mkdir -p prisma/migrations/20260301000000_notes && git mv {NEXT} {renamed}"
    ));
    repo.commit_all("Rename");
    let (code, found) = judged(&repo);
    assert_eq!(code, 1);
    let renamed = format!(
        "`{NEXT}` was merged before, and under its new name `{renamed}` it would be applied again"
    );
    assert!(found.contains(&("deleted-migration".to_owned(), renamed)), "{found:?}");
}

#[test]
fn a_new_migration_comes_last() {
    let repo = published();
    repo.commit("prisma/migrations/20260115000000_early/migration.sql", "select 1;\n");
    refused(
        &repo,
        "out-of-order-migration",
        "`20260115000000_early` comes before `20260201000000_notes`, which is already merged",
    );
    let repo = published();
    repo.commit("prisma/migrations/20260301000000_late/migration.sql", "select 1;\n");
    passes(&repo);
}

#[test]
fn two_migrations_of_one_number_have_no_order() {
    let repo = published();
    repo.commit("prisma/migrations/20260201000000_other/migration.sql", "select 1;\n");
    refused(
        &repo,
        "duplicate-timestamp",
        "`20260201000000_other` has the same number as `20260201000000_notes`",
    );
    let repo = published();
    repo.write("mail/supabase/migrations/20260301000000_a.sql", "select 1;\n");
    repo.write("mail/supabase/migrations/20260301000000_b.sql", "select 2;\n");
    repo.commit_all("Two");
    refused(
        &repo,
        "duplicate-timestamp",
        "`20260301000000_b.sql` has the same number as `20260301000000_a.sql`",
    );
}

#[test]
fn two_migrations_of_prisma_may_share_a_number_if_one_change_brings_both() {
    let repo = published();
    repo.write("prisma/migrations/20260301000000_a/migration.sql", "select 1;\n");
    repo.write("prisma/migrations/20260301000000_b/migration.sql", "select 2;\n");
    repo.commit_all("Two");
    passes(&repo);
}

#[test]
fn a_program_among_migrations_is_not_passed_by() {
    let repo = published();
    repo.write("supabase/migrations/20260301000000_schema.ts", "export const up = 1;\n");
    repo.write("supabase/migrations/helpers.ts", "export const help = 1;\n");
    repo.git(&["add", "."]);
    let (code, said) = repo.sprag(&["check"]);
    assert_eq!(code, 1, "{said}");
    repo.commit_all("Programs");
    let message = "`supabase/migrations/20260301000000_schema.ts` is a program among migrations: what it does to the database cannot be read";
    refused(&repo, "unreadable-file", message);
    let (code, said) = repo.sprag(&["audit", "--format", "json"]);
    assert_eq!(code, 1);
    assert!(said.contains(message) && !said.contains("helpers.ts"), "{said}");
}

#[test]
fn a_migration_that_is_no_text_is_not_judged_by_guessing() {
    let path = "prisma/migrations/20260301000000_odd/migration.sql";
    let cases: [(&[u8], &str); 4] = [
        (b"select '\xe9';\n", "is not UTF-8 at byte 8"),
        (b"\xff\xfes\0e\0", "is UTF-16, not UTF-8"),
        (b"select 1;\0drop table users;\n", "has a NUL byte at byte 9"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
            "is a Git LFS pointer: its content is not in this repository",
        ),
    ];
    for (bytes, reason) in cases {
        let repo = published();
        repo.commit(path, bytes);
        refused(&repo, "unreadable-file", &format!("`{path}` {reason}"));
    }
}

#[test]
fn a_migration_that_is_a_link_is_not_followed() {
    let repo = published();
    repo.run("mkdir -p prisma/migrations/20260301000000_link && ln -s ../../../other.sql prisma/migrations/20260301000000_link/migration.sql");
    repo.commit_all("Link");
    refused(
        &repo,
        "unreadable-file",
        "`prisma/migrations/20260301000000_link/migration.sql` is a symbolic link: its content is somewhere else",
    );
}

#[test]
fn a_package_json_that_does_not_parse_hides_what_it_runs() {
    let repo = published();
    repo.commit("package.json", "{ \"scripts\": { \"setup\": \"prisma migrate deploy\" \n");
    let (code, found) = judged(&repo);
    assert_eq!(code, 1);
    assert!(found.iter().any(|it| it.0 == "unreadable-file"), "{found:?}");
}

#[test]
fn a_change_does_not_loosen_the_policy_that_judges_it() {
    let repo = published();
    repo.write("policy.toml", POLICY.replace("truncate = \"deny\"", "truncate = \"warn\""));
    repo.write("prisma/migrations/20260301000000_empty/migration.sql", "truncate users;\n");
    repo.commit_all("Loosen");
    let (code, found) = judged(&repo);
    assert_eq!(code, 1);
    let rules: Vec<&str> = found.iter().map(|it| it.0.as_str()).collect();
    assert!(rules.contains(&"policy-tampered") && rules.contains(&"truncate"), "{found:?}");
}

#[test]
fn a_change_may_make_the_policy_stricter() {
    let repo = published();
    repo.commit("policy.toml", format!("{POLICY}alter-column-type = \"deny\"\n"));
    passes(&repo);
}

#[test]
fn a_verdict_does_not_depend_on_what_was_worked_out_before() {
    let repo = published();
    // A table that was left open before is nobody's doing here.
    repo.git(&["switch", "-q", "main"]);
    repo.commit(
        "prisma/migrations/20260210000000_open/migration.sql",
        "alter table users disable row level security;\n",
    );
    repo.git(&["switch", "-q", "-c", "later"]);
    repo.commit("prisma/migrations/20260301000000_late/migration.sql", "select 1;\n");
    repo.run("rm -rf .git/sprag");
    let cold = judged(&repo);
    let warm = judged(&repo);
    assert_eq!(cold, warm);
    assert_eq!(warm, (0, Vec::new()));
}

/// The change has this warning and no other finding.
#[track_caller]
fn warned(repo: &Sandbox, rule: &str, message: &str) {
    assert_eq!(judged(repo), (0, vec![(rule.to_owned(), message.to_owned())]));
}

#[test]
fn a_migration_is_numbered_as_its_neighbours_are() {
    let repo = published();
    repo.commit("prisma/migrations/add_tags/migration.sql", "select 1;\n");
    refused(
        &repo,
        "unnumbered-migration",
        "`add_tags` has no number, so it comes after every migration that has one",
    );
    let repo = published();
    repo.commit("prisma/migrations/20260301_tags/migration.sql", "select 1;\n");
    warned(
        &repo,
        "impossible-timestamp",
        "`20260301_tags` does not begin with fourteen digits, as its neighbours do",
    );
    // Nobody is told how to number a history that has its own way.
    let repo = Sandbox::new();
    repo.write("drizzle/0000_begin.sql", USERS).commit_all("Begin");
    let repo = repo.with_origin();
    repo.git(&["switch", "-q", "-c", "topic"]);
    repo.commit("drizzle/0001_next.sql", "select 1;\n");
    passes(&repo);
}

#[test]
fn a_timestamp_is_a_moment_and_not_years_away() {
    let repo = published();
    repo.commit("prisma/migrations/20260231000000_tags/migration.sql", "select 1;\n");
    warned(
        &repo,
        "impossible-timestamp",
        "`20260231000000` is no date and time, so `20260231000000_tags` sorts by chance",
    );
    let repo = published();
    repo.commit("prisma/migrations/20620301000000_tags/migration.sql", "select 1;\n");
    warned(
        &repo,
        "impossible-timestamp",
        "`20620301000000_tags` is years after `20260201000000_notes`: until then every new migration comes before it",
    );
}

#[test]
fn one_database_has_one_folder_of_migrations() {
    let repo = published();
    repo.commit("supabase/migrations/20260301000000_tags.sql", "select 1;\n");
    warned(
        &repo,
        "second-migration-folder",
        "`supabase/migrations` and `prisma/migrations` both change one database, in no order",
    );
    let repo = published();
    repo.commit("packages/mail/prisma/migrations/20260301000000_tags/migration.sql", "select 1;\n");
    passes(&repo);
}

#[test]
fn the_words_of_a_name_are_in_lower_case_where_that_is_asked_for() {
    let repo = published();
    repo.commit("prisma/migrations/20260301000000_Add-Tags/migration.sql", "select 1;\n");
    passes(&repo);
    repo.commit("policy.toml", format!("{POLICY}migration-name = \"deny\"\n"));
    refused(
        &repo,
        "migration-name",
        "`20260301000000_Add-Tags` is not a number and words in lower case",
    );
}

#[test]
fn a_file_that_a_server_does_not_find_is_refused() {
    let repo = published();
    let path = "prisma/migrations/20260301000000_tags/Migration.sql";
    repo.commit(path, "select 1;\n");
    refused(
        &repo,
        "wrong-case-file",
        &format!("`{path}` is not found on a server: it must be called `migration.sql`"),
    );
}
