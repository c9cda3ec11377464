//! A word of a command, as far as it can be known before it runs.

use std::ops::Range;

use super::text::{Spot, Text};

/// A word after quotes, backslashes and known variables are taken away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// What cannot be resolved stands there as it is written: `--schema=$SCHEMA`.
    pub text: String,
    /// The first part that cannot be resolved: `$X`, `$(…)`, `` `…` ``, `${{ … }}`.
    pub unknown: Option<String>,
    /// Whether unquoted `*`, `?` or `[` make file names of it.
    pub globs: bool,
    pub(super) spots: Text,
}

impl Word {
    pub(super) fn new(spots: Text) -> Word {
        Word { text: spots.to_string(), unknown: None, globs: false, spots }
    }

    /// A word nobody wrote: what a pipe or too deep a nesting would bring.
    pub(super) fn unknown(what: &str, range: &Range<usize>) -> Word {
        let spots = Text::within(what, range);
        Word { text: what.to_owned(), unknown: Some(what.to_owned()), globs: false, spots }
    }

    /// The word, where it is sure.
    pub fn known(&self) -> Option<&str> {
        self.unknown.is_none().then_some(self.text.as_str())
    }

    pub fn is(&self, text: &str) -> bool {
        self.known() == Some(text)
    }

    /// `-f`, `--file`, `--schema=$SCHEMA`; not `-` and not `--`.
    pub fn is_flag(&self) -> bool {
        self.text.len() > 1 && self.text.starts_with('-') && self.text != "--"
    }

    /// The bytes of the file it was written with; none for an empty word.
    pub fn range(&self) -> Option<Range<usize>> {
        self.spots.range()
    }

    /// The word from character `from` on.
    pub(super) fn after(&self, from: usize) -> Word {
        let spots: &[Spot] = self.spots.spots().get(from..).unwrap_or_default();
        let spots = Text::from(spots);
        Word { text: spots.to_string(), unknown: self.unknown.clone(), globs: self.globs, spots }
    }

    /// The word up to its first blank.
    pub(super) fn first_field(&self) -> Word {
        let spots: Vec<Spot> =
            self.spots.spots().iter().take_while(|it| !it.c.is_whitespace()).copied().collect();
        let spots = Text::from(spots.as_slice());
        Word { text: spots.to_string(), unknown: self.unknown.clone(), globs: self.globs, spots }
    }

    /// Adds another word at its end, with nothing between them.
    pub(super) fn join(&mut self, other: &Word) {
        self.text.push_str(&other.text);
        self.spots.extend(other.spots.spots());
        if self.unknown.is_none() {
            self.unknown.clone_from(&other.unknown);
        }
    }

    /// Moves the word to a place of which no more is known than that it is somewhere there.
    pub(super) fn place(&mut self, range: &Range<usize>) {
        self.spots = Text::within(&self.text, range);
    }
}
