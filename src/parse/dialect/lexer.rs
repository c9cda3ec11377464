//! A text to tokens, each with its bytes, after what is no SQL has been taken out of it byte for byte.

use std::borrow::Cow;
use std::ops::Range;

use sqlparser::dialect::{Dialect, MsSqlDialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer, Whitespace};

use crate::schema::Provider;

/// A token that is neither white space nor a comment.
#[derive(Clone, Debug)]
pub(super) struct Tok {
    pub(super) token: TokenWithSpan,
    /// In bytes of the text.
    pub(super) at: Range<usize>,
    /// It is the first of its line.
    pub(super) begins_line: bool,
}

impl Tok {
    /// Whether it is this word, without quotes.
    pub(super) fn is(&self, word: &str) -> bool {
        matches!(&self.token.token, Token::Word(it) if it.quote_style.is_none() && it.value.eq_ignore_ascii_case(word))
    }

    pub(super) fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|it| self.is(it))
    }

    pub(super) fn is_sign(&self, sign: &Token) -> bool {
        self.token.token == *sign
    }

    /// A word, in quotes or not.
    pub(super) fn word(&self) -> Option<&str> {
        match &self.token.token {
            Token::Word(it) => Some(&it.value),
            _ => None,
        }
    }

    pub(super) fn is_quoted(&self) -> bool {
        matches!(&self.token.token, Token::Word(it) if it.quote_style.is_some())
    }

    /// What a name in quotes begins with.
    pub(super) fn quote(&self) -> Option<char> {
        match &self.token.token {
            Token::Word(it) => it.quote_style,
            _ => None,
        }
    }

    /// The text of a string.
    pub(super) fn string(&self) -> Option<&str> {
        match &self.token.token {
            Token::SingleQuotedString(it)
            | Token::DoubleQuotedString(it)
            | Token::NationalStringLiteral(it) => Some(it),
            _ => None,
        }
    }
}

/// What a text is made of.
#[derive(Default)]
pub(super) struct Lexed {
    pub(super) tokens: Vec<Tok>,
    pub(super) comments: Vec<Range<usize>>,
    /// Lines that only a client obeys.
    pub(super) client: Vec<Range<usize>>,
    /// Where the text cannot be told apart any further, and why.
    pub(super) broken: Option<(usize, String)>,
}

/// The grammar that `sqlparser` has for a database.
pub(super) fn grammar(provider: Provider) -> &'static dyn Dialect {
    match provider {
        Provider::Mysql => &MySqlDialect {},
        Provider::Sqlite => &SQLiteDialect {},
        Provider::Sqlserver => &MsSqlDialect {},
        Provider::Postgresql | Provider::Cockroachdb => &PostgreSqlDialect {},
    }
}

pub(super) fn lex(text: &str, provider: Provider) -> Lexed {
    let mut lexed = Lexed::default();
    let cut = cut_at_breakpoints(text);
    let clean = match provider {
        Provider::Mysql => mysql(&cut, &mut lexed.client),
        _ => cut.into_owned(),
    };
    let mut found = Vec::new();
    let read =
        Tokenizer::new(grammar(provider), &clean).tokenize_with_location_into_buf(&mut found);
    let mut walk = Walk { text: &clean, at: 0, line: 1, column: 1 };
    let mut begins_line = true;
    for token in found {
        let (start, end) = (token.span.start, token.span.end);
        let start = walk.to(start.line, start.column);
        let at = start..walk.to(end.line, end.column);
        match &token.token {
            Token::Whitespace(Whitespace::Space | Whitespace::Tab) => {}
            Token::Whitespace(Whitespace::Newline) => begins_line = true,
            Token::Whitespace(_) => {
                // A comment to the end of its line takes the line break along.
                begins_line |= clean.get(at.clone()).is_some_and(|it| it.ends_with('\n'));
                lexed.comments.push(at);
            }
            _ => {
                let begins_line = std::mem::take(&mut begins_line);
                lexed.tokens.push(Tok { token, at, begins_line });
            }
        }
    }
    let open = |it: &&Range<usize>| {
        let text = clean.get((*it).clone()).unwrap_or_default();
        text.starts_with("/*") && (text.len() < 4 || !text.ends_with("*/"))
    };
    if let Err(error) = read {
        lexed.broken = Some((walk.at, error.message));
    } else if let Some(open) = lexed.comments.last().filter(open) {
        lexed.broken = Some((open.start, "a comment is not closed".to_owned()));
    }
    lexed
}

