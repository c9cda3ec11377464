//! What TOML, JSON and YAML have in common: texts, lists and tables, each with its place.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Reading, Text, jsonc, yaml};
use crate::parse::json::{self, Json, Value};
use crate::source::Source;

/// A value with its place.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub(super) range: Range<usize>,
    pub(super) node: Node,
    /// The tag of a YAML value that is none of the usual ones: `!reference`.
    pub(super) tag: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) enum Node {
    Text(Text),
    List(Vec<Tree>),
    Table(Vec<Entry>),
    /// A number, a date, `true`, nothing.
    Other,
}

/// A key of a table and what it stands for, in the order they are written.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_range: Range<usize>,
    pub(super) value: Tree,
}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Toml,
    Json,
    /// With comments and bare keys.
    Json5,
    Yaml,
}

impl Format {
    /// What the name of a file says. Tools that take several formats go by it too.
    pub(super) fn of(source: &Source) -> Format {
        let name = String::from_utf8_lossy(source.path.file_name()).to_ascii_lowercase();
        match name.rsplit_once('.').map(|it| it.1) {
            Some("json") => Format::Json,
            Some("json5" | "jsonc") => Format::Json5,
            Some("yml" | "yaml") => Format::Yaml,
            _ => Format::Toml,
        }
    }
}

/// The values of a file: one, or one for each document of YAML. What is wrong with it is told to `reading`.
pub(super) fn read(source: &Source, format: Format, reading: &mut Reading) -> Vec<Tree> {
    match format {
        Format::Toml => {
            let (tree, problems) = toml_tree(&source.text);
            for (range, message) in problems {
                reading.problem(&source.path, range, message);
            }
            vec![tree]
        }
        Format::Json => match json::read(&source.text) {
            Json::Value(value) => vec![json_tree(&value)],
            Json::Malformed(why) => {
                let message = format!("this is not JSON: {}", why.message);
                reading.problem(&source.path, why.offset..why.offset, message);
                Vec::new()
            }
        },
        Format::Json5 => match jsonc::read(&source.text) {
            Ok(tree) => vec![tree],
            Err((offset, why)) => {
                let message = format!("this is not JSON: {why}");
                reading.problem(&source.path, offset..offset, message);
                Vec::new()
            }
        },
        Format::Yaml => {
            let (trees, problem) = yaml::read(&source.text);
            if let Some((range, message)) = problem {
                reading.problem(&source.path, range, message);
            }
            trees
        }
    }
}

impl Tree {
    /// The text itself; none of another value.
    pub(super) fn text(&self) -> Option<&Text> {
        match &self.node {
            Node::Text(text) => Some(text),
            Node::List(_) | Node::Table(_) | Node::Other => None,
        }
    }

    /// The items of a list; none of another value.
    pub(super) fn items(&self) -> &[Tree] {
        match &self.node {
            Node::List(items) => items,
            Node::Text(_) | Node::Table(_) | Node::Other => &[],
        }
    }

    /// The entries of a table; none of another value.
    pub(super) fn entries(&self) -> &[Entry] {
        match &self.node {
            Node::Table(entries) => entries,
            Node::Text(_) | Node::List(_) | Node::Other => &[],
        }
    }

    /// What stands under a key, the last where it is written twice.
    pub(super) fn get(&self, key: &str) -> Option<&Tree> {
        self.entries().iter().rfind(|it| it.key == key).map(|it| &it.value)
    }

    /// What stands under keys in keys.
    pub(super) fn at(&self, keys: &[&str]) -> Option<&Tree> {
        keys.iter().try_fold(self, |tree, key| tree.get(key))
    }
}

/// No deeper than `json::read` lets through.
pub(super) fn json_tree(value: &Value<'_>) -> Tree {
    let node = if let Some(text) = value.text() {
        Node::Text(text)
    } else if let Some(members) = value.members() {
        Node::Table(
            members
                .into_iter()
                .map(|it| Entry {
                    value: json_tree(&it.value),
                    key: it.key,
                    key_range: it.key_range,
                })
                .collect(),
        )
    } else if let Some(items) = value.items() {
        Node::List(items.iter().map(json_tree).collect())
    } else {
        Node::Other
    };
    Tree { range: value.range(), node, tag: None }
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
    let entry = |(key, value): (&Spanned<Cow<'_, str>>, &Spanned<DeValue<'_>>)| Entry {
        key: key.get_ref().to_string(),
        key_range: key.span(),
        value: toml_value(text, value),
    };
    Tree { range, node: Node::Table(table.iter().map(entry).collect()), tag: None }
}

fn toml_value(text: &str, value: &Spanned<DeValue<'_>>) -> Tree {
    let range = value.span();
    let node = match value.get_ref() {
        DeValue::String(string) => Node::Text(toml_string(text, &range, string)),
        DeValue::Array(items) => Node::List(items.iter().map(|it| toml_value(text, it)).collect()),
        DeValue::Table(table) => return toml_table(text, range, table),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
            Node::Other
        }
    };
    Tree { range, node, tag: None }
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
