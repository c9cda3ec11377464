//! From byte offsets to lines and columns.

use std::ops::Range;

/// Where a byte offset is, both counted from 1. A column counts characters (Unicode scalar values), as editors do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// The starts of a text's lines. LF and CRLF end a line; a lone CR does too, as it does for Postgres' `--`.
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Lines<'a> {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|&(at, &byte)| {
            byte == b'\n' || (byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'))
        });
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Lines { text, starts }
    }

    /// Offsets past the end, or inside a character, are taken back to the nearest place before.
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset.min(self.text.len()));
        let line = self.starts.partition_point(|&start| start <= offset);
        let start = self.starts[line - 1];
        // The mark at a file's beginning takes no column in any editor.
        let shown = self.text[start..offset].trim_start_matches('\u{feff}');
        Position { line, column: shown.chars().count() + 1 }
    }

    /// The text of a line, counted from 1, without its end.
    pub fn line(&self, line: usize) -> Option<&'a str> {
        Some(&self.text[self.range(line)?])
    }

    /// The bytes of a line, counted from 1, without its end.
    pub fn range(&self, line: usize) -> Option<Range<usize>> {
        let start = *self.starts.get(line.checked_sub(1)?)?;
        let end = self.starts.get(line).copied().unwrap_or(self.text.len());
        Some(start..start + self.text[start..end].trim_end_matches(['\n', '\r']).len())
    }
}
