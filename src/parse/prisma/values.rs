//! Attributes and what stands in their brackets, which alone goes on over the end of a line.

use super::ast::{Argument, Attribute, Name, Value, ValueKind};
use super::lexer::Kind;
use super::tokens::Parser;

/// Arrays and functions inside each other, deeper than which nothing is read.
const DEPTH: usize = 64;

/// The attributes that say nothing without an argument.
const NEEDY: &[&str] = &["@default", "@map", "@@id", "@@index", "@@map", "@@schema", "@@unique"];

/// `None` is: it is said what is wrong, and the rest of the brackets cannot be told apart.
impl Parser<'_> {
    /// All `@…` from here on.
    pub(super) fn attributes(&mut self, into: &mut Vec<Attribute>) -> Option<()> {
        while self.is('@') {
            self.attribute("@", into)?;
        }
        Some(())
    }

    /// `sign` is the one that the parser stands on. What is read of a broken one is kept.
    pub(super) fn attribute(&mut self, sign: &str, into: &mut Vec<Attribute>) -> Option<()> {
        let start = self.here().start;
        self.next();
        let Some((text, at)) = self.word() else {
            self.error(&format!("expected an attribute's name after `{sign}`"));
            return None;
        };
        self.next();
        if !plain(text) {
            self.error_at("expected an attribute's name", at.clone());
        }
        let name = Name { text: text.to_owned(), at };
        let mut arguments = Vec::new();
        let mut whole = Some(());
        if self.is('(') {
            let open = self.here().start;
            whole = self.arguments(')', 0, &mut arguments);
            if whole.is_some() && arguments.is_empty() && needs_argument(sign, text) {
                self.error_at("expected an argument between these brackets", open..self.end());
            }
        }
        into.push(Attribute { name, arguments, at: start..self.end() });
        whole
    }

    /// What stands between the bracket that the parser stands on and `close`, commas between it.
    fn arguments(&mut self, close: char, depth: usize, into: &mut Vec<Argument>) -> Option<()> {
        self.next();
        loop {
            self.skip_newlines();
            if self.eat(close) {
                return Some(());
            }
            if self.is(',') {
                self.error("expected a value before `,`");
                self.next();
                continue;
            }
            self.argument(close, depth, into)?;
            self.skip_newlines();
            if !self.eat(',') && !self.is(close) {
                self.error(&format!("expected `,` or `{close}`"));
                return None;
            }
        }
    }

    /// An argument that has a name and no value is left out.
    fn argument(&mut self, close: char, depth: usize, into: &mut Vec<Argument>) -> Option<()> {
        let mut name = None;
        if let Some((text, at)) = self.word()
            && self.sign_after() == Some(':')
        {
            self.next();
            self.next();
            self.skip_newlines();
            if close == ']' {
                self.error_at("an array's value has no name", at.clone());
            }
            if self.is(',') || self.is(close) {
                self.error_at("expected a value after the argument's name", at);
                return Some(());
            }
            name = Some(Name { text: text.to_owned(), at });
        }
        into.push(Argument { name, value: self.value(depth)? });
        Some(())
    }

    /// Inside of `depth` arrays and functions.
    pub(super) fn value(&mut self, depth: usize) -> Option<Value> {
        let at = self.here();
        let kind = match self.peek() {
            Some(Kind::String(content)) => ValueKind::String(content.clone()),
            Some(&Kind::Number(number)) => ValueKind::Number(number.to_owned()),
            Some(&Kind::Word(word)) => {
                if self.sign_after() == Some('(') {
                    self.next();
                    return self.nested(word, ')', depth, at.start);
                }
                if !plain(word) || word.starts_with(|c: char| c.is_ascii_digit()) {
                    self.error("expected a value");
                }
                ValueKind::Constant(word.to_owned())
            }
            Some(Kind::Sign('[')) => return self.nested("", ']', depth, at.start),
            // `where: { active: true }` of an index, which reads like a function of that name.
            Some(Kind::Sign('{')) => return self.nested("{}", '}', depth, at.start),
            _ => {
                self.error("expected a value");
                return None;
            }
        };
        self.next();
        Some(Value { kind, at })
    }

    /// The parser stands on the opening bracket of a function, or of an array.
    fn nested(&mut self, name: &str, close: char, depth: usize, start: usize) -> Option<Value> {
        if depth >= DEPTH {
            self.error(&format!("this is nested more than {DEPTH} deep"));
            return None;
        }
        let mut inside = Vec::new();
        self.arguments(close, depth + 1, &mut inside)?;
        let kind = if close == ']' {
            ValueKind::Array(inside.into_iter().map(|it| it.value).collect())
        } else {
            ValueKind::Function(name.to_owned(), inside)
        };
        Some(Value { kind, at: start..self.end() })
    }
}

/// Whether Prisma takes a word as a name, with dots or without.
pub(super) fn plain(word: &str) -> bool {
    word.is_ascii() && word.starts_with(|c: char| c.is_ascii_alphanumeric())
}

fn needs_argument(sign: &str, name: &str) -> bool {
    NEEDY.iter().any(|it| it.strip_prefix(sign) == Some(name))
}
