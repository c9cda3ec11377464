//! `fly.toml` and `fly.json`: what Fly runs before, at and beside a start.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Host, Kind, LONGEST, Reading, Text, Weight, Word};
use crate::parse::json::{self, Json, Value};
use crate::source::Source;

/// Keys whose value is a command, wherever they stand. Fly matches keys in any case.
const COMMANDS: &[&str] =
    &["release_command", "seed_command", "command", "cmd", "entrypoint", "exec"];

pub(super) fn read_toml(source: &Source) -> Reading {
    let mut reading = Reading::default();
    if too_long(source, &mut reading) {
        return reading;
    }
    let (tree, problems) = toml_tree(&source.text);
    for (range, message) in problems {
        reading.problem(&source.path, range, message);
    }
    walk(source, &mut reading, tree);
    reading
}

pub(super) fn read_json(source: &Source) -> Reading {
    let mut reading = Reading::default();
    if too_long(source, &mut reading) {
        return reading;
    }
    match json::read(&source.text) {
        Json::Value(value) => walk(source, &mut reading, json_tree(&value)),
        Json::Malformed(why) => reading.problem(&source.path, why.offset..why.offset, why.message),
    }
    reading
}

fn too_long(source: &Source, reading: &mut Reading) -> bool {
    let long = source.text.len() > LONGEST;
    if long {
        let message = format!("this is longer than the {LONGEST} bytes that are read of it");
        reading.problem(&source.path, 0..0, message);
    }
    long
}

/// What TOML and JSON have in common.
struct Tree {
    range: Range<usize>,
    kind: Node,
}

enum Node {
    Text(Text),
    List(Vec<Tree>),
    Table(Vec<(String, Tree)>),
    Other,
}

/// Every command of the file, in whatever table it stands.
fn walk(source: &Source, reading: &mut Reading, tree: Tree) {
    let mut open = vec![(Vec::<String>::new(), tree)];
    while let Some((path, tree)) = open.pop() {
        match tree.kind {
            Node::Table(members) => {
                for (key, value) in members.into_iter().rev() {
                    let path = path.iter().cloned().chain([key]).collect();
                    open.push((path, value));
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
            Node::Text(text) if is_command(&path) => {
                let host = host(source, &path, Weight::Deploys);
                reading.add_shell(&host, &tree.range, &text);
            }
            Node::List(items) => {
                let words = items.into_iter().filter_map(|it| match it.kind {
                    Node::Text(text) => Some(Word::new(text)),
                    Node::List(_) | Node::Table(_) | Node::Other => None,
                });
                let words = words.collect();
                reading.add_words(&host(source, &path, Weight::Deploys), &tree.range, words);
            }
            Node::Text(_) | Node::Other => {}
        }
    }
}

fn host(source: &Source, path: &[String], weight: Weight) -> Host {
    let key = match path {
        [table @ .., key] if !table.is_empty() => format!("[{}] {key}", table.join(".")),
        _ => path.join("."),
    };
    Host { kind: Kind::Fly, path: source.path.clone(), key: key.into(), weight }
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
fn is(key: Option<&String>, name: &str) -> bool {
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
    let host = host(source, path, Weight::Deploys);
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
        return;
    }
    match json::read(&json) {
        Json::Value(value) => {
            let mut inner = Reading::default();
            walk(&Source::new(source.path.clone(), json.as_str()), &mut inner, json_tree(&value));
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

/// No deeper than `json::read` lets through.
fn json_tree(value: &Value<'_>) -> Tree {
    let kind = if let Some(text) = value.text() {
        Node::Text(text)
    } else if let Some(members) = value.members() {
        Node::Table(members.into_iter().map(|it| (it.key, json_tree(&it.value))).collect())
    } else if let Some(items) = value.items() {
        Node::List(items.iter().map(json_tree).collect())
    } else {
        Node::Other
    };
    Tree { range: value.range(), kind }
}

/// The tree of a TOML text and what is wrong with it.
fn toml_tree(text: &str) -> (Tree, Vec<(Range<usize>, String)>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let problems = errors.into_iter().take(1).map(|it| {
        let range = it.span().unwrap_or_default();
        let start = text.floor_char_boundary(range.start);
        let end = text.ceil_char_boundary(range.end.min(text.len()));
        (start..end.max(start), format!("this is not TOML: {}", it.message()))
    });
    (toml_table(text, table.span(), table.get_ref()), problems.collect())
}

/// No deeper than `toml` lets through.
fn toml_table(text: &str, range: Range<usize>, table: &DeTable<'_>) -> Tree {
    let members =
        table.iter().map(|(key, value)| (key.get_ref().to_string(), toml_value(text, value)));
    Tree { range, kind: Node::Table(members.collect()) }
}

fn toml_value(text: &str, value: &Spanned<DeValue<'_>>) -> Tree {
    let range = value.span();
    let kind = match value.get_ref() {
        DeValue::String(string) => Node::Text(toml_string(text, &range, string)),
        DeValue::Array(items) => Node::List(items.iter().map(|it| toml_value(text, it)).collect()),
        DeValue::Table(table) => return toml_table(text, range, table),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
            Node::Other
        }
    };
    Tree { range, kind }
}

/// Exact where the string stands in the file as it is; the whole value where it has escapes.
fn toml_string(text: &str, range: &Range<usize>, string: &str) -> Text {
    let written = text.get(range.clone()).unwrap_or_default();
    let quotes = if written.starts_with("'''") || written.starts_with("\"\"\"") { 3 } else { 1 };
    let inside = written.get(quotes..written.len().saturating_sub(quotes)).unwrap_or_default();
    let body = inside.strip_prefix("\r\n").or_else(|| inside.strip_prefix('\n')).unwrap_or(inside);
    if body == string {
        Text::plain(string, range.start + quotes + inside.len() - body.len())
    } else {
        Text::within(string, range)
    }
}
