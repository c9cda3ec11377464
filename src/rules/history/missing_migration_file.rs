//! # missing-migration-file
//!
//! A tool that knows of a migration and finds no file for it stops, with everything that comes after.
//!
//! Prisma takes each folder among its migrations for one, whatever is in it, and stops where it has no `migration.sql`
//! (P3015). Drizzle reads the file of each entry of its journal before it applies any.

use super::History;
use crate::rules::{Check, Finding, Rule, declare};
use crate::source::Span;

pub(super) const RULE: Rule = declare!(
    "history",
    "missing_migration_file.rs",
    "missing-migration-file",
    Deny,
    Check::History(check)
);

fn check(history: &History<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in history.beside.iter().flat_map(|it| &it.hollow) {
        let Some(folder) = file.parent() else { continue };
        let message = format!(
            "`{folder}` has no `migration.sql`, and Prisma stops at a folder without one (P3015)"
        );
        findings.push(
            Finding::new(folder.to_string(), Span::file(file.clone()), message)
                .evidence("hollow")
                .help(format!("write `{folder}/migration.sql`, or put what is in `{folder}` outside of the migrations")),
        );
    }
    let changes = history.by_path();
    for journaled in history.journaled() {
        for entry in &journaled.after.entries {
            let file = journaled.file_of(&entry.tag);
            let change = changes.get(&file);
            // What was merged and is deleted has been told, and what was missing before is no news.
            let old = journaled.before.entry(&entry.tag).is_some();
            let there = match change {
                Some(change) => change.after.is_some(),
                None => history.target.contains(file.as_bytes()),
            };
            if there || (old && change.is_none_or(|it| it.before.is_some())) {
                continue;
            }
            let path = &journaled.file.path;
            let message = format!(
                "`{}` is in the journal, and there is no `{file}`: Drizzle applies nothing",
                entry.tag
            );
            let span = Span::new(path.clone(), entry.range.clone());
            findings.push(
                Finding::new(file.to_string(), span, message)
                    .evidence(&entry.tag)
                    .help(format!("add `{file}`, or take its entry out of `{path}`")),
            );
        }
    }
    findings
}
