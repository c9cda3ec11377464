//! What expressions of a program come to, as far as the file alone tells.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::token::{Literal, Part, Token, What, is_sign, name};
pub(super) use super::words::joined;
use super::words::{fields, open, unknown};
use crate::parse::command::text::Text;
use crate::parse::command::{Kind, Word};

/// How deep brackets are followed.
const DEPTH: usize = 4;
/// How many tokens of an expression are looked at that cannot be told.
const NEAR: usize = 60;
/// How many tokens are passed over to find the end of one.
const FAR: usize = 400;
/// How many texts a name may stand for.
const MOST: usize = 32;
/// How many characters all values of a program may come to.
const LENGTH: usize = 1 << 21;

/// A text, or a list of words.
#[derive(Clone)]
pub(super) enum Value {
    Text(Word),
    List(Vec<Word>),
}

/// The names that a program gives to values.
pub(super) struct Values {
    /// None: it is given to several.
    known: BTreeMap<String, Option<Value>>,
    /// The values of keys in objects.
    keys: BTreeMap<String, Option<Value>>,
    /// Names that stand for one of several texts.
    choices: BTreeMap<String, Vec<Word>>,
    kind: Kind,
    left: Cell<usize>,
}

impl Values {
    pub(super) fn new(tokens: &[Token], kind: Kind) -> Values {
        let (known, keys, choices) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut values = Values { known, keys, choices, kind, left: Cell::new(LENGTH) };
        for at in 0..tokens.len() {
            values.take(tokens, at);
        }
        values
    }

    /// Notes what is given a name at a token.
    fn take(&mut self, tokens: &[Token], at: usize) {
        let declares = |it: Option<&str>| matches!(it, Some("const" | "let" | "var"));
        let before = at.checked_sub(1);
        if let Some(variable) = name(tokens, at) {
            let free = before.is_none_or(|it| !is_sign(tokens, it, '.'));
            let declared = self.kind != Kind::JavaScript
                || before.is_some_and(|it| declares(name(tokens, it)));
            if free
                && declared
                && let Some(value) = self.assigned(tokens, at)
            {
                self.declare(tokens, variable, value);
                return self.declare_more(tokens, value);
            }
            let loops = matches!(name(tokens, at + 1), Some("of" | "in"));
            if let Some((Value::List(words), _)) =
                loops.then(|| self.expression(tokens, at + 2, 0)).flatten()
            {
                self.choices.entry(variable.to_owned()).or_default().extend(words);
            }
            self.each(tokens, at);
            if is_sign(tokens, at + 1, ':') {
                self.key(tokens, variable.to_owned(), at + 2);
            }
        } else if let Some(What::Literal(literal)) = tokens.get(at).map(|it| &it.what)
            && is_sign(tokens, at + 1, ':')
            && let Some(key) = literal.plain()
        {
            self.key(tokens, key, at + 2);
        }
    }

    /// Where the value begins that a declaration gives to the name at `at`.
    fn assigned(&self, tokens: &[Token], at: usize) -> Option<usize> {
        let equals = |it: usize| {
            is_sign(tokens, it, '=')
                && !is_sign(tokens, it + 1, '=')
                && !is_sign(tokens, it + 1, '>')
                && !it
                    .checked_sub(1)
                    .is_some_and(|it| "=!<>+".chars().any(|c| is_sign(tokens, it, c)))
        };
        if equals(at + 1) {
            return Some(at + 2);
        }
        // `const X: string[] = …`
        let typed = self.kind != Kind::Ruby && is_sign(tokens, at + 1, ':');
        let end = |it: &usize| is_sign(tokens, *it, ';') || is_sign(tokens, *it, '(');
        let place = (at + 2..at + 9).take_while(|it| !end(it)).find(|it| equals(*it));
        place.filter(|_| typed).map(|it| it + 1)
    }

    /// `const tool = 'npx', words = […]`: what stands after the first value.
    fn declare_more(&mut self, tokens: &[Token], from: usize) {
        let mut from = from;
        for _ in 0..MOST {
            let Some((_, end)) = self.expression(tokens, from, 0) else { return };
            let next = is_sign(tokens, end, ',').then_some(end + 1);
            let next =
                next.filter(|_| self.kind == Kind::JavaScript && is_sign(tokens, end + 2, '='));
            let Some(variable) = next.and_then(|it| name(tokens, it)) else { return };
            from = end + 3;
            self.declare(tokens, variable, from);
        }
    }

    fn declare(&mut self, tokens: &[Token], variable: &str, from: usize) {
        let value = self.expression(tokens, from, 0);
        let ends = value.as_ref().is_some_and(|(_, end)| !self.goes_on(tokens, *end));
        if !ends {
            let texts = self.literals(tokens, from);
            self.choices.entry(variable.to_owned()).or_default().extend(texts);
        }
        let value = value.filter(|_| ends).map(|it| it.0);
        self.known.entry(variable.to_owned()).and_modify(|it| *it = None).or_insert(value);
    }