/// From lines and columns to bytes, front to back.
struct Walk<'a> {
    text: &'a str,
    at: usize,
    line: u64,
    column: u64,
}

impl Walk<'_> {
    fn to(&mut self, line: u64, column: u64) -> usize {
        let mut chars = self.text[self.at..].chars();
        while (self.line, self.column) < (line, column) {
            let Some(c) = chars.next() else { break };
            self.at += c.len_utf8();
            (self.line, self.column) =
                if c == '\n' { (self.line + 1, 1) } else { (self.line, self.column + 1) };
        }
        self.at
    }
}

/// Drizzle cuts a file at these marks, even inside of a string, and sends what is between them one by one.
fn cut_at_breakpoints(text: &str) -> Cow<'_, str> {
    const MARK: &str = "--> statement-breakpoint";
    if !text.contains(MARK) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(MARK, &format!(";{:1$}", "", MARK.len() - 1)))
}

/// The text of a MySQL file as the server runs it. What stands in `/*! … */` runs (MySQL manual, 11.7), in `/*M! … */`
/// on MariaDB, so that only their marks go. `DELIMITER` is obeyed by the client alone: its line goes, and what it says
/// becomes a semicolon.
fn mysql(text: &str, client: &mut Vec<Range<usize>>) -> String {
    let bytes = text.as_bytes();
    let mut clean = bytes.to_vec();
    let mut runs = false;
    let mut delimiter: Vec<u8> = Vec::new();
    let mut line_start = true;
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let begins = std::mem::replace(&mut line_start, false);
        if begins && is_delimiter(rest) {
            let end = at + line_end(rest);
            let said = text.get(at + "delimiter".len()..end).unwrap_or_default().trim();
            delimiter = said.split_whitespace().next().unwrap_or_default().as_bytes().to_vec();
            if delimiter == b";" {
                delimiter.clear();
            }
            client.push(at..end);
            blank(&mut clean[at..end]);
            at = end;
            continue;
        }
        if !delimiter.is_empty() && rest.starts_with(&delimiter) {
            let end = at + delimiter.len();
            blank(&mut clean[at..end]);
            clean[at] = b';';
            at = end;
            continue;
        }
        at += match rest[0] {
            quote @ (b'\'' | b'"' | b'`') => quoted(rest, quote),
            b'#' => line_end(rest),
            b'-' if is_dashes(rest) => line_end(rest),
            b'/' if rest.starts_with(b"/*!") || rest.starts_with(b"/*M!") => {
                let mark = if rest[2] == b'!' { 3 } else { 4 };
                let version = rest[mark..].iter().take_while(|it| it.is_ascii_digit()).count();
                blank(&mut clean[at..at + mark + version]);
                runs = true;
                mark + version
            }
            b'/' if rest.starts_with(b"/*") => {
                rest.windows(2).skip(2).position(|it| it == b"*/").map_or(rest.len(), |it| it + 4)
            }
            b'*' if runs && rest.starts_with(b"*/") => {
                blank(&mut clean[at..at + 2]);
                runs = false;
                2
            }
            b'\n' => {
                line_start = true;
                1
            }
            it => {
                line_start = begins && it.is_ascii_whitespace();
                1
            }
        };
    }
    // Whole characters are blanked, so this stays UTF-8; if it did not, nothing of it would be read.
    String::from_utf8(clean).unwrap_or_default()
}

fn is_delimiter(rest: &[u8]) -> bool {
    let word = rest.get(.."delimiter".len());
    word.is_some_and(|it| it.eq_ignore_ascii_case(b"delimiter"))
        && rest.get("delimiter".len()).is_some_and(|it| matches!(it, b' ' | b'\t'))
}

/// Two dashes begin a comment only before white space (MySQL manual, 1.7.2.4).
fn is_dashes(rest: &[u8]) -> bool {
    rest.starts_with(b"--") && rest.get(2).is_none_or(u8::is_ascii_whitespace)
}

fn line_end(rest: &[u8]) -> usize {
    rest.iter().position(|it| *it == b'\n').unwrap_or(rest.len())
}

/// How long the string or name is that begins here.
fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(&byte) = rest.get(at) {
        match byte {
            b'\\' if quote != b'`' => at += 2,
            it if it == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

fn blank(bytes: &mut [u8]) {
    bytes.iter_mut().filter(|it| !matches!(it, b'\n' | b'\r')).for_each(|it| *it = b' ');
}
