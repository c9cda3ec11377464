//! `.sprag/applied.toml`: which migrations were applied by hand, when, by whom, and who looked whether they are there.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use super::Problem;
use super::reader::Reader;
use crate::parse::toml::{self, Kind, Table, quoted};
use crate::rules::{Application, Applied};
use crate::source::{RepoPath, Source, Span};

/// Where the ledger is.
pub const PATH: &str = ".sprag/applied.toml";

const HEADER: &str = "\
# Migrations that were applied to the database by hand. What is listed here is neither edited nor removed.
#
# Written by `sprag applied`. An entry stays as it is; a second person may add that it was verified.

version = 1
";

/// Migrations that were applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    pub entries: Vec<Entry>,
}

/// One migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub path: String,
    /// Of the file as git has it, in hex: `git show HEAD:PATH | sha256sum`.
    pub sha256: String,
    /// A day, or a day and a time, as TOML writes them.
    pub at: String,
    pub by: String,
    /// Who looked whether it is there, and when.
    pub verified: Option<(String, String)>,
    /// Where it stands.
    pub range: Range<usize>,
}

/// What every entry has.
const KEYS: [&str; 6] = ["path", "sha256", "at", "by", "verified-by", "verified-at"];

impl Ledger {
    /// Every problem is told at once.
    pub fn parse(source: &Source) -> Result<Ledger, Vec<Problem>> {
        let mut r = Reader { source, problems: Vec::new() };
        let mut ledger = Ledger::default();
        match toml::parse(&source.text) {
            Err(errors) => errors.into_iter().for_each(|it| r.problem(it.range, it.message, "")),
            Ok(document) => ledger.read(&mut r, &document),
        }
        r.problems.sort_by_key(|it| it.span.start);
        if r.problems.is_empty() { Ok(ledger) } else { Err(r.problems) }
    }

    fn read(&mut self, r: &mut Reader<'_>, document: &Table) {
        r.only(document, &["version", "applied"], "a ledger");
        match document.get("version") {
            Some(it) => _ = r.number(it, 1, 1),
            None => r.missing(0..0, "version", "write `version = 1` at the top"),
        }
        let Some(list) = document.get("applied") else { return };
        for (table, range) in r.tables(list) {
            r.only(table, &KEYS, "`[[applied]]`");
            let Some(entry) = entry(r, table, &range) else { continue };
            if self.entries.iter().any(|it| it.path == entry.path) {
                let message = format!("`{}` is there twice", entry.path);
                r.problem(range, message, "keep the entry that was there first");
                continue;
            }
            self.entries.push(entry);
        }
    }

    /// The entry of a migration.
    #[must_use]
    pub fn entry(&self, path: &str) -> Option<&Entry> {
        self.entries.iter().find(|it| it.path == path)
    }

    /// What rules know of it.
    #[must_use]
    pub fn applied(&self, complete: bool) -> Applied {
        let entries: BTreeMap<RepoPath, Application> = self
            .entries
            .iter()
            .map(|it| {
                let Entry { sha256, at, by, .. } = it.clone();
                (RepoPath::from(it.path.as_str()), Application { sha256, at, by })
            })
            .collect();
        Applied { complete: complete && !entries.is_empty(), entries }
    }

    /// The text with one more entry at its end. What is there stays as it is.
    #[must_use]
    pub fn with(text: &str, new: &Entry) -> String {
        let mut out = if text.trim().is_empty() { HEADER.to_owned() } else { text.to_owned() };
        if !out.ends_with('\n') {
            out.push('\n');
        }
        out.push_str("\n[[applied]]\n");
        for (key, value) in [("path", &new.path), ("sha256", &new.sha256)] {
            let _ = writeln!(out, "{key} = {}", quoted(value));
        }
        let _ = writeln!(out, "at = {}\nby = {}", new.at, quoted(&new.by));
        if let Some((name, at)) = &new.verified {
            let _ = writeln!(out, "verified-by = {}\nverified-at = {at}", quoted(name));
        }
        out
    }

