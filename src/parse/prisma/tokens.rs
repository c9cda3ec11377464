//! The tokens of a schema, where the reader stands among them, and what it found wrong.

use std::ops::Range;

use super::ast::SyntaxError;
use super::lexer::{Kind, Token};

pub(super) struct Parser<'a> {
    pub(super) tokens: Vec<Token<'a>>,
    /// Of the token that comes next.
    pub(super) at: usize,
    pub(super) errors: Vec<SyntaxError>,
}

impl<'a> Parser<'a> {
    pub(super) fn new(tokens: Vec<Token<'a>>, errors: Vec<SyntaxError>) -> Parser<'a> {
        Parser { tokens, at: 0, errors }
    }

    pub(super) fn peek(&self) -> Option<&Kind<'a>> {
        self.tokens.get(self.at).map(|it| &it.kind)
    }

    pub(super) fn next(&mut self) {
        self.at = (self.at + 1).min(self.tokens.len());
    }

    pub(super) fn is(&self, sign: char) -> bool {
        self.peek() == Some(&Kind::Sign(sign))
    }

    pub(super) fn eat(&mut self, sign: char) -> bool {
        let there = self.is(sign);
        if there {
            self.next();
        }
        there
    }

    pub(super) fn word(&self) -> Option<(&'a str, Range<usize>)> {
        match self.tokens.get(self.at)? {
            Token { kind: Kind::Word(word), at } => Some((*word, at.clone())),
            _ => None,
        }
    }

    pub(super) fn sign_at(&self, index: usize) -> Option<char> {
        match self.tokens.get(index)?.kind {
            Kind::Sign(sign) => Some(sign),
            _ => None,
        }
    }

    pub(super) fn sign_after(&self) -> Option<char> {
        self.sign_at(self.at + 1)
    }

    pub(super) fn at_line_end(&self) -> bool {
        matches!(self.peek(), None | Some(Kind::Newline))
    }

    pub(super) fn skip_newlines(&mut self) {
        while self.peek() == Some(&Kind::Newline) {
            self.at += 1;
        }
    }

    /// The last token before the next one that is not the end of a line.
    pub(super) fn last(&self) -> Range<usize> {
        let before = self.tokens.get(..self.at).unwrap_or_default();
        let last = before.iter().rfind(|it| it.kind != Kind::Newline);
        last.map_or(0..0, |it| it.at.clone())
    }

    /// Where the last token ends.
    pub(super) fn end(&self) -> usize {
        self.last().end
    }

    /// The next token; at the end of a line, and after it, the one that something is missing after.
    pub(super) fn here(&self) -> Range<usize> {
        match self.tokens.get(self.at) {
            Some(token) if token.kind != Kind::Newline => token.at.clone(),
            _ => self.last(),
        }
    }

    pub(super) fn error(&mut self, message: &str) {
        self.error_at(message, self.here());
    }

    pub(super) fn error_at(&mut self, message: &str, at: Range<usize>) {
        self.errors.push(SyntaxError { message: message.to_owned(), at });
    }
}
