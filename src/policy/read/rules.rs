//! `[rules]` and `[[overrides]]`.

use std::collections::BTreeMap;

use super::super::Pattern;
use super::super::catalogue::Catalogue;
use super::super::reader::Reader;
use super::super::settings::{Override, RuleEntry};
use super::{globs, is_rule, unknown};
use crate::parse::toml::{Entry, Kind};
use crate::rules::Level;

pub(super) fn rules(
    r: &mut Reader<'_>,
    entry: &Entry,
    catalogue: &Catalogue,
) -> BTreeMap<String, RuleEntry> {
    let Some(table) = r.table(entry) else { return BTreeMap::new() };
    let mut rules = BTreeMap::new();
    for entry in &table.entries {
        let known = is_rule(r, &entry.key, entry.key_range.clone(), catalogue);
        // What stands under a name that is no rule's may be meant for anything else.
        let readable = matches!(entry.value.kind, Kind::String(_) | Kind::Table(_));
        if !known && !readable {
            continue;
        }
        let rule = rule(r, entry, catalogue.level(&entry.key));
        if known {
            rules.insert(entry.key.clone(), rule);
        }
    }
    rules
}

fn rule(r: &mut Reader<'_>, entry: &Entry, default: Level) -> RuleEntry {
    let range = entry.key_range.start..entry.value.range.end.max(entry.key_range.end);
    let mut rule = RuleEntry { level: default, reason: None, exempt: Vec::new(), range };
    match &entry.value.kind {
        Kind::String(_) => rule.level = level(r, entry).unwrap_or(default),
        Kind::Table(table) => {
            // A table under its own header ends nowhere near its header.
            rule.range = if r
                .source
                .text
                .get(entry.value.range.clone())
                .is_some_and(|it| it.starts_with('{'))
            {
                rule.range
            } else {
                entry.key_range.clone()
            };
            r.only(table, &["level", "reason", "exempt"], &format!("`{}`", entry.key));
            if table.entries.is_empty() {
                r.problem(
                    entry.value.range.clone(),
                    format!("`{}` is empty", entry.key),
                    "write its level",
                );
            }
            if let Some(it) = table.get("level") {
                rule.level = level(r, it).unwrap_or(default);
            }
            if let Some(it) = table.get("reason") {
                rule.reason = r.text("reason", &it.value).map(|it| it.0);
            }
            if let Some(it) = table.get("exempt") {
                rule.exempt = exempt(r, it, &entry.key);
            }
        }
        _ => {
            let help = format!("write `{} = \"{}\"`", entry.key, default.name());
            r.wrong_type(&entry.key, &entry.value, "a level", help);
        }
    }
    rule
}

fn level(r: &mut Reader<'_>, entry: &Entry) -> Option<Level> {
    let (name, range) = r.text(&entry.key, &entry.value)?;
    let level = Level::ALL.into_iter().find(|it| it.name() == name);
    if level.is_none() {
        unknown(r, range, &name, "level", &Level::ALL.map(Level::name));
    }
    level
}

fn exempt(r: &mut Reader<'_>, entry: &Entry, rule: &str) -> Vec<Pattern> {
    let mut patterns = Vec::new();
    for (text, range) in r.texts(entry) {
        let pattern = Pattern { text, range };
        if pattern.is_everything() {
            let help = format!("write `{rule} = \"allow\"`, which says so");
            r.problem(pattern.range, format!("`{rule}` exempts everything"), help);
        } else {
            patterns.push(pattern);
        }
    }
    patterns
}

pub(super) fn overrides(r: &mut Reader<'_>, entry: &Entry, catalogue: &Catalogue) -> Vec<Override> {
    let mut overrides = Vec::new();
    for (table, range) in r.tables(entry) {
        r.only(table, &["paths", "rules"], "`[[overrides]]`");
        let paths = r.required(table, "paths", &range, "list the globs that this is for");
        let paths = paths.map(|it| globs(r, it)).unwrap_or_default();
        let help = "name rules and levels under `[overrides.rules]`";
        let Some(entry) = r.required(table, "rules", &range, help) else { continue };
        if entry.value.as_table().is_some_and(|it| it.entries.is_empty()) {
            r.problem(entry.key_range.clone(), "`rules` is empty", "name a rule and its level");
        }
        let rules = rules(r, entry, catalogue);
        overrides.push(Override { paths, rules });
    }
    overrides
}
