//! `fly.toml` and `fly.json`: what Fly runs before, at and beside a start.

use std::ops::Range;

use super::fly_build;
use crate::parse::command::tree::{self, Entry, Format, Node, Tree};
use crate::parse::command::{Call, Host, Kind, Reading, Text, Variables, Weight, Word, split};
use crate::parse::json::{self, Json};
use crate::source::Source;

/// Keys whose value is a command, wherever they stand. Fly matches keys in any case.
const COMMANDS: &[&str] =
    &["release_command", "seed_command", "command", "cmd", "entrypoint", "exec"];

pub(super) fn read(source: &Source) -> Reading {
    let mut reading = Reading::default();
    for tree in tree::read(source, Format::of(source), &mut reading) {
        let files = fly_build::files(&tree);
        let environment = fly_build::environment(&tree);
        fly_build::build(source, &mut reading, &tree);
        walk(source, &mut reading, tree, &environment);
        fly_build::copied(&mut reading, &files);
    }
    reading
}

/// Every command of the file, in whatever table it stands.
fn walk(source: &Source, reading: &mut Reading, tree: Tree, environment: &Variables) {
    let mut open = vec![(Vec::<String>::new(), tree)];
    while let Some((path, tree)) = open.pop() {
        match tree.node {
            Node::Table(members) => {
                together(source, reading, &path, &members, environment);
                for entry in members.into_iter().rev() {
                    let path = path.iter().cloned().chain([entry.key]).collect();
                    open.push((path, entry.value));
                }
            }
            Node::List(items) if !is_command(&path) => {
                open.extend(items.into_iter().rev().map(|it| (path.clone(), it)));
            }
            Node::Text(text) if is(path.last(), "machine_config") => {
                machine_config(source, reading, &path, &tree.range, &text);
            }
            Node::Text(text) if is(path.last(), "raw_value") && is(path.first(), "files") => {
                file(source, reading, &path, &tree.range, &text);
            }
            Node::Text(text) if is(path.last(), "local_path") && is(path.first(), "files") => {
                let host = host(source, &path, Weight::Platform);
                reading.link(&host, tree.range, Call::file(Word::new(text)));
            }
            Node::Text(text) if is_command(&path) => {
                let host = host(source, &path, Weight::Platform);
                reading.add_shell_with(&host, &tree.range, &text, environment);
            }
            Node::List(items) => {
                let words = items.into_iter().filter_map(|it| match it.node {
                    Node::Text(text) => Some(Word::new(text)),
                    Node::List(_) | Node::Table(_) | Node::Other => None,
                });
                let words = words.collect();
                let host = host(source, &path, Weight::Platform);
                reading.add_words_with(&host, &tree.range, words, environment);
            }
            Node::Text(_) | Node::Other => {}
        }
    }
}

/// What an image runs that is told its entrypoint and its command apart: the one with the other behind it.
fn together(
    source: &Source,
    reading: &mut Reading,
    path: &[String],
    members: &[Entry],
    environment: &Variables,
) {
    let words = |name: &str| {
        let entry = members.iter().find(|it| is(Some(&it.key), name))?;
        let words: Vec<Word> = match &entry.value.node {
            Node::Text(text) => split(text, environment),
            _ => {
                entry.value.items().iter().filter_map(Tree::text).cloned().map(Word::new).collect()
            }
        };
        Some((entry.value.range.clone(), words))
    };
    let Some((range, mut all)) = words("entrypoint") else { return };
    for name in ["cmd", "command"] {
        if let Some((_, more)) = words(name) {
            all.extend(more);
            let path: Vec<String> = path.iter().cloned().chain(["entrypoint".to_owned()]).collect();
            reading.add_words_with(
                &host(source, &path, Weight::Platform),
                &range,
                all,
                environment,
            );
            return;
        }
    }
}

fn host(source: &Source, path: &[String], weight: Weight) -> Host {
    let key = match path {
        [table @ .., key] if !table.is_empty() => format!("[{}] {key}", table.join(".")),
        _ => path.join("."),
    };
    Host::new(Kind::Fly, source, key, weight)
}

fn is_command(path: &[String]) -> bool {
    let Some((last, tables)) = path.split_last() else { return false };
    if tables.first().is_some_and(|it| is(Some(it), "env") || is(Some(it), "build")) {
        return false;
    }
    tables.first().is_some_and(|it| is(Some(it), "processes"))
        || COMMANDS.iter().any(|it| is(Some(last), it))
}

/// Compares as Go's JSON reader does, through which Fly's configuration passes: case folded, and two letters more.
pub(super) fn is(key: Option<&String>, name: &str) -> bool {
    let folded = |c: char| match c {
        'ſ' => 's',
        '\u{212a}' => 'k',
        c => c.to_ascii_lowercase(),
    };
    key.is_some_and(|it| it.chars().map(folded).eq(name.chars()))
}

/// A file that Fly writes into the machine: perhaps a script.
fn file(
    source: &Source,
    reading: &mut Reading,
    path: &[String],
    range: &Range<usize>,
    text: &Text,
) {
    let first = reading.commands.len();
    let host = host(source, path, Weight::Platform);
    let decoded = base64(&text.to_string()).map(|it| Text::within(&it, range));
    reading.add_shell(&host, range, decoded.as_ref().unwrap_or(text));
    reading.commands[first..].iter_mut().for_each(|it| it.guessed = true);
}

/// Text in base64; none where it is not that.
fn base64(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0u32, 0);
    for c in text.trim_end().trim_end_matches('=').bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).ok()?);
        }
    }
    String::from_utf8(bytes).ok()
}

/// JSON inside TOML; or the name of a file.
fn machine_config(
    source: &Source,
    reading: &mut Reading,
    path: &[String],
    range: &Range<usize>,
    text: &Text,
) {
    let json = text.to_string();
    if !json.trim_start().starts_with('{') {
        let host = host(source, path, Weight::Platform);
        reading.link(&host, range.clone(), Call::file_as(Word::new(text.clone()), Kind::Fly));
        return;
    }
    match json::read(&json) {
        Json::Value(value) => {
            let mut inner = Reading::default();
            walk(
                &Source::new(source.path.clone(), json.as_str()),
                &mut inner,
                tree::json_tree(&value),
                &Variables::new(),
            );
            for mut command in inner.commands {
                // Its places are those of the inner text.
                command.span = crate::source::Span::new(source.path.clone(), range.clone());
                command.words.iter_mut().for_each(|it| it.place(range));
                command.host.key = format!("{} {}", path.join("."), command.host.key).into();
                reading.commands.push(command);
            }
        }
        Json::Malformed(why) => {
            reading.problem(
                &source.path,
                range.clone(),
                format!("`machine_config` is not JSON: {}", why.message),
            );
        }
    }
}
