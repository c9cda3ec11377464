//! Takes typed values out of a TOML tree and says what is wrong with the others.

use std::ops::Range;

use super::Problem;
use super::catalogue::meant;
use crate::parse::toml::{Entry, Kind, Table, Value};
use crate::source::{Source, Span};

/// A text and where it is written.
pub(super) type Placed = (String, Range<usize>);

pub(super) struct Reader<'a> {
    pub(super) source: &'a Source,
    pub(super) problems: Vec<Problem>,
}

impl Reader<'_> {
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.source.path.clone(), range)
    }

    pub(super) fn problem(
        &mut self,
        range: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let help = Some(help.into()).filter(|it| !it.is_empty());
        let span = self.span(range);
        self.problems.push(Problem { message: message.into(), span, help });
    }

    /// Every key that is not in `known` is a problem. `place` names the table.
    pub(super) fn only(&mut self, table: &Table, known: &[&'static str], place: &str) {
        for entry in table.entries.iter().filter(|it| !known.contains(&it.key.as_str())) {
            let help = match meant(&entry.key, known.iter().copied()) {
                Some(key) => format!("did you mean `{key}`?"),
                None => format!("{place} can hold {}", listed(known)),
            };
            self.problem(
                entry.key_range.clone(),
                format!("there is no `{}` in {place}", entry.key),
                help,
            );
        }
    }

    pub(super) fn missing(&mut self, range: Range<usize>, key: &str, help: impl Into<String>) {
        self.problem(range, format!("`{key}` is missing"), help);
    }

    /// The entry of a key that must be there. `range` is the place of the table.
    pub(super) fn required<'t>(
        &mut self,
        table: &'t Table,
        key: &str,
        range: &Range<usize>,
        help: &str,
    ) -> Option<&'t Entry> {
        let entry = table.get(key);
        if entry.is_none() {
            self.missing(range.clone(), key, help);
        }
        entry
    }

    pub(super) fn table<'t>(&mut self, entry: &'t Entry) -> Option<&'t Table> {
        let table = entry.value.as_table();
        if table.is_none() {
            self.wrong_type(
                &entry.key,
                &entry.value,
                "a table",
                format!("write `[{}]` above its keys", entry.key),
            );
        }
        table
    }

    /// The tables of `[[key]]` with the place of each.
    pub(super) fn tables<'t>(&mut self, entry: &'t Entry) -> Vec<(&'t Table, Range<usize>)> {
        let help = || format!("write `[[{}]]` above each", entry.key);
        let Some(values) = entry.value.as_array() else {
            self.wrong_type(&entry.key, &entry.value, "a list of tables", help());
            return Vec::new();
        };
        if values.is_empty() {
            self.problem(
                entry.value.range.clone(),
                format!("`{}` is empty", entry.key),
                "remove it",
            );
        }
        let mut tables = Vec::new();
        for value in values {
            match value.as_table() {
                Some(table) => tables.push((table, value.range.clone())),
                None => self.wrong_type(&entry.key, value, "a list of tables", help()),
            }
        }
        tables
    }

    /// A string with something in it.
    pub(super) fn text(&mut self, key: &str, value: &Value) -> Option<Placed> {
        let Some(text) = value.as_str() else {
            self.wrong_type(key, value, "a string", "put it in quotes");
            return None;
        };
        if text.trim().is_empty() {
            self.problem(
                value.range.clone(),
                format!("`{key}` is empty"),
                "write something or remove the key",
            );
            return None;
        }
        Some((text.to_owned(), value.range.clone()))
    }

    /// A list of strings, at least one, none twice.
    pub(super) fn texts(&mut self, entry: &Entry) -> Vec<Placed> {
        let Some(values) = entry.value.as_array() else {
            let help = if entry.value.as_str().is_some() { "put it in `[` and `]`" } else { "" };
            self.wrong_type(&entry.key, &entry.value, "a list of strings", help);
            return Vec::new();
        };
        if values.is_empty() {
            let message = format!("`{}` is empty", entry.key);
            self.problem(
                entry.value.range.clone(),
                message,
                "name at least one, or remove the key",
            );
        }
        let mut texts: Vec<Placed> = Vec::new();
        for value in values {
            let Some((text, range)) = self.listed_text(&entry.key, value) else { continue };
            if texts.iter().any(|it| it.0 == text) {
                self.problem(range, format!("`{text}` is there twice"), "remove one of the two");
            } else {
                texts.push((text, range));
            }
        }
        texts
    }

    fn listed_text(&mut self, key: &str, value: &Value) -> Option<Placed> {
        let range = value.range.clone();
        match value.as_str() {
            Some(text) if !text.trim().is_empty() => return Some((text.to_owned(), range)),
            Some(_) => self.problem(range, format!("an entry of `{key}` is empty"), "remove it"),
            None => {
                let message =
                    format!("`{key}` is a list of strings, and this is {}", value.kind.name());
                self.problem(range, message, "put it in quotes");
            }
        }
        None
    }

    pub(super) fn wrong_type(
        &mut self,
        key: &str,
        value: &Value,
        wanted: &str,
        help: impl Into<String>,
    ) {
        let message = format!("`{key}` is {wanted}, not {}", value.kind.name());
        self.problem(value.range.clone(), message, help);
    }

    /// A whole number between these two.
    pub(super) fn number(&mut self, entry: &Entry, from: i64, to: i64) -> Option<i64> {
        match &entry.value.kind {
            Kind::Integer(it) if (from..=to).contains(it) => return Some(*it),
            Kind::Integer(it) => {
                let message =
                    format!("`{}` is {it}, which is not between {from} and {to}", entry.key);
                self.problem(entry.value.range.clone(), message, "");
            }
            Kind::String(it) if it.parse::<i64>().is_ok() => {
                self.wrong_type(&entry.key, &entry.value, "an integer", "remove the quotes");
            }
            _ => self.wrong_type(&entry.key, &entry.value, "an integer", "write a whole number"),
        }
        None
    }
}

/// "`a`, `b` and `c`".
pub(super) fn listed(names: &[&str]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [only] => format!("`{only}`"),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|it| format!("`{it}`")).collect();
            format!("{} and `{last}`", first.join(", "))
        }
    }
}
