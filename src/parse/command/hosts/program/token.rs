//! What a lexer makes of a program: names, strings and signs.

use crate::parse::command::text::{Spot, Text};

/// A name, a string or a sign, and which characters it is written with.
pub(super) struct Token {
    pub(super) what: What,
    pub(super) from: usize,
    pub(super) to: usize,
}

pub(super) enum What {
    Name(String),
    Literal(Literal),
    Sign(char),
}

/// A string.
pub(super) struct Literal {
    pub(super) parts: Vec<Part>,
    /// The quote it begins with; `%` of `%x(…)`.
    pub(super) quote: char,
}

/// What is written in a string, and the code whose value is put there.
pub(super) enum Part {
    Text(Text),
    Code(Text),
}

impl Literal {
    /// What it says; none where a part of it is known only when it runs.
    pub(super) fn plain(&self) -> Option<String> {
        self.parts.iter().try_fold(String::new(), |all, part| match part {
            Part::Text(text) => Some(all + &text.to_string()),
            Part::Code(_) => None,
        })
    }
}

/// The name of a token.
pub(super) fn name(tokens: &[Token], at: usize) -> Option<&str> {
    match &tokens.get(at)?.what {
        What::Name(name) => Some(name),
        What::Literal(_) | What::Sign(_) => None,
    }
}

pub(super) fn is_sign(tokens: &[Token], at: usize, sign: char) -> bool {
    matches!(tokens.get(at), Some(Token { what: What::Sign(it), .. }) if *it == sign)
}

/// Whether a character is part of a name.
pub(super) fn is_name(c: char) -> bool {
    c == '_' || c == '$' || c.is_alphanumeric()
}

/// Where the code in a string ends that begins at `from`. Walks with a stack of its own.
pub(super) fn code_end(spots: &[Spot], from: usize) -> Option<usize> {
    let mut open = vec!['}'];
    let mut at = from;
    while let Some(spot) = spots.get(at) {
        let next = spots.get(at + 1).map(|it| it.c);
        match (*open.last()?, spot.c) {
            (_, '\\') => at += 1,
            (inside, c) if c == inside => {
                open.pop();
                if open.is_empty() {
                    return Some(at);
                }
            }
            ('}', '{') => open.push('}'),
            ('}', quote @ ('\'' | '"' | '`')) => open.push(quote),
            ('`', '$') if next == Some('{') => {
                open.push('}');
                at += 1;
            }
            ('\'' | '"', '\n') => {
                open.pop();
            }
            _ => {}
        }
        at += 1;
    }
    None
}
