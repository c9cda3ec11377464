//! What a shell text sets its variables to.

use super::scope::Value;
use super::shell::{Reader, State};
use super::word::Word;

/// Commands whose words are assignments.
pub(super) const SETS: &[&str] = &["export", "readonly", "local", "declare", "typeset"];

impl Reader<'_> {
    /// What a loop goes over is what its variable may be.
    pub(super) fn end_head(&mut self) {
        let items = self.items.take();
        if let Some(variable) = self.words.get(1) {
            let mut value = Value { open: items.is_none(), ..Value::default() };
            for item in items.into_iter().flatten() {
                value.open |= item.globs;
                if !item.globs {
                    value.add(vec![item]);
                }
            }
            self.scope.insert(variable.text.clone(), value);
        }
        self.words.clear();
        self.state = State::Commands;
    }

    /// Whether `NAME=` stands before a list, and not at the end of a command's words.
    pub(super) fn begins_list(&self, plain: &str) -> bool {
        let sets = self.words.first().is_none_or(|it| SETS.contains(&it.text.as_str()));
        sets && plain.ends_with('=') && assignment(plain).is_some()
    }

    /// `NAME=(word word)`.
    pub(super) fn list(&mut self, plain: &str) {
        self.at += 1;
        let mut words = Vec::new();
        while let Some(c) = self.peek(0) {
            match c {
                ')' => break,
                '#' => self.skip_line(),
                ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '(' | '<' | '>' => self.at += 1,
                _ => words.append(&mut self.read_word()),
            }
        }
        self.at = self.spots.len().min(self.at + 1);
        self.set(plain.trim_end_matches('='), words, true);
    }

    /// `words` are what one assignment has come to; more than one, where a variable in it had blanks.
    pub(super) fn assign(&mut self, words: &[Word]) {
        let Some((word, rest)) = words.split_first() else { return };
        let Some(name) = assignment(&word.text) else { return };
        let value = word.after(name.chars().count() + 1);
        let name = name.to_owned();
        let whole = rest.is_empty() && !word.globs;
        if whole { self.set(&name, vec![value], false) } else { self.forget(&name) }
    }

    /// Sets a variable; a second value may be the one that counts as well as the first.
    fn set(&mut self, name: &str, words: Vec<Word>, list: bool) {
        if self.again {
            return;
        }
        self.expanded += words.iter().map(|it| it.text.len() + 1).sum::<usize>();
        let value = self.scope.entry(name.trim_end_matches('+').to_owned()).or_default();
        if name.ends_with('+') { value.append(&words, list) } else { value.add(words) }
    }

    pub(super) fn forget(&mut self, name: &str) {
        let name = name.trim_end_matches('+').to_owned();
        self.scope.entry(name).or_default().open = true;
    }
}

/// The name that `NAME=value` or `NAME+=value` sets.
pub(super) fn assignment(word: &str) -> Option<&str> {
    let (name, _) = word.split_once('=')?;
    let bare = name.strip_suffix('+').unwrap_or(name);
    let mut chars = bare.chars();
    let first = chars.next()?;
    let fits = (first == '_' || first.is_ascii_alphabetic())
        && chars.all(|it| it == '_' || it.is_ascii_alphanumeric());
    fits.then_some(name)
}
