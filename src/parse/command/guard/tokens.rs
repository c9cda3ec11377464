//! A shell text as words and operators, and how they lie in each other.

use std::ops::Range;

use crate::parse::command::lexer::closing;
use crate::parse::command::{Spot, Text};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// `;`, `&`, `|`, `&&`, `||`, a line's end, brackets.
    Operator,
    /// A reserved word where a command may begin.
    Reserved,
}

#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) text: String,
    pub(super) range: Range<usize>,
    pub(super) spots: Text,
}

impl Token {
    pub(super) fn is(&self, text: &str) -> bool {
        self.kind != Kind::Word && self.text == text
    }

    pub(super) fn ends(&self) -> bool {
        self.kind == Kind::Operator && matches!(self.text.as_str(), ";" | "\n" | ";;")
    }

    pub(super) fn opens(&self) -> bool {
        self.kind != Kind::Word
            && matches!(self.text.as_str(), "(" | "{" | "if" | "while" | "until" | "for" | "case")
    }

    pub(super) fn closes(&self) -> bool {
        self.kind != Kind::Word && matches!(self.text.as_str(), ")" | "}" | "fi" | "done" | "esac")
    }
}

pub(super) fn tokens(spots: &[Spot]) -> Vec<Token> {
    const RESERVED: &[&str] = &[
        "if", "then", "elif", "else", "fi", "while", "until", "do", "done", "for", "case", "esac",
        "{", "}", "!",
    ];
    let mut tokens: Vec<Token> = Vec::new();
    let mut at = 0;
    while let Some(spot) = spots.get(at) {
        let c = spot.c;
        let next = spots.get(at + 1).map(|it| it.c);
        let length = match (c, next) {
            (' ' | '\t' | '\r', _) => {
                at += 1;
                continue;
            }
            ('\\', Some('\n')) => {
                at += 2;
                continue;
            }
            ('#', _) => {
                while spots.get(at).is_some_and(|it| it.c != '\n') {
                    at += 1;
                }
                continue;
            }
            ('&', Some('&')) | ('|', Some('|' | '&')) | (';', Some(';')) => 2,
            ('&', Some('>')) => 0,
            (';' | '&' | '|' | '(' | ')' | '\n', _) => 1,
            _ => 0,
        };
        if length > 0 {
            tokens.extend(token(Kind::Operator, spots.get(at..at + length).unwrap_or_default()));
            at += length;
            continue;
        }
        let end = word_end(spots, at).max(at + 1);
        let mut word = token(Kind::Word, spots.get(at..end).unwrap_or_default());
        if let Some(word) = &mut word {
            let first = tokens.last().is_none_or(|it| it.kind != Kind::Word);
            if first && RESERVED.contains(&word.text.as_str()) {
                word.kind = Kind::Reserved;
            }
        }
        tokens.extend(word);
        at = end;
    }
    tokens
}

fn token(kind: Kind, spots: &[Spot]) -> Option<Token> {
    let spots = Text::from(spots);
    Some(Token { kind, text: spots.to_string(), range: spots.range()?, spots })
}

/// Where the word that begins here ends, quotes and substitutions read past. `2>&1` is one.
fn word_end(spots: &[Spot], mut at: usize) -> usize {
    while let Some(spot) = spots.get(at) {
        let next = spots.get(at + 1).map(|it| it.c);
        let close = match (spot.c, next) {
            ('\\', _) => {
                at += 2;
                continue;
            }
            ('>' | '<', Some('&')) | ('&', Some('>')) => {
                at += 2;
                continue;
            }
            ('\'' | '"' | '`', _) => Some((at + 1, spot.c)),
            ('$' | '<' | '>', Some('(')) => Some((at + 2, ')')),
            ('$', Some('{')) => Some((at + 2, '}')),
            (' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '(' | ')', _) => return at,
            _ => None,
        };
        at = match close {
            Some((from, '\'')) => {
                let rest = spots.get(from..).unwrap_or_default();
                rest.iter().position(|it| it.c == '\'').map_or(spots.len(), |it| from + it + 1)
            }
            Some((from, c)) => closing(spots, from, c).map_or(spots.len(), |it| it + 1),
            None => at + 1,
        };
    }
    spots.len()
}

/// The words of the command that begins with this token; none where none begins.
pub(super) fn command_at(tokens: &[Token], at: usize) -> Option<&[Token]> {
    let begins = at == 0 || tokens.get(at - 1).is_some_and(|it| it.kind != Kind::Word);
    let rest = tokens.get(at..)?;
    let words = rest.iter().take_while(|it| it.kind == Kind::Word).count();
    rest.get(..words).filter(|it| begins && !it.is_empty())
}

/// One command, or a group of them, up to the operator behind it.
pub(super) fn element(tokens: &[Token], from: usize) -> &[Token] {
    let mut depth = 0usize;
    let rest = tokens.get(from..).unwrap_or_default();
    let end = rest.iter().position(|it| {
        if it.opens() {
            depth += 1;
        } else if it.closes() {
            if depth == 0 {
                return true;
            }
            depth -= 1;
        } else if depth == 0 && it.kind == Kind::Operator && it.text != "\n" {
            return true;
        }
        depth == 0 && it.text == "\n" && it.kind == Kind::Operator
    });
    rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
}

/// What the command stands in, and whether in its condition: `if`, `while`, a group.
pub(super) fn enclosing(tokens: &[Token], at: usize) -> Option<(usize, bool)> {
    let mut depth = 0usize;
    let mut body = false;
    for index in (0..at).rev() {
        let token = tokens.get(index)?;
        if token.closes() {
            depth += 1;
        } else if token.opens() {
            if depth == 0 {
                let asks = matches!(token.text.as_str(), "if" | "while" | "until");
                return Some((index, asks && !body));
            }
            depth -= 1;
        } else if depth == 0 && (token.is("then") || token.is("do") || token.is("else")) {
            body = true;
        } else if depth == 0 && token.is("elif") && !body {
            return Some((index, true));
        }
    }
    None
}

/// Whether a brace opens the body of a function.
pub(super) fn is_body(tokens: &[Token], open: usize) -> bool {
    open > 0 && tokens.get(open - 1).is_some_and(|it| it.is(")"))
}

pub(super) fn matching(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        if token.opens() {
            depth += 1;
        } else if token.closes() {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some(index);
            }
        }
    }
    None
}

pub(super) fn opening(tokens: &[Token], close: usize) -> Option<usize> {
    let mut depth = 0usize;
    for index in (0..=close).rev() {
        let token = tokens.get(index)?;
        if token.closes() {
            depth += 1;
        } else if token.opens() {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some(index);
            }
        }
    }
    None
}

/// The commands of a list up to an operator of it.
pub(super) fn list_before(tokens: &[Token], operator: usize) -> &[Token] {
    let before = tokens.get(..operator).unwrap_or_default();
    let start = before
        .iter()
        .rposition(|it| it.ends() || it.kind == Kind::Reserved || it.is("(") || it.is("&"));
    before.get(start.map_or(0, |it| it + 1)..).unwrap_or_default()
}
