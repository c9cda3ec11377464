//! What an edit brought to a migration.

use std::collections::BTreeMap;

use crate::parse::Migration;
use crate::source::File;

/// Of an edited migration, only what the edit brought: the rest is in the past already.
pub(super) fn added_statements(mut migration: Migration, before: &File) -> Migration {
    let Some(text) = before.content.text() else { return migration };
    let old = Migration::read(before.path.clone(), text.clone(), migration.provider);
    let statements = |it: &Migration| -> Vec<String> {
        let mut texts: Vec<(usize, String)> = it
            .script
            .changes
            .iter()
            .map(|change| {
                let text = it.text.get(change.statement.clone()).unwrap_or_default();
                (change.statement.start, text.split_whitespace().collect::<Vec<_>>().join(" "))
            })
            .collect();
        texts.dedup();
        texts.into_iter().map(|it| it.1).collect()
    };
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for statement in statements(&old) {
        *known.entry(statement).or_default() += 1;
    }
    let mut kept: BTreeMap<usize, bool> = BTreeMap::new();
    let text = migration.text.clone();
    migration.script.changes.retain(|change| {
        *kept.entry(change.statement.start).or_insert_with(|| {
            let statement = text.get(change.statement.clone()).unwrap_or_default();
            let folded = statement.split_whitespace().collect::<Vec<_>>().join(" ");
            match known.get_mut(&folded).filter(|it| **it > 0) {
                Some(left) => {
                    *left -= 1;
                    false
                }
                None => true,
            }
        })
    });
    let changes = &migration.script.changes;
    migration.script.allows.retain(|allow| {
        let statement = allow.statement.as_ref().map(|it| it.start);
        changes.iter().any(|it| Some(it.statement.start) == statement)
    });
    migration
}
