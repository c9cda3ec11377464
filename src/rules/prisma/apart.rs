//! Where a change takes the schema and the migrations apart.

use std::collections::BTreeSet;

use super::drift::{differences, is_ahead_of_schema};
use super::{SchemaChange, migration_without_schema, schema_without_migration};
use crate::rules::{Finding, Found};

/// The differences that are new, by which of the two has gone ahead. What is `found` already is not said again.
pub(in crate::rules) fn apart(change: &SchemaChange<'_>, found: &[Found]) -> Vec<Found> {
    let (Some(was), Some(is)) = (change.past, change.catalog) else { return Vec::new() };
    // What is broken would differ in all that was not read; another database's types are not known here.
    let read = [change.before, change.after].iter().all(|it| it.broken.is_empty());
    if !read || !change.after.is_for_postgres() || !change.is_migrated() {
        return Vec::new();
    }
    let mut now = differences(change.after, is);
    if now.is_empty() {
        return Vec::new();
    }
    let known = keys(&differences(change.before, was));
    let by_migration = keys(&differences(change.before, is));
    let by_schema = keys(&differences(change.after, was));
    let told: BTreeSet<&str> = found.iter().map(|it| it.finding.subject.0.as_str()).collect();
    now.retain(|it| !known.contains(&key(it)) && !told.contains(it.subject.0.as_str()));
    let rule = |it: &Finding| {
        let key = key(it);
        // In a table that is new in both, neither of them tells it alone.
        let ahead = if by_migration.contains(&key) || by_schema.contains(&key) {
            by_migration.contains(&key)
        } else {
            is_ahead_of_schema(it)
        };
        if ahead { &migration_without_schema::RULE } else { &schema_without_migration::RULE }
    };
    now.into_iter().map(|finding| Found { rule: rule(&finding), finding }).collect()
}

type Key = (String, String);

fn key(it: &Finding) -> Key {
    (it.subject.0.clone(), it.message.clone())
}

fn keys(all: &[Finding]) -> BTreeSet<Key> {
    all.iter().map(key).collect()
}
