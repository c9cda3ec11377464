//! Programs in other languages: the processes they start, the migrations they apply by themselves, the files they
//! load.
//!
//! None of the languages is parsed. A lexer tells comments, strings and names apart, and calls of well-known functions
//! with arguments that can be told from the file alone are commands.

mod calls;
mod functions;
mod imports;
mod lexer;
mod libraries;
mod token;
mod values;
mod words;

use std::ops::Range;

use crate::parse::command::names::weight_of_file;
use crate::parse::command::{Host, Kind, Reading, Text, Weight};
use crate::source::Source;

use token::{Token, What};
use values::Values;

/// A program that is a file of its own.
pub(super) fn read(source: &Source, kind: Kind) -> Reading {
    let mut reading = Reading::default();
    let weight = match kind {
        Kind::Jenkins => Weight::Platform,
        _ => weight_of_file(&source.path),
    };
    let host = Host::new(kind, source, "", weight);
    let text = Text::plain(&source.text, 0);
    read_text(&mut reading, &host, &(0..source.text.len()), &text, kind);
    reading
}

/// A program in that language, wherever it stands. `whole` is its place in the file.
pub(in crate::parse::command) fn read_text(
    reading: &mut Reading,
    host: &Host,
    whole: &Range<usize>,
    text: &Text,
    kind: Kind,
) {
    let tokens = lexer::tokens(text.spots(), kind);
    let values = Values::new(&tokens, kind);
    let program = Program { kind, host, whole, text, tokens: &tokens, values: &values };
    let imports = imports::read(reading, &program);
    calls::read(reading, &program, &imports);
    libraries::read(reading, &program, &imports);
}

/// A program as its tokens.
struct Program<'a> {
    kind: Kind,
    host: &'a Host,
    whole: &'a Range<usize>,
    text: &'a Text,
    tokens: &'a [Token],
    values: &'a Values,
}

impl Program<'_> {
    /// The bytes of the file that the tokens from one to another stand for.
    fn range(&self, from: usize, to: usize) -> Range<usize> {
        let spots = self.text.spots();
        let start = self.tokens.get(from).and_then(|it| spots.get(it.from));
        let end = self.tokens.get(to).and_then(|it| spots.get(it.to.checked_sub(1)?));
        match (start, end) {
            (Some(start), Some(end)) if start.start <= end.end => start.start..end.end,
            _ => self.whole.clone(),
        }
    }

    /// The name of the token, if it is one.
    fn name(&self, at: usize) -> Option<&str> {
        token::name(self.tokens, at)
    }

    fn is_sign(&self, at: usize, sign: char) -> bool {
        token::is_sign(self.tokens, at, sign)
    }

    /// The name before the `.` that stands before a token: `subprocess` of `subprocess.run`.
    fn owner(&self, at: usize) -> Option<&str> {
        let dot = at.checked_sub(1).filter(|it| self.is_sign(*it, '.'))?;
        let before = dot.checked_sub(1)?;
        // `a?.b`
        let before = if self.is_sign(before, '?') { before.checked_sub(1)? } else { before };
        self.name(before)
    }

    /// Whether a literal is the token, and what it says where nothing in it is open.
    fn literal(&self, at: usize) -> Option<String> {
        match &self.tokens.get(at)?.what {
            What::Literal(literal) => literal.plain(),
            What::Name(_) | What::Sign(_) => None,
        }
    }
}
