//! What a database lacks, has otherwise, or has besides.

use super::{INIT, InUse, NEXT, POSTS, USERS, repository, run, verify};

#[test]
fn what_was_applied_is_verified() {
    let Some(shop) = InUse::new() else { return };
    let repo = repository();
    shop.apply(USERS).apply(POSTS);
    let said = verify(&repo, &shop.url(), &[]);
    assert_eq!((said.code, said.found()), (0, Vec::new()), "{}", said.text);
    let said = run(&repo, &shop.url(), &["verify", "--format", "markdown", "--migration", NEXT]);
    let (first, rest) = said.text.split_once('\n').unwrap();
    assert!(first.starts_with("## ") && first.ends_with(" UTC - Migration Verified"), "{first}");
    let rest = rest.split("\n\n`").next().unwrap();
    assert!(rest.contains("**Migration**: 20260201000000_posts\n"), "{rest}");
    assert!(rest.contains("**Tables**: posts (verified exists)\n**RLS**: Enabled ✓"), "{rest}");
    assert_eq!(said.code, 0);
}

#[test]
fn what_was_not_applied_is_missing() {
    let Some(shop) = InUse::new() else { return };
    let repo = repository();
    shop.apply(USERS);
    let said = verify(&repo, &shop.url(), &[]);
    assert_eq!(said.code, 1);
    assert_eq!(
        said.found(),
        ["missing-in-database: the table `public.posts` is not in the database"]
    );
    let table = &said.json()["action"]["tables"][0];
    assert_eq!(
        (table["name"].as_str(), table["exists"].as_bool()),
        (Some("public.posts"), Some(false))
    );
    // What came before is there.
    assert_eq!(verify(&repo, &shop.url(), &["--migration", "20260101000000_init"]).code, 0);
    assert_eq!(verify(&repo, &shop.url(), &["--migration", NEXT]).code, 1);
}

