//! A server that is kept for rehearsals is left as it was found, whatever happens, and its URL is never shown.

use std::process::Stdio;
use std::time::Duration;

use super::{Said, rehearse_now, with};
use crate::postgres::server::{Database, PASSWORD};
use crate::support::Sandbox;

const ADDS: &str = "alter table users add column plan text;";

/// A server on which `test` is a database that somebody needs.
fn server() -> Option<Database> {
    let database = Database::new()?;
    database.reset("create table kept (id int); insert into kept values (7);");
    Some(database)
}

/// What is on it: databases, roles, and the rows that somebody needs.
fn all(database: &Database) -> String {
    let said = database.value(
        "select json_build_object(
           'databases', (select json_agg(datname order by 1) from pg_database),
           'roles', (select json_agg(rolname order by 1) from pg_roles where rolname !~ '^pg_'),
           'settings', (select count(*) from pg_db_role_setting),
           'tables', (select json_agg(relname) from pg_class where relnamespace = 'public'::regnamespace),
           'rows', (select json_agg(id) from kept))",
    );
    said.to_string()
}

/// Rehearses there, and looks whether anything is left.
#[track_caller]
fn rehearse_on(database: &Database, role: &str, sandbox: &Sandbox) -> Said {
    let before = all(database);
    let said = rehearse_now(sandbox, &["--shadow-url", &database.url(role)]).unwrap();
    assert_eq!(all(database), before);
    said
}

/// Why it is not done there.
#[track_caller]
fn refused(sandbox: &Sandbox, arguments: &[&str]) -> String {
    let (code, text) = sandbox.sprag(&[&["rehearse"], arguments].concat());
    assert_eq!(code, 2, "{text}");
    assert!(!text.contains(PASSWORD), "{text}");
    text
}

#[test]
fn a_change_is_rehearsed_there_and_nothing_is_left() {
    let Some(database) = server() else { return };
    let said = rehearse_on(&database, "postgres", &with(ADDS));
    assert_eq!(said.additive(), "proven");
    let named = said.notices.iter().any(|it| it.contains("(shadow server): 1 new on 1"));
    assert!(named, "{:?}", said.notices);
    // Plans are seen there as well.
    let said = rehearse_on(&database, "postgres", &with("select tidy();"));
    assert_eq!(
        said.found,
        ["hidden-loss: rows of `public.posts` go through DELETE, and the text does not show it"]
    );
}

#[test]
fn a_superuser_lends_no_powers_to_a_migration() {
    let Some(database) = server() else { return };
    for (sql, why) in [
        (
            "copy (select 1) to program 'true';",
            "pg_execute_server_program | permission denied to COPY",
        ),
        ("select pg_read_file('/etc/passwd');", "permission denied"),
        ("do $$ begin execute 'create ' || lower('ROLE') || ' r'; end $$;", "permission denied"),
        (
            "do $$ begin execute 'alter ' || lower('ROLE') || ' postgres reset all'; end $$;",
            "must be | permission denied",
        ),
        ("alter database test rename to gone;", "must be owner"),
        ("set session authorization postgres;", "permission denied"),
        ("set role postgres;", "permission denied"),
    ] {
        let said = rehearse_on(&database, "postgres", &with(sql));
        let found = said.found.join("\n");
        assert!(why.split(" | ").any(|it| found.contains(it)), "{sql}: {found}");
    }
}

#[test]
fn a_role_that_makes_databases_is_enough_where_it_owns_none() {
    let Some(database) = server() else { return };
    database.beside("create role maker login createdb");
    let said = rehearse_on(&database, "maker", &with(ADDS));
    assert_eq!(
        said.additive(),
        "unproven: which rows it writes cannot be seen on this server without a superuser"
    );
    database.beside("create role lender login createdb createrole");
    let said = rehearse_on(&database, "lender", &with("select pg_sleep(0);"));
    assert_eq!(said.found, Vec::<String>::new());
    database.beside("create role nobody login");
    let text = refused(&with(ADDS), &["--shadow-url", &database.url("nobody")]);
    assert!(text.contains("alter role \"nobody\" createdb"), "{text}");
    database.beside("create database precious owner maker");
    let text = refused(&with(ADDS), &["--shadow-url", &database.url("maker")]);
    assert!(text.contains("owns the database `precious`"), "{text}");
}

