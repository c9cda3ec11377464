//! What `sprag rollback` writes gives back what was there, and says what it cannot.

use serde_json::Value;

use super::{is_without_engine, one, with};
use crate::support::Sandbox;

/// What was said of one migration.
struct Told {
    code: i32,
    proof: String,
    detail: String,
    residue: Vec<String>,
    sql: Vec<String>,
    not_given_back: Vec<String>,
    committed: Option<(String, String)>,
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
}

/// The rollbacks of a repository, the newest migration first. Nothing where there is no server to prove them on.
fn rollbacks(sandbox: &Sandbox, arguments: &[&str]) -> Option<Vec<Told>> {
    let _one = one();
    let (code, text) = sandbox.sprag(&[&["rollback", "--json"], arguments].concat());
    if is_without_engine(code, &text) {
        return None;
    }
    let json: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"));
    let told = |it: &Value| Told {
        code,
        proof: it["proof"].as_str().unwrap().to_owned(),
        detail: it["detail"].as_str().unwrap().to_owned(),
        residue: texts(&it["residue"]),
        sql: texts(&it["sql"]),
        not_given_back: texts(&it["not_given_back"]),
        committed: it["committed"].as_object().map(|it| {
            let text = |key: &str| it[key].as_str().unwrap().to_owned();
            (text("proof"), text("detail"))
        }),
    };
    Some(json["rollbacks"].as_array().unwrap().iter().map(told).collect())
}

fn rollback(sql: &str) -> Option<Told> {
    rollbacks(&with(sql), &[])?.pop()
}

/// It is taken back whole.
#[track_caller]
fn proven(sql: &str) -> Option<Told> {
    let told = rollback(sql)?;
    assert_eq!((told.code, told.proof.as_str()), (0, "proven"), "{}\n{:#?}", told.detail, told.sql);
    Some(told)
}

