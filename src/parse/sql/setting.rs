//! Settings that decide how the rest of a file is read.

use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use super::statement::tokens;
use super::{Lower, Place, trimmed};
use crate::schema::{Certainty, Lasting, Op};

/// `SET` of what decides how the rest of the file is read.
pub(super) fn setting(cx: &mut Lower, place: &Place<'_>, node: &SyntaxNode, certainty: Certainty) {
    let words: Vec<(Kind, String)> = tokens(node);
    let text = |at: usize| words.get(at).map(|(_, text)| text.to_ascii_lowercase());
    let set = text(0).as_deref() == Some("set");
    let lasting = match text(1).as_deref() {
        Some("local") => Lasting::Transaction,
        _ => Lasting::Session,
    };
    let mut path = |schemas| {
        cx.push(place, trimmed(node), certainty, Op::SetSearchPath { schemas, lasting });
    };
    let name_at = match text(1).as_deref() {
        Some("session" | "local") => 2,
        _ => 1,
    };
    match text(name_at).as_deref() {
        Some("search_path" | "\"search_path\"") if set => {
            let values = words.iter().skip(name_at + 2);
            let schemas = values
                .filter(|(_, it)| !matches!(it.as_str(), "," | ";"))
                .map(|(_, it)| schema_word(it));
            let schemas: Vec<String> =
                schemas.filter(|it| it != "$user" && it != "pg_catalog").collect();
            let schemas = if schemas == ["default"] { vec!["public".to_owned()] } else { schemas };
            path(Some(schemas));
        }
        Some("schema") if set => {
            path(words.get(name_at + 1).map(|(_, it)| vec![schema_word(it)]));
        }
        Some("search_path" | "\"search_path\"" | "all") if !set => {
            path(Some(vec!["public".to_owned()]));
        }
        Some("standard_conforming_strings") if set => {
            let on = words.last().is_some_and(|(_, it)| {
                let bare = it.trim_matches('\'').to_ascii_lowercase();
                matches!(bare.as_str(), "on" | "true" | "yes" | "1" | "default")
            });
            if !on {
                cx.opaque(place, trimmed(node), "after this a backslash in a string means something else, so the rest of the file cannot be read with certainty", "take the statement out, and write E'…' where a string needs escapes");
            }
        }
        _ => {}
    }
}

fn schema_word(text: &str) -> String {
    if let Some(quoted) = text.strip_prefix('\'').and_then(|it| it.strip_suffix('\'')) {
        return quoted.replace("''", "'");
    }
    if let Some(quoted) = text.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
        return quoted.replace("\"\"", "\"");
    }
    text.to_ascii_lowercase()
}
