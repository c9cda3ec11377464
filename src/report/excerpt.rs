//! The lines of a source that a frame shows, cut to what fits.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Style;
use super::text::{columns, stand_in};
use crate::source::{Lines, Position, RepoPath, Span};

use super::Sources;

/// Spans of more lines are shown by their first ones.
const TALLEST: usize = 8;
const FIRST_LINES: usize = 4;

/// A text with its lines, found once.
pub(super) struct Text<'a> {
    pub(super) text: &'a str,
    lines: Lines<'a>,
}

/// The texts that a report points into.
pub(super) struct Texts<'a>(BTreeMap<&'a RepoPath, Text<'a>>);

impl<'a> Texts<'a> {
    pub(super) fn new(sources: &'a Sources, spans: impl Iterator<Item = &'a Span>) -> Texts<'a> {
        let mut texts = BTreeMap::new();
        for span in spans {
            if let Some(text) = sources.get(&span.path) {
                texts.entry(&span.path).or_insert_with(|| Text { text, lines: Lines::new(text) });
            }
        }
        Texts(texts)
    }

    /// The text that a span points into, unless it speaks of the file as a whole.
    pub(super) fn get(&self, span: &Span) -> Option<&Text<'a>> {
        if span.start == 0 && span.end == 0 { None } else { self.0.get(&span.path) }
    }
}

/// The part of a span that is drawn.
pub(super) struct Drawn {
    pub(super) range: Range<usize>,
    pub(super) first: Position,
    pub(super) last: usize,
    /// The last line of a span that is too tall to be drawn whole.
    pub(super) goes_on_to: Option<usize>,
}

impl Text<'_> {
    pub(super) fn position(&self, offset: usize) -> Position {
        self.lines.position(offset)
    }

    /// Any range as one that lies in the text, on character boundaries.
    pub(super) fn clamp(&self, range: Range<usize>) -> Range<usize> {
        let start = self.text.floor_char_boundary(range.start.min(self.text.len()));
        let end = self.text.ceil_char_boundary(range.end.clamp(start, self.text.len()));
        start..end
    }

    pub(super) fn drawn(&self, range: Range<usize>) -> Drawn {
        let Range { start, end } = self.clamp(range);
        let end = start + self.text[start..end].trim_end().len();
        let first = self.position(start);
        let last = self.position(end).line;
        if last - first.line < TALLEST {
            return Drawn { range: start..end, first, last, goes_on_to: None };
        }
        let cut = first.line + FIRST_LINES - 1;
        let end = self.lines.range(cut).map_or(end, |line| line.end);
        Drawn { range: start..end.max(start), first, last: cut, goes_on_to: Some(last) }
    }

    /// The trimmed line that an offset is in.
    pub(super) fn line_at(&self, offset: usize) -> &str {
        let line = self.position(offset).line;
        let text = self.lines.line(line).unwrap_or_default();
        // The mark at a file's beginning is no part of its text.
        if line == 1 { text.trim_start_matches('\u{feff}').trim() } else { text.trim() }
    }
}

/// What is handed to the drawing: consecutive lines, and where the offsets of the source went.
pub(super) struct Excerpt {
    pub(super) text: String,
    pub(super) first_line: usize,
    lines: Vec<Shown>,
}

/// A line of an excerpt: the offset of every character before and after, and of the end.
struct Shown {
    start: usize,
    places: Vec<(usize, usize)>,
}

impl Excerpt {
    /// Holds the lines from the first to the last of `drawn`, which is not empty; its first one decides where lines are
    /// cut.
    pub(super) fn new(source: &Text<'_>, drawn: &[Drawn], style: Style) -> Excerpt {
        let first_line = drawn.iter().map(|it| it.first.line).min().unwrap_or(1);
        let last_line = drawn.iter().map(|it| it.last).max().unwrap_or(first_line);
        let digits = last_line.checked_ilog10().unwrap_or(0) as usize + 1;
        let depth = drawn.iter().filter(|it| it.last > it.first.line).count();
        let width = style.columns().saturating_sub(digits + 3 + 2 * depth).max(12);

        let mut excerpt = Excerpt { text: String::new(), first_line, lines: Vec::new() };
        for line in first_line..=last_line {
            let range = source.lines.range(line).unwrap_or(source.text.len()..source.text.len());
            // Lines between two places are folded, but for the neighbours of those that are shown.
            let near = |it: &&Drawn| it.first.line <= line + 1 && line <= it.last + 1;
            let focus = drawn.iter().find(near).map(|it| it.range.start);
            if line > first_line {
                excerpt.text.push('\n');
            }
            excerpt.push(source.text, range, focus, width, style);
        }
        excerpt
    }

    fn push(
        &mut self,
        text: &str,
        range: Range<usize>,
        focus: Option<usize>,
        width: usize,
        style: Style,
    ) {
        let mut shown = Shown { start: range.start, places: Vec::new() };
        let line = &text[range.clone()];
        let marked = line.len() - line.trim_start_matches('\u{feff}').len();
        let begin = range.start + marked;
        if let Some(focus) = focus {
            let line = &text[begin..range.end];
            let width = if fits(line, width) {
                width
            } else {
                width - 2 * style.ellipsis().chars().count()
            };
            let from = window(line, focus.saturating_sub(begin), width);
            if from > 0 {
                self.text.push_str(style.ellipsis());
            }
            let mut used = 0;
            let mut cut = false;
            for (at, c) in text[begin + from..range.end].char_indices() {
                used += columns(c);
                if used > width {
                    cut = true;
                    break;
                }
                shown.places.push((begin + from + at, self.text.len()));
                self.text.push(stand_in(c, style));
            }
            shown.places.push((range.end, self.text.len()));
            if cut {
                self.text.push_str(style.ellipsis());
            } else if shown.places.len() == 1 {
                // An empty last line is no line to the drawing.
                self.text.push(' ');
            }
        } else {
            shown.places.push((range.end, self.text.len()));
        }
        self.lines.push(shown);
    }

    /// Where an offset of the source is in the excerpt, or the nearest place that is shown.
    fn place(&self, offset: usize) -> usize {
        let line = self.lines.partition_point(|it| it.start <= offset).saturating_sub(1);
        let Some(shown) = self.lines.get(line) else { return 0 };
        let next = shown.places.partition_point(|&(before, _)| before <= offset).saturating_sub(1);
        let cut = shown.places.len().saturating_sub(1);
        // Beyond what fits: the end.
        let next = if next + 1 == cut && offset > shown.places[next].0 { cut } else { next };
        shown.places.get(next).map_or(0, |&(_, after)| after)
    }

    pub(super) fn range(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.place(range.start);
        start..self.place(range.end).max(start)
    }
}

fn fits(line: &str, width: usize) -> bool {
    let mut used = 0;
    line.chars().all(|c| {
        used += columns(c);
        used <= width
    })
}

/// Where a line is cut on the left, so that `focus` and something before it are seen in `width` columns.
fn window(line: &str, focus: usize, width: usize) -> usize {
    if fits(line, width) {
        return 0;
    }
    let focus = line.floor_char_boundary(focus.min(line.len()));
    let mut before = 0;
    for (at, c) in line[..focus].char_indices().rev() {
        before += columns(c);
        if before > width / 3 {
            return at + c.len_utf8();
        }
    }
    0
}
