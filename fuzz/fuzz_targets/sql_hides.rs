//! Whatever comes before it, a `DROP TABLE` of an old table is refused, or what comes before it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sprag::parse::Migration;
use sprag::rules::{self, Scope, Target};
use sprag::schema::Catalog;

fuzz_target!(|text: &str| {
    // Rows of a COPY are no SQL, and what makes a table of that name may drop it.
    let lower = text.to_lowercase();
    if lower.contains("stdin") || lower.contains("users") || lower.contains("u&") {
        return;
    }
    let text = format!("{text}\n;\nDROP TABLE users;");
    let migration = Migration::read("prisma/migrations/1_x/migration.sql".into(), text.as_str().into(), sprag::schema::Provider::Postgresql);
    let mut catalog = Catalog::default();
    let found = rules::run(&mut catalog, &[migration], &Target::default(), Scope::Change);
    let refused = |it: &rules::Found| matches!(it.rule.name, "drop-table" | "opaque-statement");
    assert!(found.iter().any(refused));
});
