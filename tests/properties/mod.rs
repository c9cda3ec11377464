//! What holds for every input, also for one that somebody made to deceive.

mod catalogs;
mod dialects;
mod guards;
mod orders;
mod reading;
mod refusals;

use proptest::prelude::*;
use sprag::parse::sql::{self, Script};
use sprag::schema::Op;

/// Reads a text with the stack that the program has, and checks what holds for every script.
#[track_caller]
fn read(text: &str) -> Script {
    let script = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(32 << 20);
        thread.spawn_scoped(scope, || sql::read(text)).unwrap().join().unwrap()
    });
    for change in &script.changes {
        for range in [&change.span, &change.statement] {
            assert!(text.get(range.clone()).is_some(), "{range:?} is no place in {text:?}");
        }
    }
    assert!(script.opaque <= script.statements, "{text:?}: {script:?}");
    let gave_up = |it: &Op| matches!(it, Op::Opaque { why, .. } if why.contains("gave up"));
    assert!(!script.changes.iter().any(|it| gave_up(&it.op)), "the reader panicked on {text:?}");
    script
}

/// Pieces of SQL, among them those that change how the rest is read.
fn fragment() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(FRAGMENTS).prop_map(str::to_owned),
        1 => "[a-z_]{1,8}",
        1 => "\\PC{0,6}",
    ]
}

fn soup() -> impl Strategy<Value = String> {
    let glue = prop::sample::select(vec![" ", "", "\n", "\t", "\r\n", "/**/", " -- x\n"]);
    prop::collection::vec((fragment(), glue), 0..40)
        .prop_map(|parts| parts.into_iter().map(|(a, b)| a + b).collect())
}

const FRAGMENTS: &[&str] = &[
    "select",
    "1",
    "from",
    "notes",
    "where",
    "true",
    ";",
    ";",
    ";",
    "(",
    ")",
    ",",
    ".",
    "*",
    "=",
    "::",
    "int",
    "create",
    "table",
    "alter",
    "drop",
    "column",
    "add",
    "type",
    "rename",
    "to",
    "if",
    "exists",
    "not",
    "cascade",
    "enable row level security",
    "disable row level security",
    "create table notes (id bigint)",
    "truncate notes",
    "delete from notes",
    "do $$ begin",
    "end $$",
    "end",
    "$$",
    "$a$",
    "begin",
    "commit",
    "rollback",
    "savepoint a",
    "rollback to a",
    "execute",
    "'",
    "''",
    "E'\\'",
    "U&'\\0061'",
    "U&\"\\0061\"",
    "\"",
    "\"a\"\"b\"",
    "/*",
    "*/",
    "--",
    "\n",
    "\\",
    "\\i x\n",
    "\\.\n",
    "as",
    "returns void language sql",
    "create function f()",
    "language plpgsql",
    "set search_path to a",
    "set standard_conforming_strings = off;",
    "case when",
    "then",
    "else",
    "with x as",
    "insert into notes values",
    "returning",
    "into",
    "strict",
    "union",
    "like",
    "--> statement-breakpoint",
    "partition of",
    "for values",
    "temp",
    "\u{feff}",
    "\u{a0}",
    "é",
    "漢",
    "\u{202e}",
    "\0",
    "$1",
    "1e",
    "0x",
    "b'",
    "x'",
    "begin atomic",
    "raise exception 'x';",
    "return;",
    "loop",
    "exit;",
    "exception when others then",
    "create schema a",
    "comment on table notes is",
    "grant all on notes to public",
    "if true then",
    "end if;",
];
