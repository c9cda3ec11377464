//! Whether one check lets in all that another does, as far as their texts tell.
//!
//! A check passes where it is true or not known, so `AND` passes where both sides do and `OR` where one does.

use std::cmp::Ordering;

/// A longer check is not read: nobody writes one, and a hostile file must not cost its square.
const MOST: usize = 2000;
/// Brackets inside of brackets are read so far.
const DEEPEST: usize = 8;

/// A check as far as it is understood.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    /// One of these, as they are written: `x IN (…)`, `x = ANY (ARRAY[…])`, `x = …`.
    OneOf {
        of: Vec<Token>,
        values: Vec<Token>,
    },
    /// Compared with a number.
    Bounded {
        of: Vec<Token>,
        upper: bool,
        including: bool,
        bound: f64,
    },
    NotNull(String),
    Other(Vec<Token>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A word, folded, or a name without its quotes.
    Word(String),
    Text(String),
    Number(f64),
    Sign(String),
}

/// Reads a check. Absent: it is too long.
pub(super) fn read(text: &str) -> Option<Condition> {
    let tokens = without_casts(tokens(text)?);
    Some(condition(&tokens, 0))
}

/// Whether whatever passes `old` passes `new`.
pub(super) fn is_wider(old: &Condition, new: &Condition) -> bool {
    match (old, new) {
        (Condition::Any(old), new) => old.iter().all(|it| is_wider(it, new)),
        (old, Condition::All(new)) => new.iter().all(|it| is_wider(old, it)),
        (Condition::All(all), new) => {
            let some =
                || matches!(new, Condition::Any(new) if new.iter().any(|it| is_wider(old, it)));
            all.iter().any(|it| is_wider(it, new)) || some()
        }
        (old, Condition::Any(new)) => new.iter().any(|it| is_wider(old, it)),
        (Condition::OneOf { of: a, values: old }, Condition::OneOf { of: b, values: new }) => {
            a == b && old.iter().all(|it| new.contains(it))
        }
        (
            Condition::Bounded { of: a, upper: one, including: with, bound: old },
            Condition::Bounded { of: b, upper: other, including: too, bound: new },
        ) => {
            let order = if *one { old.partial_cmp(new) } else { new.partial_cmp(old) };
            let further = order == Some(Ordering::Less)
                || (order == Some(Ordering::Equal) && (*too || !*with));
            a == b && one == other && further
        }
        (old, new) => old == new,
    }
}

/// Whether a check passes in every row, given which columns are never null.
pub(super) fn passes(check: &Condition, is_set: &impl Fn(&str) -> bool) -> bool {
    match check {
        Condition::All(all) => all.iter().all(|it| passes(it, is_set)),
        Condition::Any(any) => any.iter().any(|it| passes(it, is_set)),
        Condition::NotNull(column) => is_set(column),
        _ => false,
    }
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if found.len() > MOST {
            return None;
        }
        let (token, end) = match first {
            '\'' | '"' => quoted(rest, first)?,
            _ if first.is_alphabetic() || first == '_' => {
                let word = |it: char| it.is_alphanumeric() || matches!(it, '_' | '$');
                let end = rest.find(|it| !word(it)).unwrap_or(rest.len());
                // A text with a letter before it has escapes of its own.
                if rest.get(end..)?.starts_with('\'') {
                    return None;
                }
                (Token::Word(rest.get(..end)?.to_lowercase()), end)
            }
            _ if first.is_ascii_digit() => {
                let end = rest.find(|it: char| !it.is_ascii_digit() && it != '.');
                let end = end.unwrap_or(rest.len());
                (Token::Number(rest.get(..end)?.parse().ok()?), end)
            }
            '(' | ')' | '[' | ']' | ',' => (Token::Sign(first.to_string()), 1),
            _ => {
                let sign = |it: char| "+-*/<>=~!@#%^&|`?:.".contains(it);
                let end = rest.find(|it| !sign(it)).unwrap_or(rest.len());
                let end = if end == 0 { first.len_utf8() } else { end };
                (Token::Sign(rest.get(..end)?.to_owned()), end)
            }
        };
        found.push(token);
        rest = rest.get(end..)?.trim_start();
    }
    Some(found)
}

