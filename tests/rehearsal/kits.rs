//! What `sprag kit` writes is run as it is written, and answers as it says.

use std::fs;
use std::path::PathBuf;

use super::{HISTORY, one, with};
use crate::postgres::server::{Database, Sent};

const CHANGE: &str = r"create table notes (id bigint primary key, user_id bigint references users (id));
alter table notes enable row level security;
create policy own on notes using (user_id = 1);
create index notes_user on notes (user_id);
alter table users add constraint users_email_key unique (email);
alter table posts alter column user_id set not null;
alter table posts add constraint long_enough check (length(body) > 3)";

/// The folder of the one migration.
fn kit() -> (tempfile::TempDir, PathBuf) {
    let _one = one();
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("kit");
    let (code, text) = with(CHANGE).sprag(&["kit", "--no-proof", "--out", out.to_str().unwrap()]);
    assert_eq!(code, 0, "{text}");
    (place, out.join("20250201000000_next"))
}

/// The questions of a file, each with the answer that it expects: rows, or nothing where any will do.
fn questions(text: &str) -> Vec<(Option<Vec<String>>, String)> {
    let mut all = Vec::new();
    for part in text.split("\n\n").skip(1) {
        let (mut expected, mut listed) = (None, false);
        for line in part.lines() {
            match line.strip_prefix("--") {
                Some(" Expect: no rows.") => expected = Some(Vec::new()),
                Some(" Expect:") => (expected, listed) = (Some(Vec::new()), true),
                Some(row) if listed => expected.as_mut().unwrap().push(row.trim().to_owned()),
                _ => listed = false,
            }
        }
        let sql: Vec<&str> = part.lines().filter(|it| !it.starts_with("--")).collect();
        all.push((expected, sql.join("\n")));
    }
    all
}

#[test]
fn both_scripts_apply_and_what_is_asked_after_answers_as_it_says() {
    let (_place, kit) = kit();
    let Some(database) = Database::new() else { return };
    let read = |name: &str| fs::read_to_string(kit.join(name)).unwrap();
    for (script, sent) in [("2-apply-editor.sql", Sent::Whole), ("2-apply-psql.sql", Sent::Each)] {
        database.reset(HISTORY);
        let (went, said) = database.send(&read(script), sent);
        assert!(went, "{script}: {said}");
        let asked = questions(&read("3-after.sql"));
        assert_eq!(asked.len(), 5, "{asked:?}");
        for (expected, sql) in asked {
            let rows = database.rows(&sql);
            let expected = expected.unwrap();
            assert_eq!(rows.len(), expected.len(), "{sql}\n{rows:?}");
            for (row, expected) in rows.iter().zip(&expected) {
                assert!(row.starts_with(expected), "{sql}\n{row}\n{expected}");
            }
        }
        let (went, said) = database.send(&read("20250201000000_next.rollback.sql"), sent);
        assert!(went, "{said}");
        let tables = database.rows("select tablename from pg_tables where tablename = 'notes'");
        assert!(tables.is_empty());
    }
}

#[test]
fn what_is_asked_before_finds_the_rows_that_would_make_it_fail() {
    let (_place, kit) = kit();
    let Some(database) = Database::new() else { return };
    let text = fs::read_to_string(kit.join("1-before.sql")).unwrap();
    let asked = questions(&text);
    let surprising = || {
        let wrong = |it: &&(Option<Vec<String>>, String)| {
            let rows = database.rows(&it.1);
            it.0.as_ref().is_some_and(|expected| *expected != rows)
        };
        asked.iter().filter(wrong).count()
    };
    database.reset(HISTORY);
    assert_eq!(surprising(), 0);
    let rows =
        "insert into users values (1, 'a'), (2, 'a'); insert into posts values (1, null, 'x');";
    assert!(database.send(rows, Sent::Whole).0);
    // A twin, a NULL, and a text that is too short.
    assert_eq!(surprising(), 3, "{text}");
}

#[test]
fn the_script_for_psql_stops_at_the_first_error_and_leaves_nothing() {
    let (_place, kit) = kit();
    let Some(database) = Database::new() else { return };
    database.reset(HISTORY);
    assert!(database.send("insert into posts values (1, null, 'x');", Sent::Whole).0);
    let script = fs::read_to_string(kit.join("2-apply-psql.sql")).unwrap();
    assert!(!database.send(&script, Sent::Each).0);
    assert!(database.rows("select 1 from pg_tables where tablename = 'notes'").is_empty());
}
