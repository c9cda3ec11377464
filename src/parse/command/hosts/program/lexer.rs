//! Names, strings and signs of a program.

use std::ops::Range;

use super::token::{Literal, Part, Token, What, code_end, is_name};
use crate::parse::command::Kind;
use crate::parse::command::text::{Spot, Text};

/// How deep code may stand in a string that stands in code in a string.
const DEPTH: usize = 4;
/// How many strings may be found never to end before quotes are no longer looked at.
const UNCLOSED: usize = 64;

/// All tokens in order; those of code inside strings after all others.
pub(super) fn tokens(spots: &[Spot], kind: Kind) -> Vec<Token> {
    let mut found = Vec::new();
    let mut open = vec![(0..spots.len(), 0)];
    let mut unclosed = 0;
    while let Some((range, depth)) = open.pop() {
        let mut lexer = Lexer {
            spots: spots.get(..range.end).unwrap_or_default(),
            kind,
            at: range.start,
            tokens: &mut found,
            inner: Vec::new(),
            body: None,
            unclosed: &mut unclosed,
        };
        lexer.run();
        let inner = std::mem::take(&mut lexer.inner);
        if depth < DEPTH {
            open.extend(inner.into_iter().map(|it| (it, depth + 1)));
        }
        found.push(Token { what: What::Sign(';'), from: range.end, to: range.end });
    }
    found
}