    fn key(&mut self, tokens: &[Token], key: String, from: usize) {
        let Some((value, end)) = self.expression(tokens, from, 0) else { return };
        let value = (!self.goes_on(tokens, end)).then_some(value);
        self.keys.entry(key).and_modify(|it| *it = None).or_insert(value);
    }

    /// `commands.forEach((command) => …)`.
    fn each(&mut self, tokens: &[Token], at: usize) {
        const EACH: &[&str] = &["forEach", "map", "each", "reduce", "filter"];
        let called = is_sign(tokens, at + 1, '.')
            && name(tokens, at + 2).is_some_and(|it| EACH.contains(&it));
        let Some(Some(Value::List(words))) =
            called.then(|| name(tokens, at)).flatten().and_then(|it| self.known.get(it))
        else {
            return;
        };
        let words = words.clone();
        let first = (at + 3..at + 7).find_map(|it| name(tokens, it).filter(|it| *it != "async"));
        if let Some(first) = first {
            self.choices.entry(first.to_owned()).or_default().extend(words);
        }
    }

    /// Whether what stands at a token makes something else of the value before it.
    fn goes_on(&self, tokens: &[Token], at: usize) -> bool {
        match tokens.get(at).map(|it| &it.what) {
            Some(What::Sign(c)) => "?|&%.+[(*".contains(*c) && !is_sign(tokens, at + 1, '{'),
            Some(What::Name(name)) => self.kind == Kind::Python && (name == "if" || name == "or"),
            Some(What::Literal(_)) | None => false,
        }
    }

    /// The strings in an expression that cannot be told.
    pub(super) fn literals(&self, tokens: &[Token], from: usize) -> Vec<Word> {
        const ENDS: &[&str] = &[
            "const", "let", "var", "function", "for", "while", "return", "def", "import", "class",
        ];
        let mut depth = 0;
        let mut found = Vec::new();
        for token in tokens.iter().skip(from).take(NEAR) {
            match &token.what {
                What::Literal(literal) => found.push(self.word(literal)),
                What::Sign('(' | '[' | '{') => depth += 1,
                What::Sign(')' | ']' | '}') if depth == 0 => break,
                What::Sign(')' | ']' | '}') => depth -= 1,
                What::Sign(',') if depth == 0 => break,
                What::Sign(';') => break,
                What::Name(name) if ENDS.contains(&name.as_str()) => break,
                What::Name(_) | What::Sign(_) => {}
            }
        }
        found
    }

    /// What a name may stand for, where it is one of several.
    pub(super) fn choices(&self, name: &str) -> Vec<Word> {
        let words = self.choices.get(name).into_iter().flatten();
        words.take(MOST).take_while(|it| self.spend(it.text.len()).is_some()).cloned().collect()
    }

    fn named(&self, name: &str) -> Option<Value> {
        let value = self.known.get(name)?.clone()?;
        self.spend(length(&value))?;
        Some(value)
    }

    fn keyed(&self, key: &str) -> Option<Value> {
        let value = self.keys.get(key)?.clone()?;
        self.spend(length(&value))?;
        Some(value)
    }

    /// None where the values of the program have come to too much.
    fn spend(&self, length: usize) -> Option<()> {
        self.left.set(self.left.get().checked_sub(length + 1)?);
        Some(())
    }

    /// The value that begins at a token, and the token after it.
    pub(super) fn expression(
        &self,
        tokens: &[Token],
        at: usize,
        depth: usize,
    ) -> Option<(Value, usize)> {
        let (mut value, mut at) = self.operand(tokens, at, depth)?;
        loop {
            let literal = matches!(tokens.get(at).map(|it| &it.what), Some(What::Literal(_)));
            let adjacent = literal && matches!(self.kind, Kind::Python | Kind::Ruby);
            let plus = is_sign(tokens, at, '+') && !is_sign(tokens, at + 1, '+');
            if !plus && !adjacent {
                return Some((value, at));
            }
            let from = at + usize::from(plus);
            let (next, end) = match self.operand(tokens, from, depth) {
                Some(found) => found,
                None => (Value::Text(unknown(tokens, from)), skip(tokens, from)),
            };
            self.spend(length(&value) + length(&next))?;
            value = match (value, next) {
                (Value::Text(a), Value::Text(b)) => Value::Text(joined([&a, &b], "")),
                (Value::List(a), Value::List(b)) => Value::List([a, b].concat()),
                (Value::List(mut a), Value::Text(b)) => {
                    a.push(b);
                    Value::List(a)
                }
                (Value::Text(_), Value::List(_)) => return None,
            };
            at = end;
        }
    }

