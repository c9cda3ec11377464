//! Types, defaults and conditions as they are written.

use std::ops::Range;

use sqlparser::tokenizer::Token;

use super::Reader;
use super::cursor::{Cursor, Read};
use crate::schema::Expression;

/// Words that end a type, or a default behind its first word.
const OPTIONS: &[&str] = &[
    "after",
    "as",
    "auto_increment",
    "autoincrement",
    "charset",
    "check",
    "collate",
    "comment",
    "constraint",
    "default",
    "first",
    "generated",
    "identity",
    "invisible",
    "key",
    "masked",
    "not",
    "null",
    "on",
    "persisted",
    "primary",
    "references",
    "rowguidcol",
    "sparse",
    "srid",
    "stored",
    "unique",
    "virtual",
    "visible",
    "with",
    "for",
    "column_format",
    "storage",
    "references",
];

pub(super) fn is_option(cursor: &Cursor<'_>) -> bool {
    cursor.is_any(OPTIONS) || cursor.is(&["character", "set"])
}

impl Reader<'_> {
    /// A type as it is written: folded, but for the labels of an enum. SQLite lets it out.
    pub(super) fn data_type(&self, cursor: &mut Cursor<'_>) -> String {
        let tokens = cursor.until(|it| is_option(it) || it.is_sign(&Token::Comma) || it.is_end());
        let mut text = String::new();
        let mut end = None;
        for token in tokens.tokens {
            let word = self.text.get(token.at.clone()).unwrap_or_default();
            let joins = matches!(token.token.token, Token::LParen | Token::RParen | Token::Comma);
            let apart =
                end.is_some_and(|it| it != token.at.start) && !joins && !text.ends_with(['(', ',']);
            if apart {
                text.push(' ');
            }
            end = Some(token.at.end);
            match token.string() {
                Some(_) => text.push_str(word),
                None => text.push_str(&token.word().unwrap_or(word).to_ascii_lowercase()),
            }
        }
        text
    }

    /// The value behind `DEFAULT`: up to the next option.
    pub(super) fn default(&self, cursor: &mut Cursor<'_>) -> Read<Expression> {
        let start = cursor.at;
        if cursor.next().is_none() {
            return Err(cursor.unread("a value"));
        }
        cursor.at = start;
        let first = cursor.at;
        let value = cursor
            .until(|it| it.at > first && is_option(it) || it.is_sign(&Token::Comma) || it.is_end());
        Ok(self.expression(&value))
    }

    pub(super) fn expression(&self, cursor: &Cursor<'_>) -> Expression {
        let at = cursor.range();
        let mut calls = Vec::new();
        let mut columns = Vec::new();
        let mut literals = Vec::new();
        for (index, token) in cursor.tokens.iter().enumerate() {
            if let Some(text) = token.string() {
                literals.push(text.to_owned());
            }
            let Some(word) = token.word() else { continue };
            let next = cursor.tokens.get(index + 1).map(|it| &it.token.token);
            if next == Some(&Token::LParen) && !token.is_quoted() {
                calls.push(word.to_ascii_lowercase());
            } else if next != Some(&Token::Period) && (token.is_quoted() || !is_keyword(token)) {
                columns.push(word.to_owned());
            } else if !token.is_quoted() && word.to_ascii_lowercase().starts_with("current_") {
                calls.push(word.to_ascii_lowercase());
            }
        }
        let constant = constant(cursor);
        Expression {
            text: self.folded(&at),
            per_row: calls.clone(),
            calls,
            columns,
            literals,
            constant,
            at: self.place(at),
            ..Expression::default()
        }
    }

    /// A place of the text at hand as one of the file.
    pub(super) fn place(&self, at: Range<usize>) -> Range<usize> {
        self.whole.clone().unwrap_or(at)
    }
}

/// What a condition is for every row, where its text alone tells: `1 = 1`, `true`.
pub(super) fn constant(cursor: &Cursor<'_>) -> Option<bool> {
    let tokens: Vec<&Token> = cursor.tokens.iter().map(|it| &it.token.token).collect();
    match tokens.as_slice() {
        [Token::LParen, .., Token::RParen] => {
            let mut inner = cursor.clone();
            inner.at = 0;
            let inside = inner.parens().ok()?;
            inner.is_done().then(|| constant(&inside)).flatten()
        }
        [Token::Number(number, _)] => Some(number.chars().any(|it| matches!(it, '1'..='9'))),
        [Token::Word(word)] if word.quote_style.is_none() => word.value.parse().ok(),
        [one, Token::Eq, other] if !matches!(one, Token::Word(_)) => Some(one == other),
        [Token::Word(one), Token::Eq, Token::Word(other)] if one == other => None,
        _ => None,
    }
}

/// Words of an expression that are no columns. Many that are known as keywords somewhere are names all the same: `id`,
/// `plan`, `type`.
fn is_keyword(token: &super::lexer::Tok) -> bool {
    token.is_any(&[
        "all",
        "and",
        "any",
        "as",
        "asc",
        "between",
        "case",
        "cast",
        "collate",
        "current_date",
        "current_time",
        "current_timestamp",
        "current_user",
        "desc",
        "distinct",
        "div",
        "else",
        "end",
        "escape",
        "exists",
        "false",
        "from",
        "glob",
        "having",
        "if",
        "in",
        "interval",
        "is",
        "isnull",
        "like",
        "localtime",
        "localtimestamp",
        "match",
        "mod",
        "not",
        "notnull",
        "null",
        "on",
        "or",
        "regexp",
        "rlike",
        "select",
        "some",
        "then",
        "true",
        "unknown",
        "when",
        "where",
        "xor",
    ])
}
