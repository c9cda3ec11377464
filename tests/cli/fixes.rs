//! `sprag fix` shows what it would write, writes what it has shown, and loses nothing.

use insta::assert_snapshot;

use crate::support::Sandbox;

const OLD: &str = "prisma/migrations/20260101000000_users/migration.sql";
const NEW: &str = "prisma/migrations/20260201000000_notes/migration.sql";
const USERS: &str =
    "create table users (id bigint primary key);\nalter table users enable row level security;\n";
const NOTES: &str = "create table notes (id bigint primary key);\n";

/// A repository whose main branch has a table, on a branch.
fn branch() -> Sandbox {
    let repo = Sandbox::new();
    repo.commit("policy.toml", "version = 1\n").commit(OLD, USERS);
    let repo = repo.with_origin();
    repo.git(&["switch", "-qc", "notes"]);
    repo
}

fn read(repo: &Sandbox, path: &str) -> String {
    std::fs::read_to_string(repo.path().join(path)).unwrap()
}

#[test]
fn a_fix_is_shown_and_nothing_is_written() {
    let repo = branch();
    repo.stage(NEW, NOTES);
    let (code, said) = repo.sprag(&["fix"]);
    assert_eq!(code, 1);
    assert_snapshot!(said, @"
    --- a/prisma/migrations/20260201000000_notes/migration.sql
    +++ b/prisma/migrations/20260201000000_notes/migration.sql
    @@ -1 +1,2 @@
     create table notes (id bigint primary key);
    +alter table public.notes enable row level security;
    would fix table-without-rls: enable row level security on `public.notes`
    nothing is written; `sprag fix --write` writes it
    ");
    assert_eq!(read(&repo, NEW), NOTES);
}

#[test]
fn a_fix_is_written_to_the_file_and_not_to_the_index() {
    let repo = branch();
    repo.stage(NEW, NOTES);
    let staged = repo.line(&["ls-files", "-s"]);
    let (code, said) = repo.sprag(&["fix", "--write"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(repo.line(&["ls-files", "-s"]), staged);
    assert!(read(&repo, NEW).contains("enable row level security"));
    repo.git(&["add", "."]);
    assert_eq!(repo.sprag(&["check"]).0, 0);
    assert_eq!(repo.sprag(&["fix"]), (0, "there is nothing that a machine can mend\n".to_owned()));
}

#[test]
fn what_is_shown_can_be_applied() {
    let repo = branch();
    repo.stage(NEW, NOTES);
    repo.run("sprag fix >../fix.patch || true; git apply ../fix.patch; git add .; sprag check");
}

#[test]
fn what_is_not_staged_is_mended_with_the_rest_of_its_file() {
    let repo = branch();
    repo.stage(NEW, NOTES);
    let more = format!("{NOTES}create table tags (id bigint primary key);\n");
    repo.write(NEW, &more);
    let unknown = "prisma/migrations/20260301000000_late/migration.sql";
    repo.write(unknown, "create table late (id bigint primary key);\n");
    assert_eq!(repo.sprag(&["fix", "--write"]).0, 0);
    let text = read(&repo, NEW);
    assert_eq!(text.matches("enable row level security").count(), 2, "{text}");
    assert!(read(&repo, unknown).contains("enable row level security"));
}

#[test]
fn what_is_committed_on_the_branch_is_mended_too() {
    let repo = branch();
    repo.commit(NEW, NOTES);
    assert_eq!(repo.sprag(&["fix", "--write", "--base", "main"]).0, 0);
    assert!(read(&repo, NEW).contains("enable row level security"));
}

#[test]
fn what_is_merged_is_never_edited() {
    let repo = branch();
    let edited = format!("{USERS}{NOTES}");
    repo.stage(OLD, &edited);
    let (code, said) = repo.sprag(&["fix", "--write"]);
    assert_eq!(code, 1, "{said}");
    assert_eq!(read(&repo, OLD), edited);
    let new = "prisma/migrations/20260101000001_enable_row_level_security/migration.sql";
    assert_eq!(read(&repo, new), "alter table public.notes enable row level security;\n");
}

#[test]
fn lines_that_git_ends_otherwise_stay_as_they_lie() {
    let repo = branch();
    repo.git(&["config", "core.autocrlf", "true"]);
    repo.stage(NEW, NOTES.replace('\n', "\r\n"));
    assert_eq!(repo.sprag(&["fix", "--write"]).0, 0);
    let text = read(&repo, NEW);
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "{text:?}");
    assert!(text.contains("enable row level security"));
}

#[test]
fn what_lies_behind_a_link_is_left_alone() {
    let repo = branch();
    repo.stage(NEW, NOTES);
    let outside = repo.outside().join("outside.sql");
    std::fs::write(&outside, NOTES).unwrap();
    std::fs::remove_file(repo.path().join(NEW)).unwrap();
    std::os::unix::fs::symlink(&outside, repo.path().join(NEW)).unwrap();
    repo.sprag(&["fix", "--write"]);
    assert_eq!(std::fs::read_to_string(outside).unwrap(), NOTES);
}

#[test]
fn a_finding_that_can_be_mended_says_so() {
    let repo = branch();
    repo.stage(NEW, NOTES);
    let (_, said) = repo.sprag(&["check"]);
    assert!(said.contains("fix: sprag fix --write"), "{said}");
    let (_, said) = repo.sprag(&["check", "--format", "json"]);
    assert!(said.contains("\"fix\": \"enable row level security on `public.notes`\""), "{said}");
}

#[test]
fn a_supabase_table_is_opened_to_its_owners() {
    let repo = Sandbox::new();
    repo.commit("policy.toml", "version = 1\n");
    let path = "supabase/migrations/20260201000000_todos.sql";
    repo.stage(path, "create table todos (id uuid primary key, user_id uuid not null)");
    repo.sprag(&["fix", "--write"]);
    assert_snapshot!(read(&repo, path), @"
    create table todos (id uuid primary key, user_id uuid not null);
    alter table public.todos enable row level security;
    create policy todos_owner on public.todos
      for all to authenticated
      using ((select auth.uid()) = user_id)
      with check ((select auth.uid()) = user_id);
    ");
}

const SCHEMA: &str = "model User {\n  id Int @id\n\n  @@map(\"users\")\n}\n\nmodel Post {\n  id        Int      @id\n  authorId  Int\n  createdAt DateTime // now\n\n  @@index([authorId])\n}\n";
const POSTS: &str = "-- CreateTable
CREATE TABLE \"Post\" (
    \"id\" INTEGER NOT NULL,
    \"authorId\" INTEGER NOT NULL,
    \"createdAt\" TIMESTAMP(3) NOT NULL,

    CONSTRAINT \"Post_pkey\" PRIMARY KEY (\"id\")
);

-- CreateIndex
CREATE INDEX \"Post_authorId_idx\" ON \"Post\"(\"authorId\");

-- AddForeignKey
ALTER TABLE \"Post\" ADD CONSTRAINT \"Post_authorId_fkey\" FOREIGN KEY (\"authorId\") REFERENCES \"users\"(\"id\") ON DELETE RESTRICT ON UPDATE CASCADE;
";

#[test]
fn names_of_prisma_are_mapped_beside_the_migration() {
    let repo = branch();
    repo.write("prisma/schema.prisma", SCHEMA).stage(NEW, POSTS);
    let (code, said) = repo.sprag(&["fix", "--write"]);
    assert_eq!(code, 0, "{said}");
    assert_snapshot!(read(&repo, NEW), @r#"
    -- CreateTable
    CREATE TABLE "post" (
        "id" INTEGER NOT NULL,
        "author_id" INTEGER NOT NULL,
        "created_at" TIMESTAMP(3) NOT NULL,

        CONSTRAINT "post_pkey" PRIMARY KEY ("id")
    );
    ALTER TABLE public."post" ENABLE ROW LEVEL SECURITY;

    -- CreateIndex
    CREATE INDEX "post_author_id_idx" ON "post"("author_id");

    -- AddForeignKey
    ALTER TABLE "post" ADD CONSTRAINT "post_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
    "#);
    assert_snapshot!(read(&repo, "prisma/schema.prisma"), @r#"
    model User {
      id Int @id

      @@map("users")
    }

    model Post {
      id        Int      @id
      authorId  Int      @map("author_id")
      createdAt DateTime @map("created_at") // now

      @@index([authorId])
      @@map("post")
    }
    "#);
}

#[test]
fn names_that_the_schema_does_not_have_are_left() {
    let repo = branch();
    let schema = SCHEMA.replace("authorId", "author");
    repo.write("prisma/schema.prisma", &schema).stage(NEW, POSTS);
    let (code, said) = repo.sprag(&["fix", "--write"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("the Prisma schema has no plain line for `Post.authorId`"), "{said}");
    assert!(read(&repo, NEW).contains("\"authorId\""));
}

#[test]
fn drizzle_generates_its_names_and_numbers_itself() {
    let repo = branch();
    repo.write("drizzle/meta/_journal.json", "{}");
    repo.stage("drizzle/0000_posts.sql", POSTS.replace("users", "Users"));
    let (code, said) = repo.sprag(&["fix", "--write"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("Drizzle generates the migration from TypeScript"), "{said}");
}

#[test]
fn an_index_is_not_moved_behind_what_speaks_of_it() {
    let repo = branch();
    let index = "create index concurrently users_id on users (id);\n";
    let path = "supabase/migrations/20260201000000_index.sql";
    repo.stage(path, format!("{index}comment on index users_id is 'fast';\n"));
    let (_, said) = repo.sprag(&["fix", "--write"]);
    assert!(said.contains("speaks of `users_id`, which would not be there yet"), "{said}");
    repo.stage(path, format!("select 1;\n{index}"));
    let (_, said) = repo.sprag(&["fix", "--write"]);
    assert!(said.contains("wrote supabase/migrations/20260201000001_"), "{said}");
}

#[test]
fn one_rule_can_be_mended_alone() {
    let repo = branch();
    repo.stage(NEW, "create table \"Notes\" (id bigint primary key);\n");
    let (_, said) = repo.sprag(&["fix", "--rule", "table-without-rls"]);
    assert!(said.contains("would fix table-without-rls") && !said.contains("snake"), "{said}");
    let (code, said) = repo.sprag(&["fix", "--rule", "table-without-rsl"]);
    assert_eq!(code, 2);
    assert!(said.contains("did you mean `table-without-rls`?"), "{said}");
}

#[test]
fn what_is_merged_is_mended_by_a_new_migration() {
    let repo = Sandbox::new();
    repo.commit("policy.toml", "version = 1\n").commit(OLD, "create table users (id bigint);\n");
    repo.commit(NEW, NOTES);
    let repo = repo.with_origin();
    repo.sprag(&["baseline"]);
    let (code, said) = repo.sprag(&["fix", "--merged", "--write"]);
    assert_eq!(code, 0, "{said}");
    let new = "prisma/migrations/20260201000001_enable_row_level_security/migration.sql";
    assert_eq!(
        read(&repo, new),
        "alter table public.notes enable row level security;\nalter table public.users enable row level security;\n"
    );
    // It waits to be merged, and is not written again.
    let (code, said) = repo.sprag(&["fix", "--merged", "--write"]);
    assert_eq!((code, said.as_str()), (0, "there is nothing that a machine can mend\n"));
    repo.git(&["add", new]);
    assert_eq!(repo.sprag(&["check"]).0, 0);
    assert_eq!(repo.sprag(&["fix", "--merged", "--write"]).0, 0);
    assert!(
        !repo.path().join("prisma/migrations/20260201000002_enable_row_level_security").exists()
    );
}

#[test]
fn what_is_merged_and_takes_more_than_a_statement_is_told() {
    let repo = branch();
    let function = "create function f() returns int language sql security definer as 'select 1';\n";
    repo.commit(NEW, function);
    repo.git(&["push", "-q", "origin", "HEAD:main"]);
    let (_, said) = repo.sprag(&["fix", "--merged"]);
    assert!(said.contains("left definer-without-search-path of "), "{said}");
    assert!(said.contains("is merged, so it takes a new migration"), "{said}");
}

#[test]
fn lines_that_end_otherwise_can_be_applied_too() {
    let repo = branch();
    repo.stage(NEW, format!("\u{feff}{}", NOTES.replace('\n', "\r\n")));
    repo.run("sprag fix >../fix.patch || true; git apply ../fix.patch; git add .; sprag check");
}

#[test]
fn migrations_that_are_split_off_have_numbers_of_their_own() {
    let repo = branch();
    repo.stage(
        NEW,
        "create index users_a on users (id);\ncreate index users_b on users ((id + 1));\nalter table users add nick text;\n",
    );
    let (_, said) = repo.sprag(&["fix", "--write"]);
    assert!(said.contains("20260201000001_create_users_a"), "{said}");
    assert!(said.contains("20260201000002_create_users_b"), "{said}");
}

#[test]
fn names_that_the_schema_gives_are_kept() {
    let repo = branch();
    let schema =
        SCHEMA.replace("@@index([authorId])", "@@index([authorId], map: \"Post_authorId_idx\")");
    repo.write("prisma/schema.prisma", &schema).stage(NEW, POSTS);
    let (code, said) = repo.sprag(&["fix", "--write"]);
    assert_eq!(code, 0, "{said}");
    let text = read(&repo, NEW);
    assert!(text.contains("INDEX \"Post_authorId_idx\" ON \"post\"(\"author_id\")"), "{text}");
    assert!(text.contains("\"post_author_id_fkey\""), "{text}");
}

#[test]
fn what_an_old_server_does_not_know_is_not_written() {
    let view = "create table notes (id bigint primary key);\nalter table notes enable row level security;\ncreate view ids as select id from notes;\n";
    for (version, code) in [(14, 1), (15, 0)] {
        let repo = Sandbox::new();
        repo.commit("policy.toml", format!("version = 1\n[database]\nversion = {version}\n"));
        let repo = repo.with_origin();
        repo.stage(NEW, view);
        assert_eq!(repo.sprag(&["fix", "--write"]).0, code);
        assert_eq!(read(&repo, NEW).contains("security_invoker"), code == 0);
    }
}

#[test]
fn a_constraint_is_validated_before_others_take_it_away() {
    let repo = branch();
    let add = |name: &str| format!("alter table users add constraint {name} check (id > 0);\n");
    let next = "prisma/migrations/20260201000001_next/migration.sql";
    repo.stage(NEW, format!("{}{}", add("one"), add("two")));
    repo.stage(next, "alter table users drop constraint one;\n");
    let (_, said) = repo.sprag(&["fix"]);
    assert!(said.contains("another migration before it speaks of `users`"), "{said}");
    repo.stage(next, "alter table users add nick text;\n");
    let (_, said) = repo.sprag(&["fix"]);
    assert!(said.contains("000002_validate_one") && said.contains("000003_validate_two"), "{said}");
}
