//! # edited-migration
//!
//! A migration that was merged may have been applied: what it says now is not what some databases have.
//!
//! Prisma compares checksums, and from then on `prisma migrate dev` wants to reset the database; others apply the new text
//! to fresh databases only. A comment is enough. Line ends are not, where it is known whose migrations these are: Prisma
//! takes both kinds for the same, Drizzle and Supabase compare nothing. A migration of the change at hand, which nobody
//! else has, may be edited freely.
//!
//! What `.sprag/applied.toml` of the main branch lists was applied with the text that it names: a change may bring that
//! text and no other. Where the policy says `[history] ledger = true`, a merged migration behind the last one that is
//! listed is known not to be applied, and may be edited; that is told.

use super::{Application, History, Slot};
use crate::parse::prisma::{checksum, same_checksum};
use crate::rules::{Check, Finding, Rule, declare};
use crate::source::{FileChange, Mode, Span};

pub(super) const RULE: Rule =
    declare!("history", "edited_migration.rs", "edited-migration", Deny, Check::History(check));

fn check(history: &History<'_>) -> Vec<Finding> {
    let edited =
        history.changes.iter().filter_map(|it| Some((it, it.before.as_ref()?, it.after.as_ref()?)));
    let edited = edited.filter(|(_, before, after)| {
        before.id != after.id || is_file(before.mode) != is_file(after.mode)
    });
    edited
        .filter_map(|(change, before, after)| {
            let path = &change.path;
            if history.is_unapplied(path) {
                return None;
            }
            let application = history.application(path);
            let is_applied = |it: &Application| after.content.text().is_some_and(|text| it.is_of(text));
            if is_file(after.mode) && application.is_some_and(is_applied) {
                return None;
            }
            let texts = before.content.text().zip(after.content.text());
            let texts = texts.filter(|_| is_file(before.mode) && is_file(after.mode));
            let tool = Tool::of(history, &Slot::of(path));
            if texts.is_some_and(|(before, after)| tool.takes_for_same(before, after)) {
                return None;
            }
            let what = match (before.content.text(), after.content.text()) {
                _ if !is_file(after.mode) => "is no longer a file, and it was merged before",
                (Some(before), Some(after)) if same_but_for_line_ends(before, after) => {
                    "was merged before, and its line ends have changed: its checksum is another"
                }
                _ => "was merged before, and databases that have applied it will not get this edit",
            };
            let what = match application {
                Some(it) => format!("{}, and this is not the text that was applied", it.words()),
                None => what.to_owned(),
            };
            let at = first_difference(before.content.text(), after.content.text());
            let span = match at {
                Some(range) => Span::new(path.clone(), range),
                None => Span::file(path.clone()),
            };
            let finding = Finding::new(path.to_string(), span, format!("`{path}` {what}"))
                .evidence(&format!("{} {}", before.id.0, after.id.0))
                .help(format!("take the file back (`git checkout HEAD -- '{path}'` before committing), and write the change as a new migration"));
            let sums = texts.filter(|_| tool == Tool::Prisma);
            let sums = sums.map(|(before, after)| [before, after].map(|it| checksum(it)));
            let finding = match sums {
                Some([before, after]) => finding.help(format!("to compare: where it was applied, `_prisma_migrations.checksum` is `{before}`; as it is now it would be `{after}`")),
                None => finding,
            };
            Some(finding)
        })
        .chain(history.added().filter_map(|it| unlike_applied(history, it)))
        .collect()
}

/// One that is new here, and was applied from elsewhere before it is merged.
fn unlike_applied(history: &History<'_>, change: &FileChange) -> Option<Finding> {
    let (path, after) = (&change.path, change.after.as_ref()?);
    let application = history.application(path)?;
    let text = after.content.text()?;
    if application.is_of(text) {
        return None;
    }
    let message =
        format!("`{path}` {}, and this is not the text that was applied", application.words());
    let help = format!(
        "bring the text whose SHA-256 is `{}`, and write what has changed as a new migration",
        application.sha256
    );
    Some(
        Finding::new(path.to_string(), Span::file(path.clone()), message)
            .evidence(&after.id.0)
            .help(help),
    )
}

/// Whose migrations these are, as what lies beside them shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tool {
    Prisma,
    Drizzle,
    Supabase,
    Unknown,
}

impl Tool {
    fn of(history: &History<'_>, slot: &Slot) -> Tool {
        let beside = history.beside(&slot.folder);
        let has = |it: &super::Versions| it.before.is_some() || it.after.is_some();
        match beside {
            Some(beside) if has(&beside.lock) => Tool::Prisma,
            Some(beside) if has(&beside.journal) => Tool::Drizzle,
            _ if slot.is_supabase() => Tool::Supabase,
            _ => Tool::Unknown,
        }
    }

    /// Whether it would not tell one text from the other, where only line ends differ.
    fn takes_for_same(self, before: &str, after: &str) -> bool {
        match self {
            Tool::Prisma => same_checksum(before, after),
            Tool::Drizzle | Tool::Supabase => same_but_for_line_ends(before, after),
            Tool::Unknown => false,
        }
    }
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
