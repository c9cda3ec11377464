//! # forked-snapshot
//!
//! Two snapshots of Drizzle that were made from the same one know nothing of each other: `drizzle-kit` generates no
//! further migration until one of them is made anew.
//!
//! This is what two branches leave behind that both generated a migration. The newer one has to be generated again on
//! top of the other.

use super::History;
use crate::rules::{Check, Finding, Rule, declare};
use crate::source::Span;

pub(super) const RULE: Rule =
    declare!("history", "forked_snapshot.rs", "forked-snapshot", Warn, Check::History(check));

fn check(history: &History<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for snapshots in history.beside.iter().map(|it| &it.snapshots) {
        for (at, snapshot) in snapshots.iter().enumerate().filter(|(_, it)| it.new) {
            let twin = snapshots.iter().enumerate().find(|(other, it)| {
                *other != at && it.previous == snapshot.previous && (!it.new || *other < at)
            });
            let Some((_, twin)) = twin else { continue };
            let path = &snapshot.path;
            let message = format!(
                "`{path}` was made from the same snapshot as `{}`: `drizzle-kit` refuses both",
                twin.path
            );
            findings.push(
                Finding::new(path.to_string(), Span::file(path.clone()), message)
                    .evidence(&snapshot.previous)
                    .help("delete the newer migration with its snapshot and its entry in the journal, then run `drizzle-kit generate`"),
            );
        }
    }
    findings
}
