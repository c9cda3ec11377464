//! No text makes the SQL reader panic, and every place that it names lies in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sprag::schema::Op;

fuzz_target!(|text: &str| {
    let script = sprag::parse::sql::read(text);
    assert!(script.opaque <= script.statements);
    for change in &script.changes {
        assert!(text.get(change.span.clone()).is_some());
        assert!(text.get(change.statement.clone()).is_some());
        // The reader catches a panic of the parser and says so.
        assert!(!matches!(&change.op, Op::Opaque { why, .. } if why.contains("gave up")));
    }
});
