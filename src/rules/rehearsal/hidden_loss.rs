//! # hidden-loss
//!
//! Something that was there is gone, changed or emptied after the migration, and its text does not show it.
//!
//! `sprag rehearse` compares the catalogs of a throw-away server before and after, down to which table and which column
//! it is, and looks into the plans of statements for rows that they would delete or update. What the text does show is
//! judged by the rules for it.

use super::Rehearsal;
use super::loss::Loss;
use crate::rules::{Check, Finding, Found, Rule, declare};
use crate::source::Span;

pub(super) const RULE: Rule =
    declare!("rehearsal", "hidden_loss.rs", "hidden-loss", Deny, Check::Elsewhere);

pub(super) fn found(rehearsal: &Rehearsal<'_>, losses: &[Loss]) -> Vec<Found> {
    let Some(last) = rehearsal.migrations.last() else { return Vec::new() };
    let finding = |loss: &Loss| {
        // Where it happens nobody knows: the text does not say it.
        let opaque = rehearsal.migrations.iter().find_map(|it| {
            let mut changes = it.script.changes.iter();
            let unread = changes.find(|it| matches!(it.op, crate::schema::Op::Opaque { .. }))?;
            Some(Span::new(it.path.clone(), unread.span.clone()))
        });
        let at = opaque.unwrap_or_else(|| Span::file(last.path.clone()));
        let message = format!("{}, and the text does not show it", loss.message());
        let finding = Finding::new(loss.name.clone(), at, message).evidence(&loss.message());
        let finding = finding.help("write it out as a statement of its own, or leave it away");
        Found { rule: &RULE, finding }
    };
    losses.iter().filter(|it| !it.shown).map(finding).collect()
}