/// A text or a quoted name, and where it ends.
fn quoted(rest: &str, quote: char) -> Option<(Token, usize)> {
    let mut content = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != quote {
            content.push(c);
        } else if chars.next_if(|(_, it)| *it == quote).is_some() {
            content.push(quote);
        } else {
            let token = if quote == '"' { name(content) } else { Token::Text(content) };
            return Some((token, at + 1));
        }
    }
    None
}

/// A name that needs no quotes is the same without; any other is told apart from the words of SQL.
fn name(content: String) -> Token {
    const WORDS: &[&str] =
        &["and", "any", "array", "between", "case", "end", "in", "is", "like", "not", "null", "or"];
    let plain = crate::schema::quoted(&content) == content && !WORDS.contains(&content.as_str());
    Token::Word(if plain { content } else { format!("\"{content}\"") })
}

fn is_word(token: Option<&Token>, word: &str) -> bool {
    matches!(token, Some(Token::Word(it)) if it == word)
}

fn is_sign(token: Option<&Token>, sign: &str) -> bool {
    matches!(token, Some(Token::Sign(it)) if it == sign)
}

/// Postgres writes out the type of every constant, and that of a text column.
fn without_casts(tokens: Vec<Token>) -> Vec<Token> {
    const PLAIN: &[&str] =
        &["text", "varchar", "bpchar", "integer", "bigint", "smallint", "numeric"];
    let mut kept: Vec<Token> = Vec::new();
    let mut rest = tokens.into_iter().peekable();
    while let Some(token) = rest.next() {
        if !is_sign(Some(&token), "::") {
            kept.push(token);
            continue;
        }
        let constant = matches!(kept.last(), Some(Token::Text(_) | Token::Number(_)));
        let harmless = |it: &Token| {
            let Token::Word(it) = it else { return false };
            constant || it == "character" || PLAIN.contains(&it.as_str())
        };
        let Some(Token::Word(name)) = rest.next_if(harmless) else {
            kept.push(token);
            continue;
        };
        if is_sign(rest.peek(), ".") {
            rest.next();
            rest.next_if(|it| matches!(it, Token::Word(_)));
        }
        rest.next_if(|it| is_word(Some(it), "varying"));
        if is_sign(rest.peek(), "[") {
            rest.next();
            rest.next_if(|it| is_sign(Some(it), "]"));
        }
        // A number can be written as a text.
        let numeric = matches!(name.as_str(), "integer" | "bigint" | "smallint" | "numeric");
        if let (true, Some(Token::Text(text))) = (numeric, kept.last())
            && let Ok(number) = text.parse()
        {
            kept.pop();
            kept.push(Token::Number(number));
        }
    }
    kept
}

fn condition(tokens: &[Token], depth: usize) -> Condition {
    let tokens = without_brackets(tokens);
    if depth >= DEEPEST {
        return Condition::Other(tokens.to_vec());
    }
    let sides = split(tokens, "or");
    if sides.len() > 1 {
        return Condition::Any(sides.into_iter().map(|it| condition(it, depth + 1)).collect());
    }
    let sides = split(tokens, "and");
    if sides.len() > 1 {
        return Condition::All(sides.into_iter().map(|it| condition(it, depth + 1)).collect());
    }
    comparison(tokens).unwrap_or_else(|| Condition::Other(tokens.to_vec()))
}

/// How deep in brackets each token stands; an opening bracket stands outside, a closing one too.
fn depths(tokens: &[Token]) -> impl Iterator<Item = (usize, &Token, usize)> {
    let mut depth = 0_usize;
    tokens.iter().enumerate().map(move |(at, it)| {
        let opens = matches!(it, Token::Sign(it) if it == "(" || it == "[");
        let closes = matches!(it, Token::Sign(it) if it == ")" || it == "]");
        let case = is_word(Some(it), "case");
        let end = is_word(Some(it), "end");
        if closes || end {
            depth = depth.saturating_sub(1);
        }
        let here = depth;
        if opens || case {
            depth += 1;
        }
        (at, it, here)
    })
}