#[test]
fn what_a_migration_adds_goes_again() {
    let Some(told) = proven(
        r#"create schema shop;
create type shop.state as enum ('new', 'paid');
create domain price as numeric check (value >= 0);
create sequence tickets;
create table shop.orders (
  id bigint generated always as identity primary key,
  user_id bigint not null references users (id) on delete cascade,
  state shop.state not null default 'new', total price, "order" int
);
create table shop.lines (id bigint primary key, order_id bigint);
alter table shop.lines add foreign key (order_id) references shop.orders;
alter table shop.orders enable row level security;
create function shop.mine(bigint) returns boolean language sql stable as $$ select $1 = 1 $$;
create policy own on shop.orders for select using (shop.mine(user_id));
create index orders_user on shop.orders (user_id);
alter table posts add column slug text default 'x', add column "end" date;
create unique index posts_slug on posts (slug) where slug is not null;
alter table posts add constraint long_enough check (length(body) > 3) not valid;
create function touch() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger touched before update on posts for each row execute function touch();
create view shop.open as select * from shop.orders where state = 'new';
grant select on posts to public;
comment on column posts.body is 'as written';"#,
    ) else {
        return;
    };
    let sql = told.sql.join(";\n");
    insta::assert_snapshot!(sql, @r#"
    comment on column posts.body IS NULL;
    REVOKE SELECT ON TABLE public.posts FROM public;
    DROP VIEW IF EXISTS shop.open;
    DROP TRIGGER IF EXISTS touched ON public.posts;
    DROP FUNCTION IF EXISTS public.touch();
    ALTER TABLE public.posts DROP CONSTRAINT IF EXISTS long_enough;
    DROP INDEX IF EXISTS public.posts_slug;
    ALTER TABLE public.posts DROP COLUMN IF EXISTS "end";
    ALTER TABLE public.posts DROP COLUMN IF EXISTS slug;
    DROP POLICY IF EXISTS own ON shop.orders;
    DROP FUNCTION IF EXISTS shop.mine(bigint);
    DROP TABLE IF EXISTS shop.lines;
    DROP TABLE IF EXISTS shop.orders;
    DROP SEQUENCE IF EXISTS public.tickets;
    DROP DOMAIN IF EXISTS public.price;
    DROP TYPE IF EXISTS shop.state;
    DROP SCHEMA IF EXISTS shop
    "#);
}

#[test]
fn what_it_replaces_or_changes_is_as_it_was() {
    proven(
        "create or replace function tidy() returns void language plpgsql as $$ begin null; end $$;",
    );
    proven("alter policy own on posts using (user_id = 2);");
    proven("drop policy own on posts; create policy other on posts using (true);");
    proven(
        "alter table posts alter column body set default 'x', alter column user_id set not null;",
    );
    proven("alter table users alter column email drop not null;");
    proven(
        "alter table posts rename column body to content; alter table posts rename to articles;",
    );
    proven("alter type mood rename value 'sad' to 'blue'; alter type mood rename to feeling;");
    proven("drop index posts_user;");
    proven("alter table posts drop constraint posts_user_id_fkey;");
    proven(
        "alter table users disable row level security; alter table users force row level security;",
    );
    proven("alter table posts alter column body type varchar(50);");
    proven("drop function tidy();");
}

#[test]
fn what_was_said_of_a_thing_that_is_made_again_is_said_again() {
    let sandbox = Sandbox::init(&[]);
    let seed = "create table users (id bigint primary key);\nalter table users enable row level security;\n\
        create policy \"The Owner\" on users using (id = 1);\n\
        comment on policy \"The Owner\" on users is 'it''s theirs';\n\
        create view ids as select id from users;\ncomment on view ids is 'for the list';\n";
    sandbox.write("prisma/migrations/20250101000000_init/migration.sql", seed);
    sandbox.commit_all("seed");
    let sandbox = sandbox.with_origin();
    for sql in [
        "drop policy \"The Owner\" on users;\ncreate policy \"The Owner\" on users using (id = 2);\n",
        "drop policy \"The Owner\" on users;\ncreate policy \"The Owner\" on users using (id = 1);\n",
        "do $$ begin execute 'drop pol' || 'icy \"The Owner\" on users'; end $$;\n",
        "drop view ids;\n",
        "comment on table users is 'all of them';\n",
    ] {
        sandbox.stage("prisma/migrations/20250201000000_next/migration.sql", sql);
        let Some(told) = rollbacks(&sandbox, &[]).and_then(|mut it| it.pop()) else { return };
        assert_eq!(told.proof, "proven", "{sql}: {}\n{:#?}", told.detail, told.sql);
    }
}

#[test]
fn what_was_granted_before_is_granted_after() {
    let sandbox = Sandbox::init(&[]);
    let seed =
        "create table users (id bigint primary key);\ngrant select, insert on users to public;\n";
    sandbox.write("prisma/migrations/20250101000000_init/migration.sql", seed);
    sandbox.commit_all("seed");
    let sandbox = sandbox.with_origin();
    sandbox.stage(
        "prisma/migrations/20250201000000_next/migration.sql",
        "grant select, update on users to public;\n",
    );
    let Some(told) = rollbacks(&sandbox, &[]).and_then(|mut it| it.pop()) else { return };
    assert_eq!(told.proof, "proven", "{}", told.detail);
    // The text alone would have taken all of it.
    assert!(told.sql.last().unwrap().starts_with("GRANT"), "{:?}", told.sql);
}

#[test]
fn what_only_runs_in_a_block_is_found_and_taken_back() {
    let Some(told) = proven(
        "do $$ begin execute format('create table %I (id int)', 'hid' || 'den_' || extract(year from date '2025-01-01')); end $$;",
    ) else {
        return;
    };
    assert_eq!(told.sql, ["DROP TABLE public.hidden_2025"]);
}

#[test]
fn a_value_of_an_enum_stays_and_is_said() {
    let Some(told) = rollback("alter type mood add value 'meh';") else { return };
    assert_eq!((told.code, told.proof.as_str()), (0, "leaves"));
    insta::assert_snapshot!(told.not_given_back.join("\n"), @"`meh` stays in the enum `public.mood`: Postgres takes no value out of one; nothing has to use it");
    insta::assert_snapshot!(told.residue.join("\n"), @r#"labels of the type `public.mood` is `["sad", "glad", "meh"]`, and was `["sad", "glad"]`"#);
}

#[test]
fn rows_that_were_inserted_stay_and_are_said() {
    let Some(told) = rollback("insert into users values (1, 'a');") else { return };
    assert_eq!((told.code, told.proof.as_str()), (0, "leaves"));
    insta::assert_snapshot!(told.residue.join("\n"), @"`public.users` has 1 more row");
}

#[test]
fn what_is_lost_is_not_called_given_back() {
    for (sql, residue) in [
        (
            "alter table posts drop column body;",
            "the column `public.posts.body` was made again, without its data",
        ),
        ("drop table posts;", "the table `public.posts` is missing"),
    ] {
        let Some(told) = rollback(sql) else { return };
        assert_eq!((told.code, told.proof.as_str()), (1, "leaves"), "{sql}");
        assert!(told.residue.iter().any(|it| it == residue), "{sql}: {:?}", told.residue);
        assert!(told.not_given_back[0].contains("backup"), "{sql}: {:?}", told.not_given_back);
    }
}

#[test]
fn a_rollback_that_somebody_wrote_is_proven_like_any_other() {
    let sandbox = with("create table notes (id bigint primary key);");
    let beside = "prisma/migrations/20250201000000_next/down.sql";
    sandbox.stage(beside, "drop table notes;");
    let Some(mut all) = rollbacks(&sandbox, &[]) else { return };
    let told = all.pop().unwrap();
    assert_eq!((told.code, told.committed.unwrap().0.as_str()), (0, "proven"));
    for (sql, proof, detail) in [
        ("drop index posts_user;", "leaves", "the index `public.posts_user` is missing"),
        ("drop table note;", "refused", "table \"note\" does not exist"),
    ] {
        sandbox.stage(beside, sql);
        let told = rollbacks(&sandbox, &[]).unwrap().pop().unwrap();
        let (said, why) = told.committed.unwrap();
        assert_eq!((told.code, said.as_str()), (1, proof), "{sql}");
        assert!(why.contains(detail), "{sql}: {why}");
        // That does not hang on what was written by hand.
        assert_eq!(told.proof, "proven", "{sql}");
    }
}

#[test]
fn merged_migrations_are_taken_back_from_the_last_one_on() {
    let sandbox = with("create table notes (id bigint primary key);");
    sandbox.stage(
        "prisma/migrations/20250301000000_more/migration.sql",
        "alter table notes add column body text;",
    );
    sandbox.commit_all("both");
    let first = "prisma/migrations/20250201000000_next/migration.sql";
    let Some(all) = rollbacks(&sandbox, &["--from", first]) else { return };
    let sql: Vec<&str> = all.iter().flat_map(|it| &it.sql).map(String::as_str).collect();
    assert_eq!(
        sql,
        [
            "ALTER TABLE public.notes DROP COLUMN IF EXISTS body",
            "DROP TABLE IF EXISTS public.notes"
        ]
    );
    assert!(all.iter().all(|it| it.proof == "proven" && it.code == 0));
}

#[test]
fn it_is_written_where_there_is_no_server_and_says_that_nobody_tried() {
    let sandbox = with("create table notes (id bigint primary key);");
    let (code, text) = sandbox.sprag(&["rollback", "--no-proof"]);
    assert_eq!(code, 0, "{text}");
    insta::assert_snapshot!(text, @r#"
    # Roll back `20250201000000_next`

    * **Migration**: `prisma/migrations/20250201000000_next/migration.sql`
    * **SHA-256**: `8a55df2d6e85bc0fdb6f14c06f775acacc62aba8528dc315a6f83afb735fa448`
    * **Proof**: not proven: nobody has tried

    ## It was not applied yet

    Do not apply it. Take its files away, and what `schema.prisma` has of it:

    ```sh
    git rm -r prisma/migrations/20250201000000_next
    git commit -m 'Take back 20250201000000_next'
    ```

    ## It was applied

    Agree with who answers for the data before anything is run.

    ### 1. Look at what is there

    ```sql
    SELECT count(*) FROM public.notes; -- rows that go
    ```

    ### 2. The rollback

    ```sql
    BEGIN;
    -- LOSES: every row of `public.notes`
    DROP TABLE IF EXISTS public.notes;
    COMMIT;
    ```

    ### 3. Try it

    On a database that nobody needs, with rows like yours:

    ```sh
    psql "$DEV_DATABASE_URL" -v ON_ERROR_STOP=1 -f 20250201000000_next.rollback.sql
    ```

    ### 4. Apply it

    By hand: the text above in the SQL editor, or the file by `psql` as in step 3, after a backup.

    ### 5. Afterwards

    ```sql
    -- No rows.
    SELECT table_schema, table_name FROM information_schema.tables
    WHERE (table_schema, table_name) IN (('public', 'notes'));
    ```

    Prisma still counts it as applied, and `prisma migrate resolve --rolled-back` takes only what failed. So that it is not counted any more:

    ```sql
    DELETE FROM "_prisma_migrations" WHERE migration_name = '20250201000000_next';
    ```

    Then let `schema.prisma` say what the database is: `npx prisma db pull`, and look at `git diff`.
    "#);
}

#[test]
fn a_migration_that_is_not_there_is_named() {
    let sandbox = with("create table notes (id bigint primary key);");
    let (code, text) = sandbox.sprag(&["rollback", "--no-proof", "--from", "nowhere.sql"]);
    assert_eq!(code, 2);
    insta::assert_snapshot!(text, @r#"
    error: could not judge: `nowhere.sql` is no migration of the policy's paths
     |
     = help: name a file that `[paths] migrations` matches and that is committed
    "#);
}
