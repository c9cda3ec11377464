//! The variables of a `Makefile`, and what a text comes to with them.

use std::collections::BTreeMap;

use crate::parse::command::{Spot, Text};

/// How deep variables may hold each other.
const DEPTH: usize = 16;
/// How many characters all of them may come to in one file.
const CHARACTERS: usize = 1 << 20;
/// How many characters one text may come to.
const LONGEST: usize = 1 << 16;
/// How many values of one variable count, where branches set it differently.
const VALUES: usize = 4;

#[derive(Default)]
pub(super) struct Variables {
    values: BTreeMap<String, Vec<Vec<char>>>,
    spent: usize,
}

/// Where a text is expanded.
#[derive(Clone, Default)]
pub(super) struct Place {
    /// Which of several values counts.
    pub(super) branch: usize,
    /// `$@`, `$<` and `$^`.
    pub(super) target: String,
    pub(super) first: String,
    pub(super) all: String,
}

impl Variables {
    /// Sets a variable. `perhaps`: only in one branch of several, so its other values count too.
    pub(super) fn set(&mut self, name: &str, value: Vec<char>, perhaps: bool) {
        let values = self.values.entry(name.to_owned()).or_default();
        if !perhaps {
            values.clear();
        }
        if values.len() < VALUES {
            values.push(value);
        }
    }

    pub(super) fn append(&mut self, name: &str, value: &[char], perhaps: bool) {
        let last = self.values.get(name).and_then(|it| it.last()).cloned();
        let mut whole = last.unwrap_or_default();
        self.spent += whole.len();
        if self.spent > CHARACTERS {
            return;
        }
        whole.push(' ');
        whole.extend(value);
        self.set(name, whole, perhaps);
    }

