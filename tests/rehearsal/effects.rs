//! What a migration does that its text does not say.

use super::{rehearse, with};

#[track_caller]
fn additive(sql: &str) -> Option<String> {
    let said = rehearse(&with(sql), &[])?;
    assert_eq!(said.found, Vec::<String>::new(), "{sql}");
    Some(said.additive().to_owned())
}

#[track_caller]
fn hides(sql: &str, loss: &str) {
    let Some(said) = rehearse(&with(sql), &[]) else { return };
    let finding = format!("hidden-loss: {loss}, and the text does not show it");
    assert_eq!(said.found, [finding], "{sql}: {:?}", said.notices);
    assert_eq!(said.additive(), format!("refuted: {loss}"));
    assert_eq!(said.code, 1);
}

#[test]
fn what_only_adds_is_proven() {
    for sql in [
        "alter table users add column plan text;",
        "create table notes (id bigint primary key);\nalter table notes enable row level security;",
        "create index concurrently users_email on users (email);",
        "alter type mood add value 'calm';",
        "begin; alter table posts add column title text; commit;",
    ] {
        let Some(said) = additive(sql) else { return };
        assert_eq!(said, "proven", "{sql}");
    }
}

#[test]
fn a_loss_that_the_text_shows_is_judged_by_the_rule_for_it() {
    for (sql, loss) in [
        ("drop table posts;", "the table `public.posts` is gone"),
        ("alter table posts drop column body;", "the column `public.posts.body` is gone"),
        (
            "alter table posts disable row level security;",
            "row level security of `public.posts` is off",
        ),
        ("truncate posts;", "`public.posts` was emptied, or written anew"),
    ] {
        let Some(said) = additive(sql) else { return };
        assert!(said.starts_with("refuted: ") && said.contains(loss), "{sql}: {said}");
    }
}

#[test]
fn a_table_that_a_block_finds_by_a_query_and_drops_is_seen() {
    hides(
        "do $$ declare r record; begin\n\
         for r in select relname from pg_class where relname like 'po%' and relkind = 'r' loop\n\
         execute format('drop table %I', r.relname); end loop; end $$;",
        "the table `public.posts` is gone",
    );
}

#[test]
fn rows_that_an_old_function_deletes_are_seen_though_there_are_none() {
    hides("select tidy();", "rows of `public.posts` go through DELETE");
    // Its name is a keyword, which the catalogs write in quotes.
    hides("select forget();", "rows of `public.\"user\"` go through DELETE");
}

#[test]
fn a_table_that_an_old_function_empties_is_seen() {
    hides("select empty();", "`public.posts` was emptied, or written anew");
}

#[test]
fn a_table_that_is_dropped_and_made_again_is_another() {
    let Some(said) = additive(
        "drop table posts;\ncreate table posts (id bigint primary key, user_id bigint, body text);\n\
         alter table posts enable row level security;",
    ) else {
        return;
    };
    assert!(said.contains("the table `public.posts` was dropped and made again"), "{said}");
}

#[test]
fn what_does_not_apply_is_said_with_the_place() {
    let sandbox =
        with("alter table users add column plan text;\nalter table nobody add column a text;");
    let Some(said) = rehearse(&sandbox, &[]) else { return };
    assert_eq!(
        said.found,
        ["failing-migration: Postgres refuses this: relation \"nobody\" does not exist"]
    );
    let (_, text) = sandbox.sprag(&["rehearse"]);
    assert!(text.contains("20250201000000_next/migration.sql:2:1"), "{text}");
}

#[test]
fn what_applies_in_one_way_only_is_said_so() {
    let sandbox = with(
        "create index concurrently a on users (email);\nalter table users add column plan text;",
    );
    let Some(said) = rehearse(&sandbox, &[]) else { return };
    assert_eq!(
        said.found,
        [
            "failing-migration: Postgres refuses this when it is sent in one text: CREATE INDEX CONCURRENTLY cannot run \
          inside a transaction block"
        ]
    );
}

#[test]
fn locks_on_what_was_there_are_told() {
    let Some(said) = rehearse(&with("alter table users add column plan text;"), &[]) else {
        return;
    };
    let lock = "holds AccessExclusiveLock on `public.users` to the end of its transaction";
    assert!(said.notices.iter().any(|it| it == lock), "{:?}", said.notices);
}

#[test]
fn a_history_that_does_not_replay_proves_nothing_and_says_where_it_breaks() {
    let sandbox = with("alter table users add column plan text;");
    sandbox.git(&["commit", "-q", "--no-verify", "-m", "next"]);
    sandbox.write(
        "prisma/migrations/20250301000000_lost/migration.sql",
        "alter table users add column a text;\nalter table nobody add column a text;\n",
    );
    sandbox.git(&["add", "-A"]);
    sandbox.git(&["commit", "-q", "--no-verify", "-m", "lost"]);
    sandbox.git(&["push", "-q", "--no-verify", "origin", "main"]);
    sandbox.stage(
        "prisma/migrations/20250401000000_new/migration.sql",
        "alter table users add column b text;\n",
    );
    let Some(said) = rehearse(&sandbox, &[]) else { return };
    assert_eq!(
        said.additive(),
        "unproven: the history does not replay: 1 of 3 migrations fail, first \
         `prisma/migrations/20250301000000_lost/migration.sql`: relation \"nobody\" does not exist"
    );
}

