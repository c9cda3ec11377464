//! What a lexer makes of a program: names, strings and signs.

use crate::parse::command::text::Text;

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
