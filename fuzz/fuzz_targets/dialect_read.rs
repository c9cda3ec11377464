//! No text makes the reader of MySQL, SQLite and SQL Server panic, and every place that it names lies in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sprag::schema::{Op, Provider};

fuzz_target!(|text: &str| {
    for provider in [Provider::Mysql, Provider::Sqlite, Provider::Sqlserver] {
        let script = sprag::parse::dialect::read(text, provider);
        for change in &script.changes {
            assert!(text.get(change.span.clone()).is_some());
            assert!(text.get(change.statement.clone()).is_some());
            // The reader catches a panic and says so.
            assert!(!matches!(&change.op, Op::Opaque { why, .. } if why.contains("gave up")));
        }
    }
});
