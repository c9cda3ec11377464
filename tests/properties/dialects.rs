//! No text breaks the readers of the other databases, and none hides a drop.

use proptest::prelude::*;
use sprag::parse::dialect;
use sprag::parse::sql::Script;
use sprag::schema::{Op, Provider};

use super::soup;
use crate::support::cases;

const PROVIDERS: [Provider; 3] = [Provider::Mysql, Provider::Sqlite, Provider::Sqlserver];

/// Reads a text and checks what holds for every script.
#[track_caller]
fn read(text: &str, provider: Provider) -> Script {
    let script = dialect::read(text, provider);
    for change in &script.changes {
        for range in [&change.span, &change.statement] {
            assert!(text.get(range.clone()).is_some(), "{range:?} is no place in {text:?}");
        }
    }
    assert!(script.opaque <= script.statements.max(1), "{text:?}: {script:?}");
    let gave_up = |it: &Op| matches!(it, Op::Opaque { why, .. } if why.contains("gave up"));
    assert!(!script.changes.iter().any(|it| gave_up(&it.op)), "the reader panicked on {text:?}");
    script
}

/// Pieces of SQL, among them those that only these databases have.
fn mixed() -> impl Strategy<Value = String> {
    let own = prop::sample::select(OWN).prop_map(str::to_owned);
    prop::collection::vec(prop_oneof![own, soup()], 0..12).prop_map(|it| it.join(" "))
}

const OWN: &[&str] = &[
    "`",
    "`User`",
    "[",
    "[dbo].[User]",
    "]",
    "#",
    "# x\n",
    "/*!",
    "/*!50110",
    "*/",
    "--",
    "-- x\n",
    "'a\\'b'",
    "N'x'",
    "GO\n",
    "\nGO\n",
    "BEGIN TRY",
    "END TRY",
    "BEGIN CATCH",
    "END CATCH",
    "BEGIN",
    "END",
    "IF EXISTS(SELECT 1)",
    "ELSE",
    "EXEC(",
    "EXEC sp_rename N'a', N'b'",
    "EXEC sp_executesql N'",
    "DECLARE @x INT = 1",
    "PRAGMA foreign_keys=OFF",
    "DELIMITER $$\n",
    "$$",
    "MODIFY",
    "CHANGE",
    "ENUM('a','b')",
    "AUTO_INCREMENT",
    "CREATE TABLE `a` (",
    "ALTER TABLE [a] ADD",
    "DROP INDEX i ON t",
    "RENAME TABLE a TO",
    "INSERT INTO n (a) SELECT a FROM t",
    "PREPARE s FROM '",
    "CREATE TRIGGER t",
    "FOR EACH ROW",
    "CASE WHEN",
    "\u{e9}",
    "@",
    "@@x",
    "0x1F",
    "DEFAULT (",
    "FOREIGN KEY (",
    "KEY",
];

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn every_text_is_read(text in "\\PC{0,200}") {
        for provider in PROVIDERS {
            read(&text, provider);
        }
    }

    #[test]
    fn every_sequence_of_characters_is_read(text in prop::collection::vec(any::<char>(), 0..80)) {
        for provider in PROVIDERS {
            read(&text.iter().collect::<String>(), provider);
        }
    }

    #[test]
    fn every_heap_of_sql_is_read(text in mixed()) {
        for provider in PROVIDERS {
            let script = read(&text, provider);
            prop_assert_eq!(&script, &read(&text, provider));
        }
    }

    #[test]
    fn nothing_before_it_hides_a_drop(text in mixed()) {
        for provider in PROVIDERS {
            let text = format!("{text}\n;\nDROP TABLE users;");
            let script = read(&text, provider);
            let told = |it: &Op| matches!(it, Op::DropTable { .. } | Op::Opaque { .. });
            prop_assert!(script.changes.iter().any(|it| told(&it.op)), "{provider} {text:?}");
        }
    }
}

#[test]
fn what_no_parser_survives_is_not_given_to_one() {
    let deep = 100_000;
    let nested =
        |open: &str, close: &str| format!("SELECT {}1{};", open.repeat(deep), close.repeat(deep));
    for text in [
        nested("(", ")"),
        nested("f(", ")"),
        nested("CASE WHEN 1 THEN ", " END"),
        nested("NOT ", ""),
        nested("- ", ""),
        format!("SELECT 1{};", " + 1".repeat(deep)),
        format!("SELECT 1{};", " UNION SELECT 1".repeat(deep)),
        format!("CREATE TABLE t (a INT DEFAULT {}1{});", "(".repeat(deep), ")".repeat(deep)),
        "BEGIN ".repeat(deep),
        "IF 1 = 1 ".repeat(deep),
        "EXEC('".repeat(1_000),
    ] {
        for provider in PROVIDERS {
            let text = format!("{text}\n;\nDROP TABLE users;");
            let script = read(&text, provider);
            let told = |it: &Op| matches!(it, Op::DropTable { .. } | Op::Opaque { .. });
            assert!(script.changes.iter().any(|it| told(&it.op)), "{provider}");
        }
    }
}
