//! Which migrations a database has, by the records that tools keep.

use sprag::parse::prisma::checksum;

use super::{INIT, InUse, NEXT, POSTS, USERS, repository, run};

/// The state of each migration, by its path or name.
fn states(said: &super::Said) -> Vec<String> {
    let json = said.json();
    let all = json["migrations"].as_array().unwrap().iter();
    let name =
        |it: &serde_json::Value| it["path"].as_str().or(it["name"].as_str()).unwrap().to_owned();
    all.map(|it| format!("{} {}", it["state"].as_str().unwrap(), name(it))).collect()
}

const STATUS: &[&str] = &["status", "--format", "json"];

/// As Prisma makes it (`schema-engine`, its flavour for Postgres).
const PRISMA: &str = "create table _prisma_migrations (id varchar(36) primary key, checksum varchar(64) not null,
  finished_at timestamptz, migration_name varchar(255) not null, logs text, rolled_back_at timestamptz,
  started_at timestamptz not null default now(), applied_steps_count integer not null default 0);";

#[test]
fn the_record_of_prisma_tells_what_is_applied_failed_and_edited() {
    let Some(shop) = InUse::new() else { return };
    let repo = repository();
    let failed = "prisma/migrations/20260301000000_failed/migration.sql";
    let again = "prisma/migrations/20260401000000_again/migration.sql";
    repo.write(failed, "select 1;\n").write(again, "select 2;\n").commit_all("More");
    let row = |id: u8, name: &str, sum: &str, finished: &str, rolled: &str| {
        format!(
            "insert into _prisma_migrations values ('{id}', '{sum}', {finished}, '{name}', null, {rolled}, now() + interval '{id} s');"
        )
    };
    // Its checksum is the same with either end of line.
    let windows = checksum(&USERS.replace('\n', "\r\n"));
    shop.apply(PRISMA)
        .apply(&row(1, "20260101000000_init", &windows, "now()", "null"))
        .apply(&row(2, "20260201000000_posts", &checksum("another text"), "now()", "null"))
        .apply(&row(3, "20260301000000_failed", &checksum("select 1;\n"), "null", "null"))
        .apply(&row(4, "20260401000000_again", &checksum("select 2;\n"), "null", "now()"))
        .apply(&row(5, "20260401000000_again", &checksum("select 2;\n"), "now()", "null"))
        .apply(&row(6, "20260501000000_gone", "x", "now()", "null"));
    let said = run(&repo, &shop.url(), STATUS);
    assert_eq!(said.code, 1);
    let expected = [
        format!("applied {INIT}"),
        format!("edited {NEXT}"),
        format!("failed {failed}"),
        format!("applied {again}"),
        "missing 20260501000000_gone".to_owned(),
    ];
    assert_eq!(states(&said), expected);
    let said = run(&repo, &shop.url(), &["status"]);
    assert!(said.text.ends_with(": 2 applied, 1 failed, 1 edited, 1 missing\n"), "{}", said.text);
}

#[test]
fn the_record_of_supabase_goes_by_versions() {
    let Some(shop) = InUse::new() else { return };
    let repo = crate::support::Sandbox::new();
    let (first, second) = (
        "supabase/migrations/20260101000000_init.sql",
        "supabase/migrations/20260201000000_more.sql",
    );
    repo.write(first, USERS).write(second, POSTS).commit_all("Begin");
    shop.apply("create schema supabase_migrations;
      create table supabase_migrations.schema_migrations (version text primary key, statements text[], name text);
      insert into supabase_migrations.schema_migrations values ('20260101000000', null, 'init'), ('20251231000000', null, 'elsewhere');");
    let said = run(&repo, &shop.url(), STATUS);
    let expected = [
        format!("applied {first}"),
        format!("pending {second}"),
        "missing 20251231000000 elsewhere".to_owned(),
    ];
    assert_eq!((said.code, states(&said)), (1, expected.into()));
}

#[test]
fn the_record_of_drizzle_goes_by_the_journal_and_the_hash() {
    let Some(shop) = InUse::new() else { return };
    let repo = crate::support::Sandbox::new();
    let names = ["drizzle/0000_a.sql", "drizzle/0001_b.sql", "drizzle/0002_c.sql"];
    repo.write(names[0], "select 1;").write(names[1], "select 2;").write(names[2], "select 3;");
    let entry = |at: u8, tag: &str| {
        format!("{{\"idx\":{at},\"when\":{},\"tag\":\"{tag}\"}}", 1_000 + u32::from(at))
    };
    let entries = [entry(0, "0000_a"), entry(1, "0001_b"), entry(2, "0002_c")].join(",");
    repo.write(
        "drizzle/meta/_journal.json",
        format!("{{\"dialect\":\"postgresql\",\"entries\":[{entries}]}}"),
    );
    repo.commit_all("Begin");
    shop.apply("create schema drizzle;
      create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint);")
        .apply(&format!("insert into drizzle.__drizzle_migrations (hash, created_at) values ('{}', 1000), ('{}', 1001)", checksum("select 1;"), checksum("other")));
    let said = run(&repo, &shop.url(), STATUS);
    let expected = [
        format!("applied {}", names[0]),
        format!("edited {}", names[1]),
        format!("pending {}", names[2]),
    ];
    assert_eq!((said.code, states(&said)), (1, expected.into()));
}
