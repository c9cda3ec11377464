//! What lies beside the way to a command, as facts that bear on it.

use std::fmt::Write as _;
use std::ops::Range;

use super::layout::Layout;
use super::values::{canonical, decides, harmless, inputs, versioned};
use super::{Bearing, Fact, first_line};
use crate::parse::command::Text;
use crate::parse::command::tree::{Entry, Node, Tree};
use crate::source::Source;

pub(super) type Facts = Vec<Fact>;

/// Where a command is, for those who add what is far from it.
pub(super) struct Place<'a> {
    pub(super) source: &'a Source,
    pub(super) layout: &'a Layout,
    /// All texts that the command's part of the file runs: a variable that none of them names is nobody's.
    pub(super) heard: String,
}

impl Place<'_> {
    /// What an entry of a table comes to.
    pub(super) fn fact(&self, entry: &Entry, above: &str, facts: &mut Facts) {
        let path =
            if above.is_empty() { entry.key.clone() } else { format!("{above}.{}", entry.key) };
        if self.layout.opened.contains(&entry.key.as_str()) {
            entry.value.entries().iter().for_each(|it| self.fact(it, &path, facts));
            return;
        }
        let bearing = self.layout.bearing(&entry.key);
        let range = entry.key_range.start..entry.value.range.end.max(entry.key_range.end);
        let value = canonical(self.source, &entry.value);
        let whole = |value: String, version, bearing| Fact {
            bearing,
            key: entry.key.clone(),
            path: path.clone(),
            shown: first_line(&canonical(self.source, &entry.value)),
            value,
            version,
            range: range.clone(),
        };
        match bearing {
            Bearing::Nothing => {}
            Bearing::Variables => self.variables(entry, &path, facts),
            Bearing::Named => {
                let named = |it: &&Entry| self.heard.contains(it.key.as_str());
                for it in entry.value.entries().iter().filter(named) {
                    let value = canonical(self.source, &it.value);
                    let (value, version) = versioned(&value);
                    facts.push(Fact {
                        bearing: Bearing::Brings,
                        key: it.key.clone(),
                        path: format!("{path}.{}", it.key),
                        shown: first_line(&canonical(self.source, &it.value)),
                        value,
                        version,
                        range: it.key_range.start..it.value.range.end,
                    });
                }
            }
            Bearing::Brings => {
                let (value, version) = versioned(&value);
                facts.push(whole(value, version, bearing));
            }
            Bearing::Waits => {
                let items = entry.value.items();
                let each =
                    if items.is_empty() { std::slice::from_ref(&entry.value) } else { items };
                facts.extend(each.iter().map(|it| {
                    let value = canonical(self.source, it);
                    Fact { shown: first_line(&value), ..whole(value, None, bearing) }
                }));
            }
            Bearing::Excuses | Bearing::LeavesOut if harmless(&entry.key, &value) => {}
            Bearing::Decides if harmless(&entry.key, &value) => {}
            Bearing::Runs if matches!(value.as_str(), "bash" | "{run: {shell: bash}}") => {}
            _ => facts.push(whole(value, None, bearing)),
        }
    }

    /// A step or line before the command.
    pub(super) fn step(&self, item: &Tree) -> Fact {
        let mut text = String::new();
        let mut version = None;
        let mut shown = String::new();
        match &item.node {
            Node::Table(entries) => {
                let mut entries: Vec<&Entry> = entries.iter().collect();
                entries.sort_by(|a, b| a.key.cmp(&b.key));
                for entry in entries {
                    const SAID: &[&str] = &["name", "id", "timeout-minutes", "displayName"];
                    if SAID.contains(&entry.key.as_str()) {
                        continue;
                    }
                    let mut value = canonical(self.source, &entry.value);
                    if shown.is_empty() || matches!(entry.key.as_str(), "uses" | "run" | "script") {
                        shown = format!("{}: {}", entry.key, first_line(&value));
                    }
                    if matches!(entry.key.as_str(), "uses" | "task" | "pipe") {
                        (value, version) = versioned(&value);
                    }
                    if entry.key == "with" {
                        value = inputs(self.source, &entry.value);
                        if value.is_empty() {
                            continue;
                        }
                    }
                    if !text.is_empty() {
                        text.push_str("; ");
                    }
                    let _ = write!(text, "{}: {value}", entry.key);
                }
            }
            _ => {
                text = canonical(self.source, item);
                shown = first_line(&text);
            }
        }
        let range = item.range.clone();
        let mut fact = before_fact("steps", text, range);
        fact.version = version;
        fact.shown = shown;
        fact
    }

    fn variables(&self, entry: &Entry, path: &str, facts: &mut Facts) {
        let mut one = |name: &str, value: String, range: Range<usize>| {
            if !(decides(name) || self.names(name)) {
                return;
            }
            facts.push(Fact {
                bearing: Bearing::Variable,
                key: name.to_owned(),
                path: format!("{path}.{name}"),
                shown: first_line(&value),
                value,
                version: None,
                range,
            });
        };
        let range = |it: &Entry| it.key_range.start..it.value.range.end.max(it.key_range.end);
        for it in entry.value.entries() {
            one(&it.key, canonical(self.source, &it.value), range(it));
        }
        for item in entry.value.items() {
            let value = canonical(self.source, item);
            match item.get("name").and_then(Tree::text).map(Text::to_string) {
                Some(name) => one(&name, value, item.range.clone()),
                None => {
                    let name = value.split('=').next().unwrap_or_default().to_owned();
                    one(&name, value, item.range.clone());
                }
            }
        }
        if entry.value.entries().is_empty() && entry.value.items().is_empty() {
            // An expression may be any of them.
            one("PATH", canonical(self.source, &entry.value), range(entry));
        }
    }

    /// Whether what runs there names a variable.
    fn names(&self, name: &str) -> bool {
        ["$", "${", "env.", "$env:", "%", "variables.", "$("]
            .iter()
            .any(|it| self.heard.contains(&format!("{it}{name}")))
    }
}

/// That something stands there at all: what is gone then is told as gone.
pub(super) fn stands(entry: &Entry, path: &str, facts: &mut Facts) {
    facts.push(Fact {
        bearing: Bearing::Decides,
        key: path.to_owned(),
        path: path.to_owned(),
        value: "runs it".to_owned(),
        version: None,
        shown: entry.key.clone(),
        range: entry.key_range.clone(),
    });
}

pub(super) fn before_fact(key: &str, value: String, range: Range<usize>) -> Fact {
    Fact {
        bearing: Bearing::Before,
        key: key.to_owned(),
        path: "before".to_owned(),
        shown: first_line(&value),
        value,
        version: None,
        range,
    }
}
