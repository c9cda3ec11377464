//! `.sprag/baseline.toml`: findings that were there before anybody judged, by fingerprint.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::Problem;
use super::reader::Reader;
use crate::parse::toml::{self, Table, quoted};
use crate::source::Source;

/// Where the baseline is.
pub const PATH: &str = ".sprag/baseline.toml";

const HEADER: &str = "\
# Findings that were there before sprag was. Each is excused as long as it stays what it is.
#
# Written by `sprag baseline`. This list may only shrink: whoever adds to it needs an owner's consent.

version = 1
";

/// Findings that are excused because they are old.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    pub entries: BTreeSet<Entry>,
}

/// One finding. The fingerprint decides, and the rule and the path have to be those that it stands for; the subject is
/// for whoever reads the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub path: String,
    pub rule: String,
    pub subject: String,
    /// 32 hex digits.
    pub fingerprint: String,
}

impl Baseline {
    /// Every problem is told at once. An entry that is there twice, as after a merge, counts once.
    pub fn parse(source: &Source) -> Result<Baseline, Vec<Problem>> {
        let mut r = Reader { source, problems: Vec::new() };
        let mut baseline = Baseline::default();
        match toml::parse(&source.text) {
            Err(errors) => errors.into_iter().for_each(|it| r.problem(it.range, it.message, "")),
            Ok(document) => baseline.read(&mut r, &document),
        }
        r.problems.sort_by_key(|it| it.span.start);
        if r.problems.is_empty() { Ok(baseline) } else { Err(r.problems) }
    }

    fn read(&mut self, r: &mut Reader<'_>, document: &Table) {
        r.only(document, &["version", "finding"], "a baseline");
        match document.get("version") {
            Some(it) => _ = r.number(it, 1, 1),
            None => r.missing(0..0, "version", "run `sprag baseline` to write the file anew"),
        }
        let Some(list) = document.get("finding") else { return };
        for (table, range) in r.tables(list) {
            r.only(table, &["fingerprint", "rule", "path", "subject"], "`[[finding]]`");
            let text = |r: &mut Reader<'_>, key: &str| {
                let help = "run `sprag baseline` to write the file anew";
                let entry = r.required(table, key, &range, help)?;
                r.text(key, &entry.value).map(|it| it.0)
            };
            let (fingerprint, rule) = (text(r, "fingerprint"), text(r, "rule"));
            let (path, subject) = (text(r, "path"), text(r, "subject"));
            let (Some(fingerprint), Some(rule), Some(path), Some(subject)) =
                (fingerprint, rule, path, subject)
            else {
                continue;
            };
            let is_hex = |it: u8| it.is_ascii_digit() || (b'a'..=b'f').contains(&it);
            if fingerprint.len() == 32 && fingerprint.bytes().all(is_hex) {
                self.entries.insert(Entry { path, rule, subject, fingerprint });
            } else {
                let place = table.get("fingerprint").map_or(range, |it| it.value.range.clone());
                r.problem(
                    place,
                    format!("`{fingerprint}` is no fingerprint"),
                    "a fingerprint has 32 hex digits",
                );
            }
        }
    }

    /// The file, the same for the same entries whatever their order was.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = HEADER.to_owned();
        for it in &self.entries {
            text.push_str("\n[[finding]]\n");
            for (key, value) in [
                ("fingerprint", &it.fingerprint),
                ("rule", &it.rule),
                ("path", &it.path),
                ("subject", &it.subject),
            ] {
                _ = writeln!(text, "{key} = {}", quoted(value));
            }
        }
        text
    }

    /// Whether a finding is listed: under its own rule and path, or whoever reads the list is told something else.
    #[must_use]
    pub fn contains(&self, fingerprint: &str, rule: &str, path: &str) -> bool {
        let mut entries = self.entries.iter();
        entries.any(|it| {
            (it.fingerprint.as_str(), it.rule.as_str(), it.path.as_str())
                == (fingerprint, rule, path)
        })
    }

    /// The entries here that `before` did not have.
    #[must_use]
    pub fn grown(&self, before: &Baseline) -> Vec<&Entry> {
        let of = |it: &Entry| (it.fingerprint.clone(), it.rule.clone(), it.path.clone());
        let known: BTreeSet<_> = before.entries.iter().map(of).collect();
        self.entries.iter().filter(|it| !known.contains(&of(it))).collect()
    }

    /// The entries of `before` that are gone here.
    #[must_use]
    pub fn shrunk<'b>(&self, before: &'b Baseline) -> Vec<&'b Entry> {
        before.grown(self)
    }
}