struct Lexer<'a> {
    spots: &'a [Spot],
    kind: Kind,
    at: usize,
    tokens: &'a mut Vec<Token>,
    /// Code inside strings.
    inner: Vec<Range<usize>>,
    /// The body of a here-document of Ruby, which begins on the next line.
    body: Option<Range<usize>>,
    unclosed: &'a mut usize,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.spots.get(self.at + ahead).map(|it| it.c)
    }

    fn starts(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(at, c)| self.peek(at) == Some(c))
    }

    fn run(&mut self) {
        while let Some(c) = self.peek(0) {
            match c {
                '\n' => self.line_end(),
                c if c.is_whitespace() => self.at += 1,
                '/' if self.slashes() && self.starts("//") => self.skip_line(),
                '/' if self.slashes() && self.starts("/*") => self.skip_past("*/"),
                '#' if !self.slashes() || self.at == 0 => self.skip_line(),
                '/' if self.kind == Kind::JavaScript && self.begins_pattern() => self.pattern(),
                '\'' | '"' => self.string(c, false, false),
                '`' if matches!(self.kind, Kind::JavaScript | Kind::Ruby) => {
                    self.string(c, false, true);
                }
                '%' if self.kind == Kind::Ruby => self.percent(),
                '<' if self.kind == Kind::Ruby && self.starts("<<") => self.here_document(),
                c if is_name(c) => self.name(),
                c => self.sign(c),
            }
        }
    }

    /// Whether `//` and `/*` begin comments.
    fn slashes(&self) -> bool {
        matches!(self.kind, Kind::JavaScript | Kind::Jenkins)
    }

    fn push(&mut self, what: What, from: usize) {
        self.tokens.push(Token { what, from, to: self.at.max(from + 1) });
    }

    fn sign(&mut self, c: char) {
        let from = self.at;
        self.at += 1;
        self.push(What::Sign(c), from);
    }

    fn line_end(&mut self) {
        self.at += 1;
        if let Some(body) = self.body.take() {
            self.at = self.at.max(body.end);
        }
        if self.kind == Kind::Ruby && self.starts("=begin") {
            self.skip_past("\n=end");
        }
    }

    fn skip_line(&mut self) {
        while self.peek(0).is_some_and(|it| it != '\n') {
            self.at += 1;
        }
    }

    fn skip_past(&mut self, end: &str) {
        self.at += 2;
        while self.at < self.spots.len() && !self.starts(end) {
            self.at += 1;
        }
        self.at = (self.at + end.len()).min(self.spots.len());
    }

    fn name(&mut self) {
        let from = self.at;
        while self.peek(0).is_some_and(is_name) {
            self.at += 1;
        }
        let name: String = self.spots[from..self.at].iter().map(|it| it.c).collect();
        let prefix = self.kind == Kind::Python && name.len() < 3;
        if prefix && matches!(self.peek(0), Some('\'' | '"')) {
            let has = |c: char| name.to_ascii_lowercase().contains(c);
            if name.chars().all(|it| "rbfuRBFU".contains(it)) {
                let quote = self.peek(0).unwrap_or('"');
                return self.string(quote, has('r'), has('f'));
            }
        }
        self.push(What::Name(name), from);
    }

    /// Whether a `/` begins a regular expression: where a value may begin.
    fn begins_pattern(&self) -> bool {
        const BEFORE: &[&str] =
            &["return", "typeof", "case", "in", "of", "do", "else", "await", "yield"];
        match self.tokens.last().map(|it| &it.what) {
            Some(What::Name(name)) => BEFORE.contains(&name.as_str()),
            Some(What::Literal(_)) => false,
            Some(What::Sign(c)) => !matches!(c, ')' | ']' | '}' | '<'),
            None => true,
        }
    }

    fn pattern(&mut self) {
        let from = self.at;
        let mut class = false;
        self.at += 1;
        while let Some(c) = self.peek(0) {
            self.at += 1;
            match c {
                '\\' => self.at += 1,
                '[' => class = true,
                ']' => class = false,
                '/' if !class => {
                    // As a value, so that a `/` after it divides.
                    return self.push(What::Name("/".to_owned()), from);
                }
                '\n' => break,
                _ => {}
            }
        }
        self.at = from;
        self.sign('/');
    }

    /// A string that begins here. `open`: code may stand in it.
    fn string(&mut self, quote: char, raw: bool, open: bool) {
        let from = self.at;
        let triple: String = [quote; 3].iter().collect();
        let long = self.kind != Kind::JavaScript && self.kind != Kind::Ruby && self.starts(&triple);
        let close = if long { triple } else { quote.to_string() };
        let code = match self.kind {
            Kind::JavaScript => (quote == '`').then_some('$'),
            Kind::Python => open.then_some('{'),
            Kind::Ruby => (quote != '\'').then_some('#'),
            Kind::Jenkins => (quote == '"').then_some('$'),
            _ => None,
        };
        let lines = long || quote == '`' || self.kind == Kind::Ruby;
        self.literal(from, close.len(), &close, Rules { quote, raw, code, lines });
    }

    /// Reads to `close` what begins `skip` characters from here.
    fn literal(&mut self, from: usize, skip: usize, close: &str, rules: Rules) {
        let inner = self.inner.len();
        self.at += skip;
        match self.parts(close, &rules) {
            Some(parts) => {
                self.push(What::Literal(Literal { parts, quote: rules.quote }), from);
            }
            None => {
                // An apostrophe in the text between tags, or a program nobody could run.
                *self.unclosed += usize::from(rules.lines);
                self.inner.truncate(inner);
                self.at = from;
                self.sign(rules.quote);
            }
        }
    }

    fn parts(&mut self, close: &str, rules: &Rules) -> Option<Vec<Part>> {
        if rules.lines && *self.unclosed > UNCLOSED {
            return None;
        }
        let mut parts = Vec::new();
        let mut text = Text::default();
        loop {
            let spot = *self.spots.get(self.at)?;
            if self.starts(close) {
                self.at += close.chars().count();
                break;
            }
            let next = self.peek(1);
            match spot.c {
                '\n' if !rules.lines => return None,
                '\\' if !rules.raw => self.escape(&mut text),
                c if rules.code == Some(c) => match self.code(c, next)? {
                    Inside::Code(code) => {
                        parts.push(Part::Text(std::mem::take(&mut text)));
                        parts.push(Part::Code(code));
                    }
                    Inside::Character => {
                        text.push(spot);
                        self.at += if c == '{' && next == Some('{') { 2 } else { 1 };
                    }
                },
                _ => {
                    text.push(spot);
                    self.at += 1;
                }
            }
        }
        parts.push(Part::Text(text));
        Some(parts)
    }

    /// The code that begins here inside a string; nothing where it is a character like others.
    fn code(&mut self, c: char, next: Option<char>) -> Option<Inside> {
        let from = match (c, next) {
            ('{', Some('{')) => return Some(Inside::Character),
            ('{', _) => self.at + 1,
            (_, Some('{')) => self.at + 2,
            ('$', Some(first)) if self.kind == Kind::Jenkins && is_name(first) => {
                let from = self.at + 1;
                let rest = &self.spots[from..];
                let length = rest.iter().take_while(|it| is_name(it.c) || it.c == '.').count();
                self.at = from + length;
                return Some(Inside::Code(Text::from(&self.spots[from..self.at])));
            }
            _ => return Some(Inside::Character),
        };
        let end = code_end(self.spots, from)?;
        self.inner.push(from..end);
        self.at = end + 1;
        Some(Inside::Code(Text::from(&self.spots[from..end])))
    }

    fn escape(&mut self, text: &mut Text) {
        let start = self.spots[self.at].start;
        let Some(&next) = self.spots.get(self.at + 1) else {
            self.at += 1;
            return;
        };
        self.at += 2;
        let c = match next.c {
            '\n' => return,
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'x' | 'u' => return self.number(next, text, start),
            c => c,
        };
        text.push(Spot { c, start, end: next.end });
    }

    /// `\x70`, `\u0070`, `\u{70}`.
    fn number(&mut self, letter: Spot, text: &mut Text, start: usize) {
        let braces = self.peek(0) == Some('{');
        let from = self.at + usize::from(braces);
        let most = if braces {
            6
        } else if letter.c == 'x' {
            2
        } else {
            4
        };
        let digits = self.spots.get(from..).unwrap_or_default();
        let digits: Vec<u32> = digits.iter().map_while(|it| it.c.to_digit(16)).take(most).collect();
        let value = digits.iter().fold(0, |sum, digit| sum * 16 + digit);
        self.at = from + digits.len();
        if braces && self.peek(0) == Some('}') {
            self.at += 1;
        }
        let end = self.spots.get(self.at - 1).map_or(letter.end, |it| it.end);
        text.push(Spot { c: char::from_u32(value).unwrap_or(' '), start, end });
    }

    /// `%x(…)`, `%q(…)`, `%w[…]` of Ruby.
    fn percent(&mut self) {
        let letter = self.peek(1).filter(|it| matches!(it, 'x' | 'q' | 'Q' | 'w' | 'W'));
        let close = match self.peek(2) {
            Some('(') => ")",
            Some('[') => "]",
            Some('{') => "}",
            Some('|') => "|",
            Some('!') => "!",
            _ => return self.sign('%'),
        };
        let Some(letter) = letter else { return self.sign('%') };
        let quote = if letter == 'x' { '%' } else { letter };
        let code = letter.is_ascii_uppercase() || letter == 'x';
        let code = code.then_some('#');
        self.literal(self.at, 3, close, Rules { quote, raw: false, code, lines: true });
    }

    /// `<<~NAME` of Ruby: the lines below, to the one with that name alone.
    fn here_document(&mut self) {
        let from = self.at;
        let dash = usize::from(matches!(self.peek(2), Some('~' | '-')));
        let quote = usize::from(matches!(self.peek(2 + dash), Some('\'' | '"')));
        let begin = from + 2 + dash + quote;
        let rest = self.spots.get(begin..).unwrap_or_default();
        let name: String = rest.iter().map(|it| it.c).take_while(|it| is_name(*it)).collect();
        let upper = name.starts_with(|it: char| it.is_ascii_uppercase());
        if !upper || self.body.is_some() || *self.unclosed > UNCLOSED {
            return self.sign('<');
        }
        let line = |at: usize| (at..self.spots.len()).find(|&it| self.spots[it].c == '\n');
        let mut at = line(begin).map_or(self.spots.len(), |it| it + 1);
        let first = at;
        while at < self.spots.len() {
            let end = line(at).unwrap_or(self.spots.len());
            let text: String = self.spots[at..end].iter().map(|it| it.c).collect();
            if text.trim() == name {
                let parts = vec![Part::Text(Text::from(&self.spots[first..at]))];
                self.body = Some(first..end);
                self.at = begin + name.chars().count() + quote;
                return self.push(What::Literal(Literal { parts, quote: '<' }), from);
            }
            at = end + 1;
        }
        *self.unclosed += 1;
        self.sign('<');
    }
}

/// What stands in a string where code may begin.
enum Inside {
    Code(Text),
    /// A character like others.
    Character,
}

/// How a string is read.
#[derive(Clone, Copy)]
struct Rules {
    quote: char,
    raw: bool,
    /// What code in it begins with.
    code: Option<char>,
    /// Whether it may go over several lines.
    lines: bool,
}
