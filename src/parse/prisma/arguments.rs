//! What attributes have in their brackets.

use super::ast::{self, Attribute, Value, ValueKind};

pub(super) fn attribute<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a Attribute> {
    attributes.iter().find(|it| it.name.text == name)
}

pub(super) fn argument<'a>(attribute: &'a Attribute, name: &str) -> Option<&'a Value> {
    let named = |it: &&ast::Argument| it.name.as_ref().is_some_and(|it| it.text == name);
    attribute.arguments.iter().find(named).map(|it| &it.value)
}

/// The argument without a name.
pub(super) fn first(attribute: &Attribute) -> Option<&Value> {
    attribute.arguments.iter().find(|it| it.name.is_none()).map(|it| &it.value)
}

/// The text of `@map("…")`, `@relation("…")` and the like.
pub(super) fn name_in(attribute: &Attribute) -> Option<&str> {
    argument(attribute, "name").or_else(|| first(attribute)).and_then(string)
}

pub(super) fn string(value: &Value) -> Option<&str> {
    match &value.kind {
        ValueKind::String(text) => Some(text),
        _ => None,
    }
}

/// The fields of `[a, b]`, or of one alone.
pub(super) fn names(list: &Value) -> Vec<&str> {
    let items = match &list.kind {
        ValueKind::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(list),
    };
    items.iter().filter_map(constant).collect()
}

/// A field of a list, or one with arguments of its own: `b(sort: Desc)`.
fn constant(value: &Value) -> Option<&str> {
    match &value.kind {
        ValueKind::Constant(name) | ValueKind::Function(name, _) => Some(name),
        _ => None,
    }
}
