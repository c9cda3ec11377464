//! `package.json`: the scripts, the programs it brings along, and what its git hooks run.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::parse::command::names::deploys;
use crate::parse::command::tree::{self, Entry, Format, Node, Tree};
use crate::parse::command::{Call, Host, Kind, LONGEST, Reading, Text, Weight, Word, jsonc};
use crate::parse::json::{self, Json, Member};
use crate::source::Source;

/// The keys that are looked into. A manifest may be long, and most of it is nothing that runs.
const KEYS: &[&str] =
    &["name", "scripts", "prisma", "bin", "lint-staged", "husky", "simple-git-hooks"];

pub(super) fn read(source: &Source) -> Reading {
    let mut reading = Reading::default();
    let plain = source.path.as_bytes().to_ascii_lowercase().ends_with(b".json");
    let entries = if plain { strict(source, &mut reading) } else { loose(source, &mut reading) };
    let entries = last(source, &mut reading, "", entries);
    let name = entries.iter().find(|it| it.key == "name").and_then(|it| it.value.text());
    let name = name.map(Text::to_string).unwrap_or_default();
    for entry in &entries {
        let value = &entry.value;
        match entry.key.as_str() {
            "scripts" => scripts(source, &mut reading, value),
            "prisma" => seed(source, &mut reading, value),
            "bin" => programs(source, &mut reading, &name, value),
            "lint-staged" | "simple-git-hooks" => {
                hooks(source, &mut reading, &entry.key, value);
            }
            "husky" => {
                if let Some(value) = value.get("hooks") {
                    hooks(source, &mut reading, "husky.hooks", value);
                }
            }
            _ => {}
        }
    }
    reading
}

/// What `npm` reads. Others read past comments, so what it does not read is said and read all the same.
fn strict(source: &Source, reading: &mut Reading) -> Vec<Entry> {
    match json::read(&source.text) {
        Json::Value(root) => {
            let Some(members) = root.members() else {
                return not_a_table(source, reading, root.range());
            };
            let members = last_members(source, reading, members);
            let entry = |it: Member<'_>| Entry {
                value: tree::json_tree(&it.value),
                key: it.key,
                key_range: it.key_range,
            };
            members.into_iter().filter(|it| KEYS.contains(&it.key.as_str())).map(entry).collect()
        }
        Json::Malformed(why) => {
            let next = source.text.get(why.offset..).and_then(|it| it.chars().next());
            let end = why.offset + next.map_or(0, char::len_utf8);
            let message = format!("this is not JSON that `npm` reads: {}", why.message);
            reading.problem(&source.path, why.offset..end, message);
            match jsonc::read(&source.text) {
                Ok(Tree { node: Node::Table(entries), .. }) => entries,
                Ok(_) | Err(_) => Vec::new(),
            }
        }
    }
}

/// `package.json5` and `package.yaml`, which `pnpm` reads.
fn loose(source: &Source, reading: &mut Reading) -> Vec<Entry> {
    let trees = tree::read(source, Format::of(source), reading);
    match trees.into_iter().next() {
        Some(Tree { node: Node::Table(entries), .. }) => entries,
        Some(other) => not_a_table(source, reading, other.range),
        None => Vec::new(),
    }
}

fn not_a_table(source: &Source, reading: &mut Reading, range: Range<usize>) -> Vec<Entry> {
    reading.problem(&source.path, range, "a `package.json` is an object");
    Vec::new()
}

fn scripts(source: &Source, reading: &mut Reading, value: &Tree) {
    let Node::Table(entries) = &value.node else {
        let message = "`scripts` is an object of commands";
        reading.problem(&source.path, value.range.clone(), message);
        return;
    };
    for entry in last(source, reading, "scripts.", entries.clone()) {
        let weight = if deploys(&entry.key) { Weight::Named } else { Weight::Maybe };
        script(source, reading, &format!("scripts.{}", entry.key), weight, &entry.value);
    }
}

/// `prisma db seed` runs `prisma.seed`.
fn seed(source: &Source, reading: &mut Reading, value: &Tree) {
    if let Some(value) = value.get("seed") {
        script(source, reading, "prisma.seed", Weight::Maybe, value);
    }
}

/// `bin`: a file for each program, or one for the program that is called as the package is.
fn programs(source: &Source, reading: &mut Reading, name: &str, value: &Tree) {
    let own = name.rsplit('/').next().unwrap_or_default();
    let mut program = |name: &str, value: &Tree| {
        let Some(path) = value.text() else { return };
        let host = Host::new(Kind::PackageJson, source, format!("bin.{name}"), Weight::Maybe);
        reading.link(&host, value.range.clone(), Call::file(Word::new(path.clone())));
    };
    match &value.node {
        Node::Text(_) => program(own, value),
        Node::Table(entries) => entries.iter().for_each(|it| program(&it.key, &it.value)),
        Node::List(_) | Node::Other => {}
    }
}

/// What runs on a commit or a push: for each name a command, or several.
fn hooks(source: &Source, reading: &mut Reading, under: &str, value: &Tree) {
    for entry in value.entries() {
        let host =
            Host::new(Kind::PackageJson, source, format!("{under}.{}", entry.key), Weight::Named);
        let own = std::slice::from_ref(&entry.value);
        let commands = if entry.value.items().is_empty() { own } else { entry.value.items() };
        for command in commands {
            if let Some(text) = command.text() {
                reading.add_shell(&host, &command.range, text);
            }
        }
    }
}

fn script(source: &Source, reading: &mut Reading, key: &str, weight: Weight, value: &Tree) {
    if value.range.len() > LONGEST {
        let message = format!("`{key}` is longer than the {LONGEST} bytes that are followed");
        reading.problem(&source.path, value.range.clone(), message);
        return;
    }
    match value.text() {
        Some(text) => {
            let host = Host::new(Kind::PackageJson, source, key, weight);
            reading.add_shell(&host, &value.range, text);
        }
        None => {
            let message = format!("`{key}` is a command in quotes");
            reading.problem(&source.path, value.range.clone(), message);
        }
    }
}

/// The members that count: of a key that is written twice, the last.
fn last_members<'a>(
    source: &Source,
    reading: &mut Reading,
    members: Vec<Member<'a>>,
) -> Vec<Member<'a>> {
    let keys = members.iter().map(|it| (it.key.clone(), it.key_range.clone())).collect();
    let kept = counting(source, reading, "", keys);
    members.into_iter().zip(kept).filter(|it| it.1).map(|it| it.0).collect()
}

/// As `last_members`.
fn last(source: &Source, reading: &mut Reading, under: &str, entries: Vec<Entry>) -> Vec<Entry> {
    let keys = entries.iter().map(|it| (it.key.clone(), it.key_range.clone())).collect();
    let kept = counting(source, reading, under, keys);
    entries.into_iter().zip(kept).filter(|it| it.1).map(|it| it.0).collect()
}

/// Whether each key is the last of its name.
fn counting(
    source: &Source,
    reading: &mut Reading,
    under: &str,
    keys: Vec<(String, Range<usize>)>,
) -> Vec<bool> {
    let last: BTreeMap<String, usize> =
        keys.iter().enumerate().map(|(at, it)| (it.0.clone(), at)).collect();
    let mut kept = Vec::new();
    for (at, (key, range)) in keys.into_iter().enumerate() {
        let counts = last.get(&key) == Some(&at);
        if !counts {
            let message =
                format!("`{under}{key}` is written again below, and only the last one counts");
            reading.problem(&source.path, range, message);
        }
        kept.push(counts);
    }
    kept
}
