//! Text that knows where each of its characters was written.

use std::fmt;
use std::ops::Range;

/// A character and the bytes of the file that stand for it: six of them for `\u0070` in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    pub c: char,
    pub start: usize,
    pub end: usize,
}

/// Characters as a reader of the file sees them, quotes and escapes taken away.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Text(Vec<Spot>);

impl Text {
    /// Text written as it is, from byte `at` on.
    pub fn plain(text: &str, at: usize) -> Text {
        let spot = |(start, c): (usize, char)| Spot {
            c,
            start: at + start,
            end: at + start + c.len_utf8(),
        };
        Text(text.char_indices().map(spot).collect())
    }

    /// Text of which only the whole place is known.
    pub fn within(text: &str, range: &Range<usize>) -> Text {
        Text(text.chars().map(|c| Spot { c, start: range.start, end: range.end }).collect())
    }

    pub fn spots(&self) -> &[Spot] {
        &self.0
    }

    pub fn push(&mut self, spot: Spot) {
        self.0.push(spot);
    }

    pub fn extend(&mut self, spots: &[Spot]) {
        self.0.extend_from_slice(spots);
    }

    pub fn truncate(&mut self, length: usize) {
        self.0.truncate(length);
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes from the first to the last character; none where there is no character.
    pub fn range(&self) -> Option<Range<usize>> {
        span(&self.0)
    }
}

/// The bytes of the file that these characters cover.
pub(super) fn span(spots: &[Spot]) -> Option<Range<usize>> {
    let start = spots.iter().map(|it| it.start).min()?;
    let end = spots.iter().map(|it| it.end).max()?;
    Some(start..end)
}

impl From<&[Spot]> for Text {
    fn from(spots: &[Spot]) -> Text {
        Text(spots.to_vec())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|it| write!(f, "{}", it.c))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}