    fn operand(&self, tokens: &[Token], at: usize, depth: usize) -> Option<(Value, usize)> {
        if depth > DEPTH {
            return None;
        }
        let (value, at) = match &tokens.get(at)?.what {
            What::Literal(literal) => (self.string(literal)?, at + 1),
            What::Sign('[') => self.list(tokens, at + 1, depth + 1)?,
            What::Sign('(') => {
                let (value, end) = self.expression(tokens, at + 1, depth + 1)?;
                (value, is_sign(tokens, end, ')').then_some(end + 1)?)
            }
            What::Sign(':') if self.kind == Kind::Ruby => {
                let symbol = Word::new(Text::default()).and(name(tokens, at + 1)?);
                (Value::Text(symbol), at + 2)
            }
            What::Name(first) if first == "shlex" && name(tokens, at + 2) == Some("split") => {
                let (value, end) = self.expression(tokens, at + 4, depth + 1)?;
                (fields(value), end + 1)
            }
            What::Name(first) => match (is_sign(tokens, at + 1, '.'), name(tokens, at + 2)) {
                (true, Some(key)) if !is_sign(tokens, at + 3, '(') => (self.keyed(key)?, at + 3),
                _ => (self.named(first)?, at + 1),
            },
            What::Sign(_) => return None,
        };
        self.method(tokens, value, at)
    }

    /// `.join(' ')`, `.split(' ')`, `.trim()` after a value.
    fn method(&self, tokens: &[Token], value: Value, at: usize) -> Option<(Value, usize)> {
        if !is_sign(tokens, at, '.') || !is_sign(tokens, at + 2, '(') {
            return Some((value, at));
        }
        let close = skip(tokens, at + 3);
        let close = is_sign(tokens, close, ')').then_some(close)?;
        let value = match (name(tokens, at + 1)?, value) {
            ("join", Value::List(words)) => Value::Text(joined(&words, " ")),
            // Python: `' '.join(words)`.
            ("join", Value::Text(_)) => match self.operand(tokens, at + 3, DEPTH - 1)?.0 {
                Value::List(words) => Value::Text(joined(&words, " ")),
                Value::Text(_) => return None,
            },
            ("split", value) => fields(value),
            ("trim" | "strip" | "toString" | "freeze" | "squish" | "stripIndent", value) => value,
            _ => return None,
        };
        Some((value, close + 1))
    }

    fn list(&self, tokens: &[Token], at: usize, depth: usize) -> Option<(Value, usize)> {
        let mut words = Vec::new();
        let mut at = at;
        loop {
            if is_sign(tokens, at, ']') {
                return Some((Value::List(words), at + 1));
            }
            while is_sign(tokens, at, '.') || is_sign(tokens, at, '*') {
                at += 1;
            }
            let item = self.expression(tokens, at, depth);
            let whole = |end: usize| is_sign(tokens, end, ',') || is_sign(tokens, end, ']');
            at = match item.filter(|(_, end)| whole(*end)) {
                Some((Value::Text(word), end)) => {
                    words.push(word);
                    end
                }
                Some((Value::List(more), end)) => {
                    words.extend(more);
                    end
                }
                None => {
                    words.push(unknown(tokens, at));
                    skip(tokens, at)
                }
            };
            if is_sign(tokens, at, ',') {
                at += 1;
            } else if !is_sign(tokens, at, ']') {
                return None;
            }
        }
    }

    fn string(&self, literal: &Literal) -> Option<Value> {
        let word = self.word(literal);
        self.spend(word.text.len())?;
        if matches!(literal.quote, 'w' | 'W') {
            return Some(fields(Value::Text(word)));
        }
        Some(Value::Text(word))
    }

    /// A string as a word, in which code stands as `${…}`, as a shell would write what it does not know.
    pub(super) fn word(&self, literal: &Literal) -> Word {
        let mut word = Word::new(Text::default());
        for part in &literal.parts {
            match part {
                Part::Text(text) => word = word.with(&Word::new(text.clone())),
                Part::Code(code) => {
                    let written = code.to_string();
                    let key = written.trim().rsplit('.').next().unwrap_or_default();
                    let value =
                        if written.contains('.') { self.keyed(key) } else { self.named(key) };
                    word = match value {
                        Some(Value::Text(value)) => word.with(&value),
                        Some(Value::List(words)) => word.with(&joined(&words, " ")),
                        None => word.with(&open(code)),
                    };
                }
            }
        }
        word
    }
}

/// The `,` or the closing bracket after what begins at a token; some place before it, where it is far away.
pub(super) fn skip(tokens: &[Token], from: usize) -> usize {
    let mut depth = 0;
    let mut at = from;
    while let Some(token) = tokens.get(at).filter(|_| at < from + FAR) {
        match token.what {
            What::Sign('(' | '[' | '{') => depth += 1,
            What::Sign(')' | ']' | '}') if depth == 0 => break,
            What::Sign(')' | ']' | '}') => depth -= 1,
            What::Sign(',') if depth == 0 => break,
            What::Sign(_) | What::Name(_) | What::Literal(_) => {}
        }
        at += 1;
    }
    at
}

fn length(value: &Value) -> usize {
    match value {
        Value::Text(word) => word.text.len(),
        Value::List(words) => words.iter().map(|it| it.text.len() + 1).sum(),
    }
}
