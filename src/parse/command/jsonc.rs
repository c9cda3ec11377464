//! JSON as people write it: with comments, trailing commas, bare keys and single quotes.

use std::ops::Range;

use jsonc_parser::ast::{ObjectProp, ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions};

use super::Text;
use super::tree::{Entry, Node, Tree};

/// The value of a text, or why there is none: where reading stopped, and what is wrong there. The parser goes no
/// deeper than 512 values.
pub(super) fn read(text: &str) -> Result<Tree, (usize, String)> {
    let options = ParseOptions { allow_missing_commas: false, ..ParseOptions::default() };
    let parsed = jsonc_parser::parse_to_ast(text, &CollectOptions::default(), &options);
    let parsed = parsed.map_err(|it| {
        let at = text.floor_char_boundary(it.range().start.min(text.len()));
        (at, it.kind().to_string())
    })?;
    parsed.value.map(|it| tree(text, &it)).ok_or((0, "there is no value".to_owned()))
}

fn tree(text: &str, value: &Value<'_>) -> Tree {
    let range = range(value);
    let node = match value {
        Value::StringLit(it) => Node::Text(string(text, &range, &it.value)),
        Value::Array(it) => Node::List(it.elements.iter().map(|it| tree(text, it)).collect()),
        Value::Object(it) => Node::Table(it.properties.iter().map(|it| entry(text, it)).collect()),
        Value::NumberLit(_) | Value::BooleanLit(_) | Value::NullKeyword(_) => Node::Other,
    };
    Tree { range, node, tag: None }
}

fn entry(text: &str, property: &ObjectProp<'_>) -> Entry {
    let key = match &property.name {
        ObjectPropName::String(it) => it.value.to_string(),
        ObjectPropName::Word(it) => it.value.to_owned(),
    };
    Entry { key, key_range: range(&property.name), value: tree(text, &property.value) }
}

fn range(it: &impl Ranged) -> Range<usize> {
    let range = it.range();
    range.start..range.end
}

/// Exact where the string stands in the file as it is; the whole value where it has escapes.
fn string(text: &str, range: &Range<usize>, value: &str) -> Text {
    let inside = range.start + 1..range.end.saturating_sub(1);
    if text.get(inside.clone()) == Some(value) {
        Text::plain(value, inside.start)
    } else {
        Text::within(value, range)
    }
}