/// Without brackets around all of it.
fn without_brackets(mut tokens: &[Token]) -> &[Token] {
    while let [first, inner @ .., last] = tokens {
        let around = is_sign(Some(first), "(") && is_sign(Some(last), ")");
        let whole =
            depths(tokens).all(|(at, _, depth)| at == 0 || at + 1 == tokens.len() || depth > 0);
        if !around || !whole {
            break;
        }
        tokens = inner;
    }
    tokens
}

/// At a word outside of brackets; not at the `AND` of a `BETWEEN`.
fn split<'a>(tokens: &'a [Token], word: &str) -> Vec<&'a [Token]> {
    let mut parts = Vec::new();
    let (mut start, mut between) = (0, false);
    for (at, it, depth) in depths(tokens) {
        if depth > 0 {
            continue;
        }
        if is_word(Some(it), "between") {
            between = true;
        } else if between && is_word(Some(it), "and") {
            between = false;
        } else if is_word(Some(it), word) {
            parts.extend(tokens.get(start..at));
            start = at + 1;
        }
    }
    parts.extend(tokens.get(start..));
    parts
}

fn comparison(tokens: &[Token]) -> Option<Condition> {
    let outside = || depths(tokens).filter(|(_, _, depth)| *depth == 0);
    if outside().any(|(_, it, _)| is_word(Some(it), "not")) {
        let [Token::Word(column), is, not, null] = tokens else { return None };
        let said =
            is_word(Some(is), "is") && is_word(Some(not), "not") && is_word(Some(null), "null");
        return said.then(|| Condition::NotNull(column.clone()));
    }
    // Every other operator binds more tightly (Postgres manual, 4.1.6).
    let operator = |it: &Token| match it {
        Token::Word(it) => matches!(it.as_str(), "between" | "ilike" | "in" | "is" | "like"),
        Token::Sign(it) => matches!(it.as_str(), "<" | "<=" | "<>" | "=" | "!=" | ">" | ">="),
        _ => false,
    };
    let mut operators = outside().filter(|(_, it, _)| operator(it));
    let (at, operator, _) = operators.next()?;
    if operators.next().is_some() {
        return None;
    }
    let of = without_brackets(tokens.get(..at)?).to_vec();
    let right = without_brackets(tokens.get(at + 1..)?);
    match operator {
        Token::Word(it) if it == "in" => Some(Condition::OneOf { of, values: list(right)? }),
        Token::Word(it) if it == "between" => {
            let and =
                depths(right).find(|(_, it, depth)| *depth == 0 && is_word(Some(it), "and"))?.0;
            let (low, high) = (number(right.get(..and)?)?, number(right.get(and + 1..)?)?);
            let bounded =
                |upper, bound| Condition::Bounded { of: of.clone(), upper, including: true, bound };
            Some(Condition::All(vec![bounded(false, low), bounded(true, high)]))
        }
        Token::Sign(it) if it == "=" => {
            let values = match right {
                [any, array @ ..] if is_word(Some(any), "any") => {
                    let [array, open, values @ .., close] = without_brackets(array) else {
                        return None;
                    };
                    let is_array = is_word(Some(array), "array")
                        && is_sign(Some(open), "[")
                        && is_sign(Some(close), "]");
                    list(values).filter(|_| is_array)?
                }
                [value @ (Token::Text(_) | Token::Number(_))] => vec![value.clone()],
                _ => return None,
            };
            Some(Condition::OneOf { of, values })
        }
        Token::Sign(it) => {
            let (upper, including) = match it.as_str() {
                "<" => (true, false),
                "<=" => (true, true),
                ">" => (false, false),
                ">=" => (false, true),
                _ => return None,
            };
            Some(Condition::Bounded { of, upper, including, bound: number(right)? })
        }
        _ => None,
    }
}

/// Constants with commas between them.
fn list(tokens: &[Token]) -> Option<Vec<Token>> {
    let parts = tokens.split(|it| is_sign(Some(it), ","));
    let values = parts.map(|it| match without_brackets(it) {
        [value @ Token::Text(_)] => Some(value.clone()),
        it => number(it).map(Token::Number),
    });
    values.collect()
}

fn number(tokens: &[Token]) -> Option<f64> {
    match without_brackets(tokens) {
        [Token::Number(it)] => Some(*it),
        [minus, Token::Number(it)] if is_sign(Some(minus), "-") => Some(-it),
        _ => None,
    }
}
