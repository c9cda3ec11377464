//! # unfinished-rehearsal
//!
//! The migration ran longer or wrote more than a rehearsal may, and was stopped, so nobody knows what it does.
//!
//! An empty database gives a migration nothing to work on: one that takes its time there never ends, or fills rows
//! without bounds. `sprag rehearse --deadline <SECONDS>` gives it more.

use super::Rehearsal;
use crate::rules::{Check, Finding, Found, Rule, declare};
use crate::source::Span;

pub(super) const RULE: Rule = declare!(
    "rehearsal",
    "unfinished_rehearsal.rs",
    "unfinished-rehearsal",
    Deny,
    Check::Elsewhere
);

pub(super) fn found(rehearsal: &Rehearsal<'_>) -> Option<Found> {
    let mut failures = rehearsal.trials.iter().filter_map(|it| it.failed.as_ref());
    let failure = failures.find(|it| it.stopped)?;
    let path = rehearsal.migrations.get(failure.migration)?.path.clone();
    let finding = Finding::new(path.to_string(), Span::file(path), failure.message.clone());
    let finding = finding
        .evidence(&failure.message)
        .help("bound the loop, or give it more with `--deadline <SECONDS>` if it needs that");
    Some(Found { rule: &RULE, finding })
}
