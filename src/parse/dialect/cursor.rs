//! Where a reader stands in the tokens of a text.

use std::ops::Range;

use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::lexer::{Tok, grammar};
use crate::schema::Provider;

/// What stands here is not what must stand here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unread {
    pub(super) at: Range<usize>,
    pub(super) why: String,
}

/// What `sqlparser` is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece {
    Statement,
    Query,
    Expression,
}

pub(super) type Read<T> = Result<T, Unread>;

/// A place in some tokens, to be read front to back.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    pub(super) tokens: &'a [Tok],
    pub(super) at: usize,
    pub(super) provider: Provider,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(tokens: &'a [Tok], provider: Provider) -> Cursor<'a> {
        Cursor { tokens, at: 0, provider }
    }

    pub(super) fn peek(&self) -> Option<&'a Tok> {
        self.tokens.get(self.at)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<&'a Tok> {
        self.tokens.get(self.at + ahead)
    }

    pub(super) fn next(&mut self) -> Option<&'a Tok> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some(token)
    }

    /// Goes past some tokens, whatever they are.
    pub(super) fn skip(&mut self, tokens: usize) {
        self.at = (self.at + tokens).min(self.tokens.len());
    }

    pub(super) fn is_done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Nothing is left of the statement.
    pub(super) fn is_end(&self) -> bool {
        self.peek().is_none_or(|it| it.is_sign(&Token::SemiColon))
    }

    /// Whether these words come next.
    pub(super) fn is(&self, words: &[&str]) -> bool {
        words
            .iter()
            .enumerate()
            .all(|(ahead, word)| self.peek_at(ahead).is_some_and(|it| it.is(word)))
    }

    pub(super) fn is_any(&self, words: &[&str]) -> bool {
        self.peek().is_some_and(|it| it.is_any(words))
    }

    /// Goes past these words, where they come next.
    pub(super) fn eat(&mut self, words: &[&str]) -> bool {
        let is = self.is(words);
        if is {
            self.at += words.len();
        }
        is
    }

    /// The same of one of some words.
    pub(super) fn eat_any(&mut self, words: &[&str]) -> bool {
        let is = self.is_any(words);
        self.at += usize::from(is);
        is
    }

    pub(super) fn is_sign(&self, sign: &Token) -> bool {
        self.peek().is_some_and(|it| it.is_sign(sign))
    }

    pub(super) fn eat_sign(&mut self, sign: &Token) -> bool {
        let is = self.is_sign(sign);
        self.at += usize::from(is);
        is
    }

    pub(super) fn must(&mut self, words: &[&str]) -> Read<()> {
        if self.eat(words) { Ok(()) } else { Err(self.unread(&words.join(" "))) }
    }

    /// A name or word.
    pub(super) fn word(&mut self) -> Read<&'a Tok> {
        match self.peek() {
            Some(it) if it.word().is_some() => {
                self.at += 1;
                Ok(it)
            }
            // SQLite takes a string where it wants a name.
            Some(it) if self.provider == Provider::Sqlite && it.string().is_some() => {
                self.at += 1;
                Ok(it)
            }
            _ => Err(self.unread("a name")),
        }
    }

    /// The text of a name or word.
    pub(super) fn name(&mut self) -> Read<String> {
        let word = self.word()?;
        Ok(word.word().or(word.string()).unwrap_or_default().to_owned())
    }

    pub(super) fn unread(&self, wanted: &str) -> Unread {
        let last = self.tokens.last().map_or(0..0, |it| it.at.clone());
        let at = self.peek().map_or(last, |it| it.at.clone());
        Unread { at, why: format!("{wanted} is expected here") }
    }

    /// What stands in parentheses here, to be read on its own; the cursor goes behind them.
    pub(super) fn parens(&mut self) -> Read<Cursor<'a>> {
        if !self.eat_sign(&Token::LParen) {
            return Err(self.unread("`(`"));
        }
        let start = self.at;
        let mut depth = 0usize;
        while let Some(token) = self.next() {
            match token.token.token {
                Token::LParen => depth += 1,
                Token::RParen if depth == 0 => {
                    let inside = &self.tokens[start..self.at - 1];
                    return Ok(Cursor { tokens: inside, at: 0, provider: self.provider });
                }
                Token::RParen => depth -= 1,
                _ => {}
            }
        }
        Err(self.unread("`)`"))
    }

    /// Goes past parentheses, where there are some.
    pub(super) fn skip_parens(&mut self) -> Read<bool> {
        let is = self.is_sign(&Token::LParen);
        if is {
            self.parens()?;
        }
        Ok(is)
    }

    /// Everything up to a token outside of parentheses that `stop` knows, or the end.
    pub(super) fn until(&mut self, stop: impl Fn(&Cursor<'a>) -> bool) -> Cursor<'a> {
        let start = self.at;
        let mut depth = 0usize;
        while let Some(token) = self.peek() {
            if depth == 0 && stop(self) {
                break;
            }
            match token.token.token {
                Token::LParen => depth += 1,
                Token::RParen => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
        }
        Cursor { tokens: &self.tokens[start..self.at], at: 0, provider: self.provider }
    }

    /// What is left, cut at its commas.
    pub(super) fn items(mut self) -> Vec<Cursor<'a>> {
        let mut items = Vec::new();
        while !self.is_done() {
            items.push(self.until(|it| it.is_sign(&Token::Comma)));
            self.skip(1);
        }
        items
    }

    /// From the first of its tokens to the last.
    pub(super) fn range(&self) -> Range<usize> {
        match (self.tokens.first(), self.tokens.last()) {
            (Some(first), Some(last)) => first.at.start..last.at.end,
            _ => 0..0,
        }
    }

    /// From the token counted `from` to the one before the cursor.
    pub(super) fn since(&self, from: usize) -> Range<usize> {
        let start = self.tokens.get(from).map_or(0, |it| it.at.start);
        let end = self.at.checked_sub(1).and_then(|it| self.tokens.get(it));
        start..end.map_or(start, |it| it.at.end).max(start)
    }

    /// Goes behind what comes next, as much as `sqlparser` reads of it.
    pub(super) fn parsed(&mut self, piece: Piece) -> Read<()> {
        let rest = self.tokens.get(self.at..).unwrap_or_default();
        let rest: Vec<TokenWithSpan> = rest.iter().map(|it| it.token.clone()).collect();
        let mut parser = Parser::new(grammar(self.provider)).with_tokens_with_locations(rest);
        let read = match piece {
            Piece::Statement => parser.parse_statement().map(drop),
            Piece::Query => parser.parse_query().map(drop),
            Piece::Expression => parser.parse_expr().map(drop),
        };
        match read {
            Ok(()) => {
                self.skip(parser.index());
                Ok(())
            }
            Err(error) => {
                let at = self.tokens.get(self.at + parser.index().saturating_sub(1));
                let at = at.or(self.tokens.last()).map_or(0..0, |it| it.at.clone());
                Err(Unread { at, why: reason(&error) })
            }
        }
    }
}

/// The parser's message without the name of its kind and without its own counting of lines.
fn reason(error: &sqlparser::parser::ParserError) -> String {
    use sqlparser::parser::ParserError;
    match error {
        ParserError::RecursionLimitExceeded => "it is nested too deeply to be read".to_owned(),
        ParserError::ParserError(text) | ParserError::TokenizerError(text) => {
            let text = text.split(" at Line:").next().unwrap_or(text);
            text.replacen("Expected: ", "expected ", 1).replace('\n', " ")
        }
    }
}
