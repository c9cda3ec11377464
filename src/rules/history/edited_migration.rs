//! # edited-migration
//!
//! A migration that was merged may have been applied: what it says now is not what some databases have.
//!
//! Prisma compares checksums and refuses to go on; others apply the new text to fresh databases only. A comment or a
//! line ending is enough. A migration of the change at hand, which nobody else has, may be edited freely.

use super::History;
use crate::rules::{Check, Finding, Rule, declare};
use crate::source::{Mode, Span};

pub(super) const RULE: Rule =
    declare!("history", "edited_migration.rs", "edited-migration", Deny, Check::History(check));

fn check(history: &History<'_>) -> Vec<Finding> {
    let edited =
        history.changes.iter().filter_map(|it| Some((it, it.before.as_ref()?, it.after.as_ref()?)));
    let edited = edited.filter(|(_, before, after)| {
        before.id != after.id || is_file(before.mode) != is_file(after.mode)
    });
    edited
        .map(|(change, before, after)| {
            let path = &change.path;
            let what = match (before.content.text(), after.content.text()) {
                _ if !is_file(after.mode) => "is no longer a file, and it was merged before",
                (Some(before), Some(after)) if same_but_for_line_ends(before, after) => {
                    "was merged before, and its line ends have changed: its checksum is another"
                }
                _ => "was merged before, and databases that have applied it will not get this edit",
            };
            let at = first_difference(before.content.text(), after.content.text());
            let span = match at {
                Some(range) => Span::new(path.clone(), range),
                None => Span::file(path.clone()),
            };
            Finding::new(path.to_string(), span, format!("`{path}` {what}"))
                .evidence(&format!("{} {}", before.id.0, after.id.0))
                .help(format!("take the file back (`git checkout HEAD -- '{path}'` before committing), and write the change as a new migration"))
        })
        .collect()
}

fn is_file(mode: Mode) -> bool {
    matches!(mode, Mode::Regular | Mode::Executable)
}

fn same_but_for_line_ends(a: &str, b: &str) -> bool {
    a.replace("\r\n", "\n") == b.replace("\r\n", "\n")
}

/// The first line that differs, in the text after.
fn first_difference(
    before: Option<&std::sync::Arc<str>>,
    after: Option<&std::sync::Arc<str>>,
) -> Option<std::ops::Range<usize>> {
    let (before, after) = (before?, after?);
    let same = before.bytes().zip(after.bytes()).take_while(|(a, b)| a == b).count();
    let same = after.floor_char_boundary(same.min(after.len()));
    let start = after[..same].rfind('\n').map_or(0, |it| it + 1);
    let end = after[start..].find('\n').map_or(after.len(), |it| start + it);
    (end > start).then_some(start..end)
}
