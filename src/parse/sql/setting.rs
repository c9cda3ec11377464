//! Settings: those that decide how the rest of a file is read, and those that decide how it runs.

use std::ops::Range;

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use super::statement::{child, descendant, tokens};
use super::{Lower, Place, names, trimmed};
use crate::schema::{Certainty, Lasting, Op};

/// `SET`, `RESET`, `DISCARD`.
pub(super) fn setting(cx: &mut Lower, place: &Place<'_>, node: &SyntaxNode, certainty: Certainty) {
    let mut words: Vec<(Kind, String)> = tokens(node);
    words.retain(|(kind, _)| *kind != Kind::SEMICOLON);
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
            let schemas = values.filter(|(_, it)| it != ",").map(|(_, it)| schema_word(it));
            let schemas: Vec<String> =
                schemas.filter(|it| it != "$user" && it != "pg_catalog").collect();
            let schemas = if schemas == ["default"] { vec!["public".to_owned()] } else { schemas };
            path(Some(schemas));
        }
        Some("schema") if set => {
            path(words.get(name_at + 1).map(|(_, it)| vec![schema_word(it)]));
        }
        Some("search_path" | "\"search_path\"") if !set => path(Some(vec!["public".to_owned()])),
        Some("all") if !set => {
            path(Some(vec!["public".to_owned()]));
            session(cx, place, node, certainty);
        }
        _ if set && assigned(node).any(|(it, _)| it == STRINGS) => {
            let value = words.last().map(|(_, it)| it.trim_matches('\'').to_owned());
            strings(cx, place, trimmed(node), value.as_deref());
        }
        _ => session(cx, place, node, certainty),
    }
}

/// The setting that decides what a backslash means.
pub(super) const STRINGS: &str = "standard_conforming_strings";

/// Where it is switched off, or perhaps, nothing that follows is read as the server reads it.
pub(super) fn strings(cx: &mut Lower, place: &Place<'_>, at: Range<usize>, value: Option<&str>) {
    let on = value.map(str::to_ascii_lowercase);
    if !matches!(on.as_deref(), Some("on" | "true" | "yes" | "1" | "default")) {
        cx.opaque(
            place,
            at,
            "after this a backslash in a string means something else, so the rest of the file cannot be read with certainty",
            "take the statement out, and write E'…' where a string needs escapes",
        );
    }
}

/// Any other setting of the session at hand.
pub(super) fn session(cx: &mut Lower, place: &Place<'_>, node: &SyntaxNode, certainty: Certainty) {
    let local = descendant(node, Kind::LOCAL_SCOPE).is_some();
    let lasting = if local { Lasting::Transaction } else { Lasting::Session };
    let changed = match node.kind() {
        Kind::SET_ROLE | Kind::RESET_ROLE => Some(("role".to_owned(), target(node))),
        Kind::SET_SESSION_AUTH | Kind::RESET_SESSION_AUTH => {
            Some(("session_authorization".to_owned(), target(node)))
        }
        // DISCARD PLANS, SEQUENCES and TEMP leave the settings alone.
        Kind::DISCARD => child(node, Kind::DISCARD_ALL).map(|_| ("all".to_owned(), None)),
        Kind::RESET if child(node, Kind::ALL).is_some() => Some(("all".to_owned(), None)),
        _ => assigned(node).next(),
    };
    if let Some((setting, value)) = changed {
        cx.push(place, trimmed(node), certainty, Op::Set { setting, value, lasting });
    }
    if child(node, Kind::DISCARD_ALL).is_some() {
        let what = "DISCARD ALL".to_owned();
        cx.push(place, trimmed(node), certainty, Op::OutsideTransaction { what });
    }
}

/// The role that is put on; `NONE` and `DEFAULT` take it off.
fn target(node: &SyntaxNode) -> Option<String> {
    let role = descendant(node, Kind::ROLE_REF).map(|it| role(&it));
    let text = || node.descendants().find_map(ast::Literal::cast).and_then(|it| it.string_value());
    role.or_else(text).filter(|it| it != "none")
}

/// The name of a role; `CURRENT_USER` and the like as written, folded.
pub(super) fn role(node: &SyntaxNode) -> String {
    match descendant(node, Kind::ROLE_NAME_REF) {
        Some(name) => names::name(&name),
        None => names::plain(node).to_ascii_lowercase(),
    }
}

/// The settings that a statement gives a value or takes it from, with the value.
pub(super) fn assigned(node: &SyntaxNode) -> impl Iterator<Item = (String, Option<String>)> {
    let zone =
        descendant(node, Kind::SET_TIME_ZONE).or_else(|| descendant(node, Kind::RESET_TIME_ZONE));
    let zone = zone.map(|it| ("timezone".to_owned(), value(&it)));
    let all = descendant(node, Kind::RESET_CONFIG_PARAM)
        .filter(|it| child(it, Kind::CONFIG_PARAMETER_REF).is_none())
        .map(|_| ("all".to_owned(), None));
    let named = descendant(node, Kind::CONFIG_PARAMETER_REF).map(|it| {
        let path: Vec<String> =
            names::segments(&it).iter().map(|it| names::name(it).to_ascii_lowercase()).collect();
        (path.join("."), descendant(node, Kind::TO_CONFIG_VALUE).and_then(|it| value(&it)))
    });
    zone.or(all).or(named).into_iter()
}

/// The text of a value; of several, a list with commas. `DEFAULT` and `LOCAL` are none.
fn value(node: &SyntaxNode) -> Option<String> {
    let written = node.children().map(|it| {
        let plain = names::plain(&it);
        let literal = it.descendants().find_map(ast::Literal::cast);
        let text = literal.filter(|_| plain.ends_with('\'')).and_then(|it| it.string_value());
        text.unwrap_or(plain)
    });
    let values: Vec<String> = written.collect();
    (!values.is_empty()).then(|| values.join(", "))
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
