//! TOML as a tree in which every key and value knows its place. The only owner of the `toml` crate.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

/// Tables and arrays inside each other, deeper than which nothing is read.
const DEPTH: usize = 64;

/// Why a text is not TOML, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Lower case, no full stop.
    pub message: String,
    pub range: Range<usize>,
}

/// A value and the bytes it is written in. A table made of `[headers]` has the range of its first header.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    pub kind: Kind,
    pub range: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    String(String),
    Integer(i64),
    Float(f64),
    Bool(bool),
    /// A day without a time: `2027-06-30`.
    Date {
        year: u16,
        month: u8,
        day: u8,
    },
    /// Any other date or time, as TOML writes it.
    DateTime(String),
    Array(Vec<Value>),
    Table(Table),
}

impl Kind {
    /// What it is, with its article.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::String(_) => "a string",
            Kind::Integer(_) => "an integer",
            Kind::Float(_) => "a float",
            Kind::Bool(_) => "a boolean",
            Kind::Date { .. } => "a date",
            Kind::DateTime(_) => "a date with a time",
            Kind::Array(_) => "a list",
            Kind::Table(_) => "a table",
        }
    }
}

impl Value {
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_array(&self) -> Option<&[Value]> {
        match &self.kind {
            Kind::Array(values) => Some(values),
            _ => None,
        }
    }

    pub fn as_table(&self) -> Option<&Table> {
        match &self.kind {
            Kind::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The bytes between the quotes of a string that is written without escapes, so that a place inside the string
    /// is a place in the file.
    pub fn inside(&self, text: &str) -> Option<Range<usize>> {
        let content = self.as_str()?;
        let written = text.get(self.range.clone())?;
        let lead = written.len() - written.trim_start_matches(['"', '\'']).len();
        let quotes = if lead >= 3 { 3 } else { 1 };
        let rest = &written[quotes.min(written.len())..];
        let newline =
            if quotes == 3 { rest.len() - rest.trim_start_matches(['\r', '\n']).len() } else { 0 };
        let start = self.range.start + quotes + newline;
        let range = start..start + content.len();
        (text.get(range.clone()) == Some(content)).then_some(range)
    }
}

/// Keys and values in the order in which they are written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    pub entries: Vec<Entry>,
}

impl Table {
    /// The entry with exactly this key.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|it| it.key == key)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: String,
    /// The first place where the key is written.
    pub key_range: Range<usize>,
    pub value: Value,
}

/// Reads a whole file. Of several errors in one line only the first is told: the others follow from it.
pub fn parse(text: &str) -> Result<Table, Vec<Error>> {
    if let Some(range) = too_deep(text) {
        return Err(vec![Error { message: format!("is nested more than {DEPTH} deep"), range }]);
    }
    let (document, errors) = DeTable::parse_recoverable(text);
    let mut found: Vec<Error> = Vec::new();
    if !errors.is_empty() {
        let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
        let mut lines = BTreeSet::new();
        for error in errors {
            let range = bounded(error.span().unwrap_or(0..0), text);
            if lines.insert(ends.partition_point(|&end| end < range.start)) {
                found.push(Error { message: wording(error.message()), range });
            }
        }
    }
    let table = table(document.get_ref(), &mut found);
    found.sort_by_key(|it| it.range.start);
    if found.is_empty() { Ok(table) } else { Err(found) }
}

/// A string as TOML writes it, always in one line.
#[must_use]
pub fn quoted(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => _ = write!(out, "\\u{:04X}", u32::from(c)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Where brackets open deeper than `DEPTH`. Strings and comments may hold as many as they like; a quote that never
/// closes ends with its line, as it does for the parser.
fn too_deep(text: &str) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0usize);
    while at < bytes.len() {
        match bytes[at] {
            b'#' => {
                at += bytes[at..].iter().position(|&it| it == b'\n').unwrap_or(bytes.len() - at);
            }
            quote @ (b'"' | b'\'') => at = after_string(bytes, at, quote),
            b'[' | b'{' => {
                depth += 1;
                if depth > DEPTH {
                    return Some(at..at + 1);
                }
                at += 1;
            }
            b']' | b'}' => {
                depth = depth.saturating_sub(1);
                at += 1;
            }
            _ => at += 1,
        }
    }
    None
}

fn after_string(bytes: &[u8], start: usize, quote: u8) -> usize {
    let long = bytes[start..].starts_with(&[quote; 3]);
    let mut at = start + if long { 3 } else { 1 };
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote == b'"' => at += 2,
            b'\n' if !long => return at,
            it if it == quote && !long => return at + 1,
            it if it == quote && bytes[at..].starts_with(&[quote; 3]) => return at + 3,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn bounded(range: Range<usize>, text: &str) -> Range<usize> {
    let start = text.floor_char_boundary(range.start);
    start..text.ceil_char_boundary(range.end).clamp(start, text.len())
}

/// The parser's words, where a reader needs others.
fn wording(message: &str) -> String {
    if message.contains("recurs") {
        return format!("is nested more than {DEPTH} deep");
    }
    match message {
        "duplicate key" => "this key is there twice".to_owned(),
        message => message.to_owned(),
    }
}

fn table(raw: &DeTable<'_>, errors: &mut Vec<Error>) -> Table {
    let mut entries: Vec<Entry> = raw
        .iter()
        .map(|(key, it)| Entry {
            key: key.get_ref().to_string(),
            key_range: key.span(),
            value: value(it.get_ref(), it.span(), errors),
        })
        .collect();
    entries.sort_by_key(|it| it.key_range.start);
    Table { entries }
}

fn value(raw: &DeValue<'_>, range: Range<usize>, errors: &mut Vec<Error>) -> Value {
    let kind = match raw {
        DeValue::String(text) => Kind::String(text.to_string()),
        DeValue::Integer(number) => Kind::Integer(
            i64::from_str_radix(number.as_str(), number.radix()).unwrap_or_else(|_| {
                errors.push(Error {
                    message: "this number does not fit in 64 bits".to_owned(),
                    range: range.clone(),
                });
                0
            }),
        ),
        DeValue::Float(number) => Kind::Float(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(it) => Kind::Bool(*it),
        DeValue::Datetime(it) => date(it),
        DeValue::Array(values) => {
            Kind::Array(values.iter().map(|it| value(it.get_ref(), it.span(), errors)).collect())
        }
        DeValue::Table(it) => Kind::Table(table(it, errors)),
    };
    Value { kind, range }
}

fn date(it: &Datetime) -> Kind {
    match it {
        Datetime { date: Some(date), time: None, offset: None } => {
            Kind::Date { year: date.year, month: date.month, day: date.day }
        }
        it => Kind::DateTime(it.to_string()),
    }
}