    /// The text with who has verified an entry behind what it says already.
    #[must_use]
    pub fn with_verified(text: &str, entry: &Entry, name: &str, at: &str) -> String {
        let end = entry.range.end.min(text.len());
        let end = text[end..].find('\n').map_or(text.len(), |it| end + it);
        let (before, behind) = text.split_at(end);
        format!("{before}\nverified-by = {}\nverified-at = {at}{behind}", quoted(name))
    }

    /// The entries of `before` that are gone here, or say something else. That one was verified may be added.
    #[must_use]
    pub fn rewritten<'b>(&self, before: &'b Ledger) -> Vec<&'b Entry> {
        let same = |old: &Entry, new: &Entry| {
            let is = (&old.path, &old.sha256, &old.at, &old.by);
            let verified = old.verified.is_none() || old.verified == new.verified;
            is == (&new.path, &new.sha256, &new.at, &new.by) && verified
        };
        let kept = |old: &&Entry| !self.entries.iter().any(|new| same(old, new));
        before.entries.iter().filter(kept).collect()
    }

    /// Where an entry stands.
    #[must_use]
    pub fn place(&self, path: &str) -> Span {
        let range = self.entry(path).map_or(0..0, |it| it.range.clone());
        Span::new(PATH.into(), range)
    }
}

fn entry(r: &mut Reader<'_>, table: &Table, range: &Range<usize>) -> Option<Entry> {
    let help = "run `sprag applied` to write an entry";
    let mut text = |key: &str| {
        let entry = r.required(table, key, range, help)?;
        r.text(key, &entry.value)
    };
    let (path, sha256, by) = (text("path"), text("sha256"), text("by"));
    let at = r.required(table, "at", range, help).and_then(|it| time(r, "at", &it.value));
    let verifier = table.get("verified-by").and_then(|it| r.text("verified-by", &it.value));
    let when = table.get("verified-at").and_then(|it| time(r, "verified-at", &it.value));
    let ((path, _), (sha256, place), (by, _), at) = (path?, sha256?, by?, at?);
    let hex = |it: u8| it.is_ascii_digit() || (b'a'..=b'f').contains(&it);
    if sha256.len() != 64 || !sha256.bytes().all(hex) {
        r.problem(
            place,
            format!("`{sha256}` is no SHA-256"),
            "it has 64 hex digits, in lower case",
        );
        return None;
    }
    let verified = match (verifier, when) {
        (Some((name, place)), _) if is_same_person(&name, &by) => {
            let message = format!("`{name}` has applied it, and cannot be who verifies it");
            r.problem(place, message, "let somebody else look");
            return None;
        }
        (Some((name, _)), Some(at)) => Some((name, at)),
        (None, None) => None,
        _ => {
            let message = "`verified-by` and `verified-at` belong together";
            r.problem(range.clone(), message, "write both or neither");
            return None;
        }
    };
    let last = table.entries.iter().map(|it| it.value.range.end).max().unwrap_or(range.end);
    Some(Entry { path, sha256, at, by, verified, range: range.start..last })
}

/// Whether two names are of one person, however they are written.
#[must_use]
pub fn is_same_person(one: &str, other: &str) -> bool {
    let plain = |it: &str| it.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    plain(one) == plain(other)
}

fn time(r: &mut Reader<'_>, key: &str, value: &toml::Value) -> Option<String> {
    match &value.kind {
        Kind::Date { year, month, day } => Some(format!("{year:04}-{month:02}-{day:02}")),
        Kind::DateTime(text)
            if text.starts_with(|it: char| it.is_ascii_digit()) && text.contains('-') =>
        {
            Some(text.clone())
        }
        _ => {
            r.wrong_type(
                key,
                value,
                "a day or a time",
                "write `2027-06-30` or `2027-06-30T14:05:00Z`",
            );
            None
        }
    }
}

/// A day or a time as TOML writes it, where it is one.
#[must_use]
pub fn is_time(text: &str) -> bool {
    let source = Source::new(PATH, format!("at = {text}"));
    let mut r = Reader { source: &source, problems: Vec::new() };
    let read = toml::parse(&source.text);
    let at = read.ok().and_then(|it| time(&mut r, "at", &it.get("at")?.value.clone()));
    at.is_some() && !text.contains('\n')
}
