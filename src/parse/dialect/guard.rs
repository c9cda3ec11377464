//! What must be settled before a statement is read: how deep it nests and how long it chains.
//!
//! `sqlparser` gives up at fifty levels by itself and never overflows its stack, but before it does it may read a part
//! again for each way that it tries.

use std::ops::Range;

use sqlparser::tokenizer::Token;

use super::lexer::Tok;

/// Brackets deeper than this are not read.
const DEEPEST: usize = 256;
/// Operators between two commas or brackets; more are not read.
const LONGEST_CHAIN: usize = 1_000;

pub(super) type Piece<'a> = Result<&'a [Tok], (Range<usize>, &'static str)>;

/// The tokens, cut behind each semicolon that has a statement before it which cannot be given to the reader.
pub(super) fn pieces(tokens: &[Tok]) -> Vec<Piece<'_>> {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    let (mut read, mut start) = (0, 0);
    for (at, token) in tokens.iter().enumerate() {
        let last = at + 1 == tokens.len();
        if !last && !token.is_sign(&Token::SemiColon) {
            continue;
        }
        let statement = &tokens[start..=at];
        if let Some(why) = shape(statement) {
            if start > read {
                pieces.push(Ok(&tokens[read..start]));
            }
            pieces.push(Err((statement[0].at.start..token.at.end, why)));
            read = at + 1;
        }
        start = at + 1;
    }
    if read < tokens.len() {
        pieces.push(Ok(&tokens[read..]));
    }
    pieces
}

fn shape(tokens: &[Tok]) -> Option<&'static str> {
    let (mut depth, mut chain) = (0usize, 0usize);
    for token in tokens {
        match &token.token.token {
            Token::LParen | Token::LBracket | Token::LBrace => depth += 1,
            Token::RParen | Token::RBracket | Token::RBrace => depth = depth.saturating_sub(1),
            Token::Comma => chain = 0,
            Token::Word(it) if it.quote_style.is_none() => {
                let links = ["and", "or", "not", "union", "join", "case", "when", "is", "like"];
                if links.iter().any(|link| it.value.eq_ignore_ascii_case(link)) {
                    chain += 1;
                }
            }
            Token::Word(_) | Token::Number(..) | Token::SingleQuotedString(_) => {}
            _ => chain += 1,
        }
        if depth > DEEPEST {
            return Some("it is nested too deeply to be read (more than 256 levels)");
        }
        if chain > LONGEST_CHAIN {
            return Some("it chains more than 1,000 operators, too many to be read");
        }
    }
    None
}
