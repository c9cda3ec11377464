//! # failing-migration
//!
//! The migration does not apply to the database that the earlier ones leave behind.
//!
//! `sprag rehearse` applies it to copies on a throw-away server: in one text, as editors, Prisma and Supabase send it,
//! and statement by statement, as psql and its `\i` do. What fails in one of them only is said so.

use super::{Failure, Rehearsal, Trial};
use crate::rules::{Check, Finding, Found, Rule, declare};
use crate::source::Span;

pub(super) const RULE: Rule =
    declare!("rehearsal", "failing_migration.rs", "failing-migration", Deny, Check::Elsewhere);

pub(super) fn found(rehearsal: &Rehearsal<'_>) -> Vec<Found> {
    // On a part of the history it may fail for what is missing.
    if rehearsal.partial.is_some() {
        return Vec::new();
    }
    let failed: Vec<&Trial> = rehearsal.trials.iter().filter(|it| it.failed.is_some()).collect();
    let failures: Vec<&Failure> = failed.iter().filter_map(|it| it.failed.as_ref()).collect();
    let everywhere = failed.len() == rehearsal.trials.len();
    let mut findings: Vec<Finding> = Vec::new();
    for trial in failed {
        let Some(failure) = trial.failed.as_ref().filter(|it| !it.stopped) else { continue };
        // Of a text that is sent whole the server tells the place of some errors only.
        let same =
            |it: &&Failure| it.migration == failure.migration && it.message == failure.message;
        let last = failures.iter().rev().copied().find(same).unwrap_or(failure);
        let Some(migration) = rehearsal.migrations.get(failure.migration) else { continue };
        let how =
            if everywhere { String::new() } else { format!(" when it is sent {}", trial.how) };
        let message = format!("Postgres refuses this{how}: {}", failure.message);
        let path = migration.path.clone();
        if findings.iter().any(|it| it.span.path == path) {
            continue;
        }
        let finding = Finding::new(path.to_string(), Span::new(path, last.at.clone()), message);
        findings.push(finding.evidence(&failure.message).help(
            "mend the migration; nothing of it was applied anywhere but to a server that is gone",
        ));
    }
    findings.into_iter().map(|finding| Found { rule: &RULE, finding }).collect()
}