#[test]
fn a_change_of_roles_is_not_rehearsed_there() {
    let Some(database) = server() else { return };
    for sql in [
        "create role r;",
        "alter role postgres nologin;",
        "drop role r;",
        "grant postgres to public;",
    ] {
        let text = refused(&with(sql), &["--shadow-url", &database.url("postgres")]);
        assert!(text.contains("belong to all databases of the shadow server"), "{sql}: {text}");
    }
}

#[test]
fn a_database_that_the_project_names_is_none_for_this() {
    let Some(database) = server() else { return };
    let (sandbox, url) = (with(ADDS), database.url("postgres"));
    sandbox.write("apps/web/.env.local", format!("DATABASE_URL=\"{}\"\n", database.url("other")));
    let text = refused(&sandbox, &["--shadow-url", &url]);
    assert!(text.contains("the database that `apps/web/.env.local` names"), "{text}");
    // What is called a shadow database is one.
    sandbox.write("apps/web/.env.local", format!("SHADOW_DATABASE_URL={url}\n"));
    assert_eq!(rehearse_on(&database, "postgres", &sandbox).additive(), "proven");
    let mut command = sandbox.command_in(sandbox.path(), env!("CARGO_BIN_EXE_sprag"));
    let said = command
        .args(["rehearse", "--shadow-url-env", "SHADOW_URL"])
        .env("SHADOW_URL", &url)
        .env("DATABASE_URL", &url)
        .output()
        .unwrap();
    let text = crate::support::both(&said);
    assert!(text.contains("the database that `DATABASE_URL` names"), "{text}");
}

#[test]
fn a_hosted_server_is_refused_and_no_password_is_shown() {
    let sandbox = with(ADDS);
    for host in [
        "db.abcdefghijkl.supabase.co",
        "ep-cool-sun-1234.eu-central-1.aws.neon.tech",
        "x.rds.amazonaws.com",
        "x.oregon-postgres.render.com",
        "x.fly.dev",
        "x.railway.app",
        "x.aivencloud.com",
    ] {
        let url = format!("postgres://postgres:{PASSWORD}@{host}:5432/postgres");
        let text = refused(&sandbox, &["--shadow-url", &url]);
        assert!(text.contains(&format!("`{host}` is a hosted database")), "{text}");
    }
    for (url, why) in [
        (format!("postgres://a:{PASSWORD}@127.0.0.1:1/b"), "lets nobody in"),
        (format!("postgres://a:{PASSWORD}@127.0.0.1:1/b?sslmode=require"), "wants TLS"),
        (format!("postgres://a:{PASSWORD}@[/b?port=x"), "cannot be read"),
        (format!("password={PASSWORD}' host"), "cannot be read"),
    ] {
        let text = refused(&sandbox, &["--shadow-url", &url]);
        assert!(text.contains(why), "{text}");
    }
}

#[test]
fn what_a_killed_rehearsal_left_is_dropped_by_the_next_one_and_nothing_else() {
    let Some(database) = server() else { return };
    // Has the name and not the mark.
    database.beside("create database sprag_rehearsal_0000000a_base");
    let before = all(&database);
    let sandbox = with("select pg_sleep(60);");
    let mut command = sandbox.command_in(sandbox.path(), env!("CARGO_BIN_EXE_sprag"));
    command.args(["rehearse", "--shadow-url", &database.url("postgres")]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    for _ in 0..400 {
        std::thread::sleep(Duration::from_millis(50));
        let sleeping = "select count(*) from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid()";
        if database.value(sleeping) != 0 || child.try_wait().unwrap().is_some() {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(all(&database).len() > before.len(), "it was killed too late");
    assert_eq!(
        rehearse_now(&with(ADDS), &["--shadow-url", &database.url("postgres")]).unwrap().additive(),
        "proven"
    );
    assert_eq!(all(&database), before);
}

#[test]
fn what_never_ends_is_stopped_there() {
    let Some(database) = server() else { return };
    let before = all(&database);
    let sandbox = with("do $$ begin set statement_timeout = 0; loop perform 1; end loop; end $$;");
    let said =
        rehearse_now(&sandbox, &["--deadline", "3", "--shadow-url", &database.url("postgres")]);
    assert_eq!(
        said.unwrap().found,
        ["unfinished-rehearsal: this took longer than a rehearsal may, and was stopped"]
    );
    assert_eq!(all(&database), before);
}
