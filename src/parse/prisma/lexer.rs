//! A `schema.prisma` cut into words, strings and signs. Comments are left out, and where a line ends is kept.

use std::ops::Range;

use super::ast::SyntaxError;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) at: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// With the dots and hyphens in it: `model`, `user-id`, `db.VarChar`, `1st`.
    Word(&'a str),
    /// With its sign and fraction: `-1.50`.
    Number(&'a str),
    /// Its escapes read.
    String(String),
    /// `@@`.
    Block,
    /// Any other character, also one that stands nowhere in the language.
    Sign(char),
    /// Also a comment that goes over the end of its line.
    Newline,
}

/// All of a text, with what is wrong inside strings and comments.
pub(super) fn read(text: &str) -> (Vec<Token<'_>>, Vec<SyntaxError>) {
    // Prisma reads past the mark at a file's beginning.
    let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut lexer = Lexer { text, at, errors: Vec::new() };
    let mut tokens = Vec::new();
    while let Some(c) = lexer.peek() {
        let start = lexer.at;
        if let Some(kind) = lexer.token(c) {
            tokens.push(Token { kind, at: start..lexer.at });
        }
    }
    (tokens, lexer.errors)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    errors: Vec<SyntaxError>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// The characters from here on of which `is` holds.
    fn run(&mut self, is: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c| !is(c)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn error(&mut self, message: &str, start: usize) {
        self.errors.push(SyntaxError { message: message.to_owned(), at: start..self.at });
    }

    /// What begins with `c`, unless it is space or a comment.
    fn token(&mut self, c: char) -> Option<Kind<'a>> {
        let rest = self.rest();
        match c {
            c if is_space(c) => {
                self.run(is_space);
                None
            }
            '\n' | '\r' => {
                self.at += if rest.starts_with("\r\n") { 2 } else { 1 };
                Some(Kind::Newline)
            }
            '/' if rest.starts_with("//") => {
                self.run(|c| !is_newline(c));
                None
            }
            '/' if rest.starts_with("/*") => self.comment(),
            '"' => Some(self.string()),
            '@' if rest.starts_with("@@") => {
                self.at += 2;
                Some(Kind::Block)
            }
            '0'..='9' => Some(self.number_or_word()),
            '-' if digit_second(rest) => {
                self.next();
                Some(self.number(rest))
            }
            c if c.is_alphabetic() || c == '_' || c.is_numeric() => {
                Some(Kind::Word(self.run(is_word)))
            }
            c => {
                self.next();
                Some(Kind::Sign(c))
            }
        }
    }

    fn comment(&mut self) -> Option<Kind<'a>> {
        let rest = self.rest();
        let start = self.at;
        self.at += 2;
        if let Some(length) = self.rest().find("*/") {
            self.at += length + 2;
        } else {
            self.error("this comment is not closed", start);
            self.at = self.text.len();
        }
        let comment = rest.get(..self.at - start).unwrap_or_default();
        comment.contains(is_newline).then_some(Kind::Newline)
    }

    /// A name may begin with a digit, or be nothing but digits.
    fn number_or_word(&mut self) -> Kind<'a> {
        let rest = self.rest();
        let start = self.at;
        self.run(|c| c.is_ascii_digit());
        if !self.peek().is_some_and(|c| c != '.' && is_word(c)) {
            self.at = start;
            return self.number(rest);
        }
        self.at = start;
        Kind::Word(self.run(is_word))
    }

    /// From its first digit on. `written` begins with its sign.
    fn number(&mut self, written: &'a str) -> Kind<'a> {
        self.run(|c| c.is_ascii_digit());
        if self.peek() == Some('.') && digit_second(self.rest()) {
            self.next();
            self.run(|c| c.is_ascii_digit());
        }
        let length = written.len() - self.rest().len();
        Kind::Number(written.get(..length).unwrap_or_default())
    }

    /// A quote that never closes ends with its line, so that the next one is read.
    fn string(&mut self) -> Kind<'a> {
        let start = self.at;
        self.next();
        let mut content = String::new();
        loop {
            let at = self.at;
            match self.peek() {
                None | Some('\n' | '\r') => {
                    self.error("this string is not closed", start);
                    break;
                }
                Some('"') => {
                    self.next();
                    break;
                }
                Some('\\') => content.extend(self.escape()),
                Some(c) => {
                    self.next();
                    if c < ' ' {
                        self.error("a string has no control character in it", at);
                    }
                    content.push(c);
                }
            }
        }
        Kind::String(content)
    }

    /// Nothing where the line ends after the backslash.
    fn escape(&mut self) -> Option<char> {
        let start = self.at;
        self.next();
        let c = self.peek().filter(|&c| !is_newline(c))?;
        self.next();
        Some(match c {
            '"' | '\\' | '/' => c,
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => self.unicode(start),
            c => {
                self.error("a string has no such escape", start);
                c
            }
        })
    }

    /// What follows `\u`, and of a character in two halves its second `\u` as well.
    fn unicode(&mut self, start: usize) -> char {
        let Some(first) = self.hex() else {
            self.error("expected four hexadecimal digits after `\\u`", start);
            return char::REPLACEMENT_CHARACTER;
        };
        let mut code = first;
        if (0xd800..0xdc00).contains(&first) && self.rest().starts_with("\\u") {
            let here = self.at;
            self.at += 2;
            match self.hex() {
                Some(second @ 0xdc00..0xe000) => {
                    code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                }
                _ => self.at = here,
            }
        }
        char::from_u32(code).unwrap_or_else(|| {
            self.error("this is half of a character", start);
            char::REPLACEMENT_CHARACTER
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let digits =
            self.rest().get(..4).filter(|it| it.bytes().all(|it| it.is_ascii_hexdigit()))?;
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}

fn digit_second(text: &str) -> bool {
    text.as_bytes().get(1).is_some_and(u8::is_ascii_digit)
}

pub(super) fn is_newline(c: char) -> bool {
    matches!(c, '\n' | '\r')
}

/// Unicode's space separators, and the tab.
fn is_space(c: char) -> bool {
    matches!(c, '\t' | ' ' | '\u{a0}' | '\u{1680}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
        || ('\u{2000}'..='\u{200a}').contains(&c)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}
