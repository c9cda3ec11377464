//! A change is applied to a server that is thrown away, and what it does is compared with what it says.
//!
//! Where no Postgres is installed these tests say so, and pass.

mod bounds;
mod effects;
mod kits;
mod rollbacks;
mod shadow;

use serde_json::Value;

use crate::support::Sandbox;

const HISTORY: &str = r#"create table users (id bigint primary key, email text not null);
alter table users enable row level security;
create table posts (id bigint primary key, user_id bigint references users (id), body text);
create index posts_user on posts (user_id);
alter table posts enable row level security;
create policy own on posts using (user_id = 1);
create table "user" (id bigint primary key);
alter table "user" enable row level security;
create function forget() returns void language plpgsql as $$ begin delete from "user"; end $$;
create type mood as enum ('sad', 'glad');
create function tidy() returns void language plpgsql as $$ begin delete from posts; end $$;
create function empty() returns void language plpgsql as $$ begin truncate posts; end $$;
"#;

/// A repository with a published history, and a migration that is staged on top of it.
fn with(sql: &str) -> Sandbox {
    let sandbox = Sandbox::init(&[]);
    sandbox.write("prisma/migrations/20250101000000_init/migration.sql", HISTORY);
    sandbox.commit_all("seed");
    let sandbox = sandbox.with_origin();
    sandbox.stage("prisma/migrations/20250201000000_next/migration.sql", sql);
    sandbox
}

/// What a rehearsal said.
struct Said {
    code: i32,
    /// `rule: message` of what only a rehearsal finds.
    found: Vec<String>,
    notices: Vec<String>,
}

impl Said {
    fn additive(&self) -> &str {
        let said = self.notices.iter().find_map(|it| it.strip_prefix("additive: "));
        said.unwrap_or_else(|| panic!("{:?}", self.notices))
    }
}

/// Which engine the tests run on: `SPRAG_TEST_ENGINE=embedded cargo test --features embedded-postgres rehearsal`.
fn engine() -> &'static [&'static str] {
    let wanted = std::env::var("SPRAG_TEST_ENGINE").unwrap_or_default();
    if wanted == "embedded" { &["--engine", "embedded"] } else { &[] }
}

/// Nothing where there is no server to rehearse on. One at a time: each brings up a server of its own.
fn rehearse(sandbox: &Sandbox, arguments: &[&str]) -> Option<Said> {
    let _one = one();
    rehearse_now(sandbox, arguments)
}

/// Held by who brings up a server.
fn one() -> std::sync::MutexGuard<'static, ()> {
    static ONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    ONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The same, whatever else is rehearsed.
fn rehearse_now(sandbox: &Sandbox, arguments: &[&str]) -> Option<Said> {
    let own: &[&str] = if arguments.contains(&"--shadow-url") { &[] } else { engine() };
    let arguments = [&["rehearse", "--format", "json"], own, arguments].concat();
    let (code, text) = sandbox.sprag(&arguments);
    if is_without_engine(code, &text) {
        return None;
    }
    assert_ne!(code, 2, "{text}");
    let json: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"));
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    let mine = ["hidden-loss", "failing-migration", "unfinished-rehearsal"];
    let found = json["findings"].as_array().unwrap().iter();
    let found = found.filter(|it| mine.contains(&it["rule"].as_str().unwrap()));
    let found =
        found.map(|it| format!("{}: {}", text(&it["rule"]), text(&it["message"]))).collect();
    let notices = json["notices"].as_array().unwrap().iter().map(text).collect();
    Some(Said { code, found, notices })
}

#[allow(clippy::print_stderr, reason = "who runs the tests has to know what was not run")]
fn is_without_engine(code: i32, text: &str) -> bool {
    let is = code == 2 && text.contains("there is no Postgres server");
    if is {
        eprintln!("no Postgres is installed: nothing is rehearsed");
    }
    is
}
