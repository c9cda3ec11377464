//! # rewritten-journal
//!
//! What the journal of Drizzle said of a merged migration may have been acted on: what it says now holds for new
//! databases only.
//!
//! An entry that is taken out is not applied to them. With a later `when` it is applied a second time to those that
//! have it, since Drizzle compares nothing but that number. Another place in the list is another order.

use super::History;
use super::beside::Journaled;
use crate::parse::drizzle::Entry;
use crate::rules::{Check, Finding, Rule, declare};
use crate::source::Span;

pub(super) const RULE: Rule =
    declare!("history", "rewritten_journal.rs", "rewritten-journal", Deny, Check::History(check));

fn check(history: &History<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for journaled in history.journaled() {
        let mut last = None;
        for old in &journaled.before.entries {
            let place = journaled.after.entries.iter().rposition(|it| it.tag == old.tag);
            let now = place.and_then(|it| journaled.after.entries.get(it));
            let moved = place.is_some() && place < last;
            last = last.max(place);
            let Some(what) = rewritten(history, journaled, old, now, moved) else { continue };
            let path = &journaled.file.path;
            let span = match now {
                Some(now) => Span::new(path.clone(), now.range.clone()),
                None => Span::file(path.clone()),
            };
            let message = format!("`{}` was merged before, and {what}", old.tag);
            findings.push(
                Finding::new(format!("{path} {}", old.tag), span, message)
                    .evidence(&what)
                    .help(format!("leave its entry in `{path}` as it was; new entries come last")),
            );
        }
    }
    findings
}

fn rewritten(
    history: &History<'_>,
    journaled: &Journaled<'_>,
    old: &Entry,
    now: Option<&Entry>,
    moved: bool,
) -> Option<String> {
    let Some(now) = now else {
        // Where the file went too, that has been told.
        let left = history.has(&journaled.file_of(&old.tag));
        return left.then(|| {
            "its entry is gone from the journal: new databases are built without it".to_owned()
        });
    };
    // The main branch may have done it.
    let merged = journaled.merged.iter().any(|it| it.tag == old.tag && it.when == now.when);
    if now.when > old.when && !merged {
        let what = "its `when` is later now: databases that have it apply it again";
        return Some(what.to_owned());
    }
    if now.when < old.when && !merged {
        let what = "its `when` is earlier now: databases that are behind may pass over it";
        return Some(what.to_owned());
    }
    let what = "its entry stands elsewhere: new databases apply it in another order";
    moved.then(|| what.to_owned())
}
