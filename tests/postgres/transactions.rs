//! What is said of a file as one transaction, and of one that is never committed, is what happens.

use super::pages::WORLD;
use super::server::{Database, Sent};
use super::snapshot::snapshot;
use crate::rules::{Example, examples};

fn failing(rule: &str) -> Vec<Example> {
    examples().into_iter().filter(|it| it.fails && it.rule.name == rule).collect()
}

fn past(example: &Example) -> String {
    if example.before.is_empty() { WORLD.to_owned() } else { example.before.concat() }
}

#[test]
fn what_cannot_stand_in_a_transaction_fails_as_one_text() {
    let Some(database) = Database::new() else { return };
    for rule in ["concurrently-in-transaction", "enum-value-used-at-once"] {
        for it in failing(rule) {
            database.reset(&past(&it));
            let (ok, said) = database.send(&it.text, Sent::Whole);
            assert!(!ok, "{} goes through", it.name());
            let known = ["transaction block", "from a function", "unsafe use of new value"];
            assert!(known.iter().any(|it| said.contains(it)), "{}: {said}", it.name());
        }
    }
}

#[test]
fn what_is_never_committed_is_not_there() {
    let Some(database) = Database::new() else { return };
    for it in failing("begin-without-commit") {
        for sent in [Sent::Each, Sent::Whole] {
            database.reset(&past(&it));
            let (ok, said) = database.send(&it.text, sent);
            assert!(ok, "{}: {said}", it.name());
            // The last of its columns is added behind the last BEGIN.
            let column = it.text.rsplit("add column ").next().unwrap();
            let column = column.split_whitespace().next().unwrap();
            let there = snapshot(&database)
                .values()
                .any(|it| it.columns.values().any(|(name, _)| name == column));
            assert!(!there, "{}: {column} is there", it.name());
        }
    }
}

#[test]
fn a_local_setting_is_over_with_its_statement_unless_a_transaction_is_open() {
    let Some(database) = Database::new() else { return };
    let script = "set local lock_timeout = '5s'; create table kept as select current_setting('lock_timeout') as it;";
    for (sent, kept) in [(Sent::Each, "\"0\""), (Sent::Whole, "\"5s\"")] {
        database.reset("");
        assert!(database.send(script, sent).0);
        let value = database.value("select to_json(it) from kept");
        assert_eq!(value.to_string(), kept, "{sent:?}");
    }
}