#[test]
fn supabase_brings_what_its_migrations_name() {
    let sandbox = crate::support::Sandbox::init(&[]);
    sandbox.write(
        "supabase/migrations/20250101000000_init.sql",
        "create extension vector with schema extensions;\n\
         create table notes (id uuid primary key default extensions.uuid_generate_v4(),\n\
         owner uuid references auth.users (id), meaning extensions.vector(3));\n\
         alter table notes enable row level security;\n\
         create policy own on notes to authenticated using (owner = (select auth.uid()));\n\
         create index on notes using hnsw (meaning extensions.vector_cosine_ops) with (m = 16, ef_construction = 64);\n\
         create index on notes using ivfflat (meaning extensions.vector_l2_ops) with (lists = 100) where owner is null;\n",
    );
    sandbox.commit_all("seed");
    let sandbox = sandbox.with_origin();
    sandbox.stage(
        "supabase/migrations/20250201000000_next.sql",
        "alter table notes add column at timestamptz;\n",
    );
    let Some(said) = rehearse(&sandbox, &[]) else { return };
    assert_eq!(said.additive(), "proven", "{:?}", said.notices);
    // Its own tables are the owner's of migrations as well.
    sandbox.stage(
        "supabase/migrations/20250201000000_next.sql",
        "alter table storage.objects enable row level security;\n\
         create policy seen on storage.objects for select using (bucket_id = 'a');\n",
    );
    let said = rehearse(&sandbox, &[]).unwrap();
    assert_eq!(said.additive(), "proven", "{:?}", said.notices);
}

#[test]
fn what_a_change_does_to_a_merged_migration_is_not_rehearsed_and_said_so() {
    let sandbox = with("alter table users add column plan text;");
    let old = "prisma/migrations/20250101000000_init/migration.sql";
    sandbox.stage(old, format!("{}create table more (id bigint);\n", super::HISTORY));
    let Some(said) = rehearse(&sandbox, &[]) else { return };
    let notice = format!("`{old}` was merged before; what the change does to it was not rehearsed");
    assert!(said.notices.contains(&notice), "{:?}", said.notices);
    assert_eq!(said.code, 1);
}

#[test]
fn a_policy_that_the_change_loosens_does_not_loosen_its_rehearsal() {
    let sandbox = with("select tidy();");
    sandbox.stage("policy.toml", "version = 1\n[rules]\nhidden-loss = \"allow\"\n");
    let Some(said) = rehearse(&sandbox, &[]) else { return };
    assert_eq!(said.found.len(), 1, "{:?}", said.notices);
    assert_eq!(said.code, 1);
}

#[test]
fn a_dump_stands_for_the_lost_beginning_of_a_history() {
    let sandbox = crate::support::Sandbox::init(&[]);
    sandbox.write("policy.toml", "version = 1\n[rehearsal]\nbaseline = \"db/baseline.sql\"\n");
    let dump = "\\restrict a1\nSELECT pg_catalog.set_config('search_path', '', false);\n\
                CREATE TABLE public.users (id bigint NOT NULL);\n\
                ALTER TABLE public.users ENABLE ROW LEVEL SECURITY;\n\\unrestrict a1\n";
    sandbox.write("db/baseline.sql", dump);
    let init = "prisma/migrations/20250101000000_init/migration.sql";
    sandbox.write(init, "alter table users add column email text;\n");
    sandbox.commit_all("seed");
    let sandbox = sandbox.with_origin();
    let next = "prisma/migrations/20250201000000_next/migration.sql";
    sandbox.stage(next, "alter table users add column plan text;\n");
    let Some(said) = rehearse(&sandbox, &[]) else { return };
    assert_eq!(said.additive(), "proven", "{:?}", said.notices);
    // A change brings no dump of its own.
    sandbox.stage("db/baseline.sql", "create table other (id int);\n");
    assert_eq!(rehearse(&sandbox, &[]).unwrap().additive(), "proven");
    sandbox.commit("db/baseline.sql", "create table other (id int);\n\\connect other\n");
    sandbox.git(&["push", "-q", "--no-verify", "origin", "main"]);
    let more = "prisma/migrations/20250301000000_more/migration.sql";
    sandbox.stage(more, "alter table users add column more text;\n");
    let (code, text) = sandbox.sprag(&["rehearse"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("line 2 is `\\connect`, which only `psql` understands"), "{text}");
}

#[test]
fn what_no_server_survives_is_a_failure_and_what_came_before_it_is_seen() {
    let sandbox = with(
        "alter table users add column plan text;\n\
         create function again(i int) returns int language sql as 'select again($1 + 1)';\nselect again(1);",
    );
    let Some(said) = rehearse(&sandbox, &[]) else { return };
    assert_eq!(said.code, 1);
    assert!(said.found[0].starts_with("failing-migration: "), "{:?}", said.found);
    assert!(said.additive().starts_with("unproven: it does not apply"), "{:?}", said.notices);
}

#[test]
fn a_table_that_is_written_anew_is_told() {
    let Some(said) = rehearse(
        &with("alter table posts add column token uuid not null default gen_random_uuid();"),
        &[],
    ) else {
        return;
    };
    let told = said.notices.iter().filter(|it| it.contains("writes every row")).count();
    assert_eq!((told, said.additive()), (1, "proven"), "{:?}", said.notices);
    let Some(said) = rehearse(&with("alter table posts add column note text default 'x';"), &[])
    else {
        return;
    };
    assert!(!said.notices.iter().any(|it| it.contains("writes every row")), "{:?}", said.notices);
}
