//! Names as Postgres stores them.

use std::ops::Range;

use squawk_syntax::ast::{is_quoted_name_node, normalize_name_node};
use squawk_syntax::{SyntaxElement, SyntaxKind as Kind, SyntaxNode};

use super::range;
use crate::schema::{NAME_LIMIT, ObjectName};

/// A name folded to lower case unless quoted, its escapes resolved, cut at 63 bytes.
///
/// Postgres compares bytes, so nothing is normalised further: `café` composed and decomposed are two names.
pub(super) fn name(node: &SyntaxNode) -> String {
    cut(normalize_name_node(node))
}

pub(super) fn cut(mut name: String) -> String {
    if name.len() > NAME_LIMIT {
        name.truncate(name.floor_char_boundary(NAME_LIMIT));
    }
    name
}

/// The names below a node that Postgres cuts, as they would be stored in full, with their places in the text at hand.
pub(super) fn too_long(node: &SyntaxNode) -> Vec<(Range<usize>, String)> {
    let tokens = node.descendants_with_tokens().filter_map(SyntaxElement::into_token);
    let long = tokens.filter(|it| it.kind() == Kind::IDENT && it.text().len() > NAME_LIMIT);
    long.filter_map(|it| Some((range(it.text_range()), normalize_name_node(&it.parent()?))))
        .filter(|(_, name)| name.len() > NAME_LIMIT)
        .collect()
}

/// How the name is written, where folding changes camel case: `userId` is stored as `userid`.
pub(super) fn folded_from(node: &SyntaxNode) -> Option<String> {
    if is_quoted_name_node(node) {
        return None;
    }
    let written: String = node.text().to_string().trim().to_owned();
    let camel = written
        .as_bytes()
        .windows(2)
        .any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    camel.then_some(written)
}

/// The segments of a possibly qualified name below `node`; a database in front of the schema is dropped.
pub(super) fn object(node: &SyntaxNode) -> Option<ObjectName> {
    let mut segments = segments(node);
    let name = segments.pop()?;
    Some(ObjectName { schema: segments.pop().map(|it| self::name(&it)), name: self::name(&name) })
}

/// The nodes of a dotted name, outermost first.
pub(super) fn segments(node: &SyntaxNode) -> Vec<SyntaxNode> {
    let mut found: Vec<SyntaxNode> = node
        .descendants()
        .filter(|it| matches!(it.kind(), Kind::PATH_SEGMENT | Kind::PATH_SEGMENT_REF))
        .collect();
    found.retain(|it| it.first_token().is_some());
    found
}

/// The text with white space and comments folded: types and expressions for people to read.
pub(super) fn plain(node: &SyntaxNode) -> String {
    let mut text = String::new();
    let tokens = node.descendants_with_tokens().filter_map(SyntaxElement::into_token);
    for token in tokens {
        if token.kind().is_trivia() {
            if !text.is_empty() && !text.ends_with(' ') {
                text.push(' ');
            }
        } else {
            text.push_str(token.text());
        }
    }
    text.trim_end().to_owned()
}

/// A type as Postgres would compare it: folded, and with the usual aliases resolved (Postgres manual, table 8.1).
pub(super) fn data_type(node: &SyntaxNode) -> String {
    let text = plain(node);
    let folded = if text.contains('"') { text } else { text.to_ascii_lowercase() };
    let bare = folded.strip_prefix("pg_catalog.").unwrap_or(&folded);
    let (head, rest) = bare.split_at(bare.find(['(', '[']).unwrap_or(bare.len()));
    let head = match head.trim_end() {
        "int" | "int4" => "integer",
        "int8" => "bigint",
        "int2" => "smallint",
        "character varying" => "varchar",
        "bool" => "boolean",
        "decimal" => "numeric",
        "float8" => "double precision",
        "float4" => "real",
        "timestamp with time zone" => "timestamptz",
        "timestamp without time zone" => "timestamp",
        other => other,
    };
    format!("{head}{rest}")
}