    pub(super) fn is_set(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// How many ways there are to read a text, by the variables it names.
    pub(super) fn branches(&self, text: &Text) -> usize {
        let text = text.to_string();
        let names = text.split(['$', '(', ')', '{', '}', ' ']);
        names.filter_map(|it| self.values.get(it)).map(Vec::len).max().unwrap_or(1)
    }

    /// A text as make hands it on: what it puts in stands at the place it is put into. What make alone could tell is
    /// left as a variable of the shell that nobody sets.
    pub(super) fn expand(&mut self, text: &[Spot], place: &Place) -> Text {
        let mut out = Text::default();
        let mut at = 0;
        while let Some(&spot) = text.get(at) {
            if spot.c != '$' {
                out.push(spot);
                at += 1;
                continue;
            }
            let end = reference_end(text.get(at..).unwrap_or_default()) + at;
            let reference = text.get(at..end).unwrap_or_default();
            let chars: Vec<char> = reference.iter().map(|it| it.c).collect();
            let (start, last) = (spot.start, reference.last().map_or(spot.end, |it| it.end));
            let mut value = Vec::new();
            self.reference(&chars, place, 0, &mut value);
            for c in value {
                out.push(Spot { c, start, end: last });
            }
            at = end;
        }
        out
    }

    /// A text without places.
    pub(super) fn expanded(&mut self, text: &str, place: &Place) -> String {
        let mut out = Vec::new();
        self.chars(&text.chars().collect::<Vec<_>>(), place, 0, &mut out);
        out.into_iter().collect()
    }

    fn chars(&mut self, text: &[char], place: &Place, depth: usize, out: &mut Vec<char>) {
        let mut at = 0;
        while let Some(&c) = text.get(at) {
            self.spent += 1;
            if self.spent > CHARACTERS || out.len() > LONGEST {
                return unknown("make", out);
            }
            if c != '$' {
                out.push(c);
                at += 1;
                continue;
            }
            let rest = text.get(at..).unwrap_or_default();
            let length = char_reference_end(rest);
            self.reference(rest.get(..length).unwrap_or_default(), place, depth, out);
            at += length;
        }
    }

    /// `$X`, `$(X)`, `${X}`, `$$`, `$(shell …)`. No deeper than `DEPTH`.
    fn reference(&mut self, written: &[char], place: &Place, depth: usize, out: &mut Vec<char>) {
        let inner: String = match written {
            [_, '(' | '{', inner @ .., ')' | '}'] => inner.iter().collect(),
            [_, '(' | '{', ..] | [_] => return unknown("make", out),
            [_, rest @ ..] => rest.iter().collect(),
            [] => return,
        };
        let (word, rest) = inner.split_once([' ', '\t']).unwrap_or((&inner, ""));
        let put = |text: &str, out: &mut Vec<char>| out.extend(text.chars());
        match word {
            "$" => out.push('$'),
            "@" => put(&place.target, out),
            "<" => put(&place.first, out),
            "^" | "+" => put(&place.all, out),
            "MAKE" if !self.is_set(word) => put("make", out),
            "CURDIR" | "PWD" if !self.is_set(word) => out.push('.'),
            "SHELL" if !self.is_set(word) => put("sh", out),
            _ if depth >= DEPTH => unknown(word, out),
            "shell" => {
                put("$(", out);
                self.chars(&rest.chars().collect::<Vec<_>>(), place, depth + 1, out);
                out.push(')');
            }
            // What only tells the one who types.
            "info" | "warning" | "error" => {}
            "strip" | "or" if !rest.contains(',') => {
                self.chars(&rest.trim().chars().collect::<Vec<_>>(), place, depth + 1, out);
            }
            "call" => self.call(rest, place, depth, out),
            name if rest.is_empty() => match self.value(name, place.branch) {
                Some(value) => self.chars(&value, place, depth + 1, out),
                None => unknown(name, out),
            },
            name => unknown(name, out),
        }
    }

    /// `$(call name,a,b)`: `$(1)` and `$(2)` in it are `a` and `b`.
    fn call(&mut self, rest: &str, place: &Place, depth: usize, out: &mut Vec<char>) {
        let mut parts = rest.split(',').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let Some(body) = self.value(name, place.branch) else { return unknown(name, out) };
        let mut body: String = body.into_iter().collect();
        for (at, part) in parts.take(9).enumerate() {
            for form in
                [format!("$({})", at + 1), format!("${{{}}}", at + 1), format!("${}", at + 1)]
            {
                body = body.replace(&form, part);
            }
            self.spent += body.len();
            if self.spent > CHARACTERS {
                return unknown(name, out);
            }
        }
        self.chars(&body.chars().collect::<Vec<_>>(), place, depth + 1, out);
    }

    fn value(&self, name: &str, branch: usize) -> Option<Vec<char>> {
        let values = self.values.get(name)?;
        values.get(branch).or(values.last()).cloned()
    }
}

/// A variable of the shell that is set nowhere.
fn unknown(name: &str, out: &mut Vec<char>) {
    let name = name.chars().filter(|it| *it == '_' || it.is_ascii_alphanumeric());
    out.extend("${".chars().chain(name).chain(['}']));
}

fn reference_end(spots: &[Spot]) -> usize {
    end(|at| spots.get(at).map(|it| it.c))
}

fn char_reference_end(chars: &[char]) -> usize {
    end(|at| chars.get(at).copied())
}

/// The length of the reference that begins with the `$` at 0; to the end of everything where it is not closed.
fn end(c: impl Fn(usize) -> Option<char>) -> usize {
    let (open, close) = match c(1) {
        Some('(') => ('(', ')'),
        Some('{') => ('{', '}'),
        Some(_) => return 2,
        None => return 1,
    };
    let mut depth = 0_usize;
    let mut at = 1;
    while let Some(it) = c(at) {
        at += 1;
        if it == open {
            depth += 1;
        } else if it == close {
            depth -= 1;
            if depth == 0 {
                return at;
            }
        }
    }
    at
}
