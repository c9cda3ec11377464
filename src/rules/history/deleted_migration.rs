//! # deleted-migration
//!
//! A migration that was merged may have been applied: without its file, no database can be built again as it is.
//!
//! Renaming it, or moving it out of the migrations, is the same: the tool sees one migration missing and another that
//! it has not applied yet. A migration of the change at hand, which nobody else has, may go freely.
//!
//! Where the policy says `[history] ledger = true`, a merged migration behind the last one that `.sprag/applied.toml` of
//! the main branch lists is known not to be applied, and may go; that is told.

use super::History;
use crate::rules::{Check, Finding, Rule, declare};
use crate::source::Span;

pub(super) const RULE: Rule =
    declare!("history", "deleted_migration.rs", "deleted-migration", Deny, Check::History(check));

fn check(history: &History<'_>) -> Vec<Finding> {
    let deleted =
        history.changes.iter().filter(|it| it.after.is_none() && !history.is_unapplied(&it.path));
    deleted
        .filter_map(|change| {
            let path = &change.path;
            let before = change.before.as_ref()?;
            let renamed = history.added().find(|it| it.after.as_ref().is_some_and(|it| it.id == before.id));
            let message = match renamed {
                _ if let Some(it) = history.application(path) => format!("`{path}` {}, and cannot be applied to another database without its file", it.words()),
                Some(to) => format!("`{path}` was merged before, and under its new name `{}` it would be applied again", to.path),
                None => format!("`{path}` was merged before, and databases that have applied it cannot be built again without it"),
            };
            let finding = Finding::new(path.to_string(), Span::file(path.clone()), message);
            let help = format!("take the file back (`git checkout HEAD -- '{path}'` before committing), and undo what it did in a new migration if it must be undone");
            Some(finding.evidence(&before.id.0).help(help))
        })
        .collect()
}
