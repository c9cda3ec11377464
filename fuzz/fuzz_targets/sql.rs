//! No text breaks the reader of SQL, and every place it names lies in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let script = sprag::parse::sql::read(text);
    assert!(script.opaque <= script.statements);
    for change in &script.changes {
        assert!(text.get(change.span.clone()).is_some());
        assert!(text.get(change.statement.clone()).is_some());
    }
});