#[test]
fn each_difference_is_told_where_the_migration_says_it() {
    let Some(shop) = InUse::new() else { return };
    let repo = repository();
    shop.apply(USERS).apply(POSTS).apply(
        "alter table posts disable row level security;
         alter table posts alter body type text, alter user_id drop not null, alter score set default 1;
         alter table posts drop constraint posts_users;
         alter table posts add constraint posts_users foreign key (user_id) references users;
         drop index posts_user;
         alter table users drop column mood;
         alter policy own on users to app;
         alter table users rename constraint users_email_key to users_mail;",
    );
    let said = verify(&repo, &shop.url(), &[]);
    let mut found = said.found();
    found.sort();
    insta::assert_snapshot!(found.join("\n"), @"
    different-in-database: `public.posts.body` is `text` in the database and `character varying(20)` by the migrations
    different-in-database: `public.posts.user_id` may be null in the database and is required by the migrations
    different-in-database: row level security of `public.posts` is off in the database and on by the migrations
    different-in-database: the constraint `posts_users` of `public.posts` is a foreign key (user_id) to `public.users` on delete no action on update no action in the database and a foreign key (user_id) to `public.users` on delete cascade on update no action by the migrations
    different-in-database: the constraint `users_email_key` of `public.users` is called `users_mail` in the database
    different-in-database: the default of `public.posts.score` is `1` in the database and `0` by the migrations
    different-in-database: the policy `own` of `public.users` is for select to app in the database and for select to public by the migrations
    missing-in-database: the column `public.users.mood` is not in the database
    missing-in-database: the index `posts_user` of `public.posts` is not in the database: an index (user_id)
    ");
    let place =
        |it: &serde_json::Value| (it["file"].as_str().unwrap().to_owned(), it["line"].as_u64());
    let json = said.json();
    let all = json["findings"].as_array().unwrap();
    let of = |text: &str| {
        let found = all.iter().find(|it| it["message"].as_str().unwrap().contains(text));
        place(found.unwrap())
    };
    assert_eq!(of("posts.body"), (NEXT.to_owned(), Some(1)));
    assert_eq!(of("index `posts_user`"), (NEXT.to_owned(), Some(3)));
    assert_eq!(of("the policy `own`"), (INIT.to_owned(), Some(4)));
}

#[test]
fn of_one_migration_all_is_asked_that_it_changes_or_takes_away() {
    let Some(shop) = InUse::new() else { return };
    let repo = repository();
    let third = "prisma/migrations/20260301000000_more/migration.sql";
    let sql =
        "alter table posts alter body type text, alter user_id drop not null, drop column score;
alter table posts force row level security;
alter type mood add value 'calm';
drop index posts_user;
create or replace function twice(it int) returns int language sql as 'select it * 2';";
    repo.commit(third, sql);
    repo.commit(
        "prisma/migrations/20260401000000_rows/migration.sql",
        "insert into users values (1, 'a');",
    );
    // What comes later may be applied or not.
    repo.commit(
        "prisma/migrations/20260501000000_last/migration.sql",
        "alter table posts rename body to words;",
    );
    shop.apply(USERS).apply(POSTS);
    let said = verify(&repo, &shop.url(), &["--migration", third]);
    let mut found = said.found();
    found.sort();
    insta::assert_snapshot!(found.join("\n"), @"
    different-in-database: `force row level security` of `public.posts` is off in the database and on by the migrations
    different-in-database: `public.posts.body` is `character varying(20)` in the database and `text` by the migrations
    different-in-database: `public.posts.user_id` is required in the database and may be null by the migrations
    missing-in-database: the enum `public.mood` has no `calm` in the database
    missing-in-database: the function `public.twice` is not in the database
    only-in-database: no migration makes the column `public.posts.score`
    only-in-database: no migration makes the index `posts_user` of `public.posts`: an index (user_id)
    ");
    shop.apply(sql);
    assert_eq!(verify(&repo, &shop.url(), &["--migration", third]).code, 0);
    shop.apply("alter table posts rename body to words");
    assert_eq!(verify(&repo, &shop.url(), &["--migration", third]).code, 0);
    let said = verify(&repo, &shop.url(), &["--migration", "20260401000000_rows"]);
    assert_eq!(said.code, 2);
    assert!(said.text.contains("makes nothing that can be compared"), "{}", said.text);
    assert_eq!(verify(&repo, &shop.url(), &["--migration", "nothing"]).code, 2);
}

#[test]
fn what_no_migration_makes_is_drift_as_well() {
    let Some(shop) = InUse::new() else { return };
    let repo = repository();
    shop.apply(USERS).apply(POSTS).apply(
        "create table extra (id int);
         alter table users add column more int;
         alter type mood add value 'calm';
         create index by_mood on users (mood);
         create policy all_of_it on posts using (true);
         create schema reports; create table reports.days (id int);
         create schema auth; create table auth.users (id int);
         create table _prisma_migrations (id int);",
    );
    let said = verify(&repo, &shop.url(), &[]);
    let mut found = said.found();
    found.sort();
    insta::assert_snapshot!(found.join("\n"), @"
    only-in-database: no migration makes anything in the schema `reports`, which has 1 table or view
    only-in-database: no migration makes the column `public.users.more`
    only-in-database: no migration makes the index `by_mood` of `public.users`: an index (mood)
    only-in-database: no migration makes the policy `all_of_it` of `public.posts`
    only-in-database: no migration makes the table `public.extra`
    only-in-database: the enum `public.mood` has `calm` in the database, which no migration adds
    ");
    // What a migration makes is there, whatever else is.
    assert_eq!(verify(&repo, &shop.url(), &["--migration", NEXT]).code, 0);
    repo.commit(
        "policy.toml",
        "version = 1\n[rules]\nonly-in-database = { level = \"deny\", exempt = [\"public.extra\", \"reports\"] }\n",
    );
    assert_eq!(verify(&repo, &shop.url(), &[]).found().len(), 4);
}

#[test]
fn types_and_defaults_are_the_same_however_they_are_written() {
    let Some(shop) = InUse::new() else { return };
    let repo = repository();
    let sql = "create table kinds (a int, b int8, c varchar(10), d timestamptz(3), e decimal(65,30), f float, g char,
      h bool default 't', i text default 'a''b', j int[] default '{}', k timestamp default current_timestamp,
      l mood[] default array[]::mood[], m smallserial, n uuid default gen_random_uuid(), o jsonb default '{\"a\":1}',
      p \"char\", q numeric(5), r time with time zone, s interval default '1 day', t money, u bit varying(3));
      alter table kinds enable row level security;";
    repo.commit("prisma/migrations/20260301000000_kinds/migration.sql", sql);
    shop.apply(USERS).apply(POSTS).apply(sql);
    let said = verify(&repo, &shop.url(), &[]);
    assert_eq!((said.code, said.found()), (0, Vec::new()));
}

#[test]
fn what_cannot_be_read_is_said_not_to_be_compared() {
    let Some(shop) = InUse::new() else { return };
    let repo = repository();
    let sql = "do $$ begin execute 'create table ' || current_user || ' (id int)'; end $$;
do $$ begin if current_user = 'app' then create table perhaps (id int); end if; end $$;
do $$ begin create type level as enum ('low'); exception when duplicate_object then null; end $$;\n";
    repo.commit("prisma/migrations/20260301000000_hidden/migration.sql", sql);
    let files = "create policy mine on storage.objects for select using (owner = auth.uid());";
    repo.commit("prisma/migrations/20260401000000_files/migration.sql", files);
    shop.apply(USERS).apply(POSTS);
    let said = verify(&repo, &shop.url(), &[]);
    assert_eq!(
        said.found(),
        ["missing-in-database: the type `public.level` is not in the database"]
    );
    let notices = said.json()["notices"].to_string();
    assert!(notices.contains("statements do that cannot be read, the first at `prisma/migrations/20260301000000_hidden"), "{notices}");
    assert!(
        notices.contains("policies and triggers on tables that the platform keeps"),
        "{notices}"
    );
    assert!(
        notices.contains(
            "a migration may or may not do this: the table `public.perhaps` is not in the database"
        ),
        "{notices}"
    );
}

#[test]
fn an_index_that_was_not_built_to_its_end_is_told() {
    let Some(shop) = InUse::new() else { return };
    let repo = repository();
    shop.apply(USERS).apply(POSTS);
    shop.apply("update pg_index set indisvalid = false where indexrelid = 'posts_user'::regclass");
    let said = verify(&repo, &shop.url(), &[]);
    let found = said.found();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("and invalid: it was not built to its end"), "{found:?}");
}

#[test]
fn of_several_databases_one_has_to_be_chosen() {
    let Some(shop) = InUse::new() else { return };
    let repo = repository();
    repo.commit(
        "apps/other/prisma/migrations/20260101000000_a/migration.sql",
        "create table a (id int);",
    );
    shop.apply(USERS).apply(POSTS);
    let said = verify(&repo, &shop.url(), &[]);
    assert_eq!(said.code, 2);
    assert!(said.text.contains("several databases: `.`, `apps/other`"), "{}", said.text);
    assert_eq!(verify(&repo, &shop.url(), &["--folder", "."]).code, 0);
    assert_eq!(verify(&repo, &shop.url(), &["--folder", "apps/other"]).code, 1);
}
