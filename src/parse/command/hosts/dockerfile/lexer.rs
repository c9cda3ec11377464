//! A `Dockerfile` as instructions: directives, comments, continued lines and here-documents are taken care of.

use std::ops::Range;

use crate::parse::command::lines::lines;
use crate::parse::command::{Spot, Text};

/// An instruction with its lines joined.
pub(super) struct Instruction {
    /// In capitals: an instruction may be written in any case.
    pub(super) name: String,
    /// From its name to the end of its last line, here-documents left out.
    pub(super) range: Range<usize>,
    /// What stands after the name.
    pub(super) rest: Text,
    pub(super) heredocs: Vec<Heredoc>,
}

/// A here-document: `RUN <<EOF`.
pub(super) struct Heredoc {
    pub(super) body: Text,
    /// The line that ends it.
    pub(super) end: Text,
}

/// The instructions of a file, and the character that continues a line.
pub(super) fn read(text: &str) -> (Vec<Instruction>, char) {
    let mut lexer = Lexer { lines: lines(text).collect(), at: 0, escape: '\\', broken: false };
    lexer.directives();
    let mut found = Vec::new();
    while lexer.at < lexer.lines.len() {
        found.extend(lexer.instruction());
    }
    (found, lexer.escape)
}

struct Lexer<'a> {
    lines: Vec<(usize, &'a str)>,
    at: usize,
    escape: char,
    /// A here-document has no end, so no more of them are looked for.
    broken: bool,
}

impl<'a> Lexer<'a> {
    /// `# escape=` and its like, which stand before everything else.
    fn directives(&mut self) {
        while let Some((_, line)) = self.lines.get(self.at) {
            let Some(comment) = line.trim_start().strip_prefix('#') else { return };
            let Some((key, value)) = comment.split_once('=') else { return };
            let key = key.trim();
            if key.is_empty() || !key.chars().all(|it| it.is_ascii_alphanumeric()) {
                return;
            }
            if key.eq_ignore_ascii_case("escape") && value.trim() == "`" {
                self.escape = '`';
            }
            self.at += 1;
        }
    }

    fn next(&mut self) -> Option<(usize, &'a str)> {
        let line = self.lines.get(self.at).copied();
        self.at += 1;
        line
    }

    fn instruction(&mut self) -> Option<Instruction> {
        let (mut start, mut line) = self.next().filter(|(_, it)| says(it))?;
        let mut spots: Vec<Spot> = Vec::new();
        loop {
            let (kept, more) = self.continued(line);
            spots.extend_from_slice(Text::plain(kept, start).spots());
            if !more {
                break;
            }
            // Comments and empty lines between the lines of an instruction are skipped.
            let next = std::iter::from_fn(|| self.next()).find(|(_, it)| says(it));
            let Some(next) = next else { break };
            (start, line) = next;
        }
        let (name, rest) = first_word(&spots);
        let range = name.first()?.start..spots.last()?.end;
        let name: String = name.iter().map(|it| it.c.to_ascii_uppercase()).collect();
        let heredocs = if takes_heredocs(&name, rest) { self.heredocs(rest) } else { Vec::new() };
        Some(Instruction { name, range, rest: Text::from(rest), heredocs })
    }

    /// A line without the character that continues it, and whether it has one. Two of them are a character.
    fn continued(&self, line: &'a str) -> (&'a str, bool) {
        let trimmed = line.trim_end_matches([' ', '\t']);
        match trimmed.strip_suffix(self.escape) {
            Some(kept) if !kept.ends_with(self.escape) => (kept, true),
            _ => (line, false),
        }
    }

    fn heredocs(&mut self, rest: &[Spot]) -> Vec<Heredoc> {
        let mut found = Vec::new();
        let names = words(rest, self.escape).into_iter().filter_map(|it| heredoc(&written(it)));
        for (name, tabs) in names {
            let ends = |line: &str| {
                let line = if tabs { line.trim_start_matches('\t') } else { line };
                line == name
            };
            let lines = self.lines.get(self.at..).unwrap_or_default();
            let end = if self.broken { None } else { lines.iter().position(|(_, it)| ends(it)) };
            let Some(end) = end else {
                self.broken = true;
                break;
            };
            let mut body = Text::default();
            for (start, line) in &lines[..end] {
                push_line(&mut body, *start, line);
            }
            let mut last = Text::default();
            lines.get(end).iter().for_each(|(start, line)| push_line(&mut last, *start, line));
            self.at += end + 1;
            found.push(Heredoc { body, end: last });
        }
        found
    }
}

/// Whether a line is neither empty nor a comment.
fn says(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !line.starts_with('#')
}

fn push_line(text: &mut Text, start: usize, line: &str) {
    text.extend(Text::plain(line, start).spots());
    let end = start + line.len();
    text.push(Spot { c: '\n', start: end, end });
}

/// Only these instructions have here-documents.
fn takes_heredocs(name: &str, rest: &[Spot]) -> bool {
    let name = match name {
        "ONBUILD" => written(first_word(rest).0).to_ascii_uppercase(),
        name => name.to_owned(),
    };
    matches!(name.as_str(), "RUN" | "COPY" | "ADD")
}

/// The name that ends the here-document which a word announces, and whether tabs before it are dropped.
fn heredoc(word: &str) -> Option<(String, bool)> {
    let rest = word.trim_start_matches(|it: char| it.is_ascii_digit()).strip_prefix("<<")?;
    let bare = rest.strip_prefix('-');
    let name: String =
        bare.unwrap_or(rest).chars().filter(|it| !matches!(it, '"' | '\'')).collect();
    (!name.is_empty() && !name.contains('<')).then_some((name, bare.is_some()))
}

/// The word that something begins with, and what follows it.
pub(super) fn first_word(spots: &[Spot]) -> (&[Spot], &[Spot]) {
    let spots = trimmed(spots);
    let end = spots.iter().position(|it| it.c.is_whitespace()).unwrap_or(spots.len());
    let (word, rest) = spots.split_at(end);
    (word, trimmed(rest))
}

/// Without the blanks at both ends.
pub(super) fn trimmed(spots: &[Spot]) -> &[Spot] {
    let start = spots.iter().position(|it| !it.c.is_whitespace()).unwrap_or(spots.len());
    let end = spots.iter().rposition(|it| !it.c.is_whitespace()).map_or(start, |it| it + 1);
    &spots[start..end]
}

/// The characters of a text.
pub(super) fn written(spots: &[Spot]) -> String {
    spots.iter().map(|it| it.c).collect()
}

/// The words of a text, with their quotes.
pub(super) fn words(spots: &[Spot], escape: char) -> Vec<&[Spot]> {
    let mut found = Vec::new();
    let mut start = None;
    let mut quote = None;
    let mut at = 0;
    while let Some(spot) = spots.get(at) {
        if quote.is_none() && spot.c.is_whitespace() {
            found.extend(start.take().map(|from: usize| &spots[from..at]));
            at += 1;
            continue;
        }
        start.get_or_insert(at);
        match (quote, spot.c) {
            (None, c @ ('"' | '\'')) => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None | Some('"'), c) if c == escape => at += 1,
            _ => {}
        }
        at += 1;
    }
    found.extend(start.map(|from| &spots[from..]));
    found
}
