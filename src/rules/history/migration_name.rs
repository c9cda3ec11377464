//! # migration-name
//!
//! A migration is found again by the words of its name: lower case, with underscores between them.
//!
//! `20260101120000_add_notes` says what it does and reads the same on every file system. Spaces, capitals and hyphens
//! are what a hand has typed, and a number without words says nothing.

use super::{History, Slot};
use crate::rules::{Check, Finding, Rule, declare};
use crate::source::Span;

pub(super) const RULE: Rule =
    declare!("history", "migration_name.rs", "migration-name", Allow, Check::History(check));

fn check(history: &History<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for change in history.added() {
        let slot = Slot::of(&change.path);
        let Some(number) = slot.version() else { continue };
        let name = slot.name.strip_suffix(".sql").unwrap_or(&slot.name);
        let words = &name[number.len()..];
        if is_words(words) {
            continue;
        }
        let path = &change.path;
        let message = format!("`{name}` is not a number and words in lower case");
        let wanted = folded(words);
        findings.push(
            Finding::new(path.to_string(), Span::file(path.clone()), message)
                .evidence(&slot.name)
                .help(format!("name it `{number}_{wanted}`")),
        );
    }
    findings
}

/// `_add_notes`
fn is_words(words: &str) -> bool {
    words.strip_prefix('_').is_some_and(|words| {
        words.split('_').all(|word| {
            !word.is_empty()
                && word.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
        })
    })
}

fn folded(words: &str) -> String {
    let words = words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|it| !it.is_empty());
    let words: Vec<String> = words.map(str::to_ascii_lowercase).collect();
    if words.is_empty() { "what_it_does".to_owned() } else { words.join("_") }
}
