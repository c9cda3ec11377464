//! What can be said of an expression without running it.

use squawk_syntax::ast::{self, AstNode, BinOp};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use super::statement::child;
use super::structure::relation_in;
use super::{Lower, Place, body, names, setting, trimmed};
use crate::schema::{Certainty, Lasting, ObjectName, Op};

/// Which argument of a function is a text that it runs.
#[derive(Clone, Copy)]
enum Runs {
    First,
    /// Or the first, where it is the only one: the connection may be left out.
    Second,
    Third,
    Last,
}

/// Functions that run a text as SQL, in another session, or later.
///
/// Sources: Postgres manual F.12 (`dblink`), 9.15.3 (`query_to_xml`), 12.4.4 (`ts_stat`); the manual of `pg_cron`.
const EXECUTORS: &[(&str, Runs)] = &[
    ("dblink", Runs::Second),
    ("dblink_exec", Runs::Second),
    ("dblink_open", Runs::Last),
    ("dblink_send_query", Runs::Second),
    ("cron.schedule", Runs::Last),
    ("cron.schedule_in_database", Runs::Third),
    ("query_to_xml", Runs::First),
    ("query_to_xmlschema", Runs::First),
    ("query_to_xml_and_xmlschema", Runs::First),
    ("ts_stat", Runs::First),
    ("pg_background_launch", Runs::First),
];

/// Functions that reach out of the database, and what they do.
///
/// Sources: Postgres manual 9.27.9 (files), 35.4 (large objects), F.1 (`adminpack`).
const OUTWARD: &[(&str, &str)] = &[
    ("pg_read_file", "reads a file of the database server"),
    ("pg_read_binary_file", "reads a file of the database server"),
    ("pg_ls_dir", "lists files of the database server"),
    ("pg_stat_file", "looks at a file of the database server"),
    ("lo_import", "reads a file of the database server"),
    ("lo_export", "writes a file of the database server"),
    ("pg_file_write", "writes a file of the database server"),
    ("pg_file_unlink", "deletes a file of the database server"),
    ("heap_force_kill", "deletes rows past every check"),
    ("heap_force_freeze", "changes rows past every check"),
    ("dblink_connect", "opens a connection to another database"),
    ("dblink_connect_u", "opens a connection to another database"),
];

/// Whether the text can contain a call worth a look. Nearly no migration does, and looking at every call costs.
pub(super) fn mentions_executor(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    // A name written with escapes may be any of them.
    let words = [
        "dblink",
        "cron",
        "set_config",
        "to_xml",
        "ts_stat",
        "pg_background",
        "setval",
        "pg_read_",
        "pg_ls_dir",
        "pg_stat_file",
        "pg_file_",
        "lo_import",
        "lo_export",
        "lo_unlink",
        "heap_force_",
        "u&\"",
    ];
    words.iter().any(|word| text.contains(word))
}

/// Judges calls of functions that run a text, and `set_config` of `search_path`.
pub(super) fn calls(cx: &mut Lower, place: &Place<'_>, node: &SyntaxNode, certainty: Certainty) {
    for call in node.descendants().filter(|it| it.kind() == Kind::CALL_EXPR) {
        let Some(function) = call.first_child() else { continue };
        let Some(arguments) = child(&call, Kind::ARG_LIST) else { continue };
        let parts = function.descendants().filter(|it| it.kind() == Kind::NAME_REF);
        let path = parts.map(|it| names::name(&it)).collect::<Vec<_>>().join(".");
        let arguments: Vec<SyntaxNode> = arguments.children().collect();
        if path == "set_config" || path == "pg_catalog.set_config" {
            let mut literals =
                arguments.iter().map(|it| constant(it).and_then(|it| it.string_value()));
            let setting = literals.next().flatten().map(|it| it.to_ascii_lowercase());
            let value = literals.next().flatten();
            let local = arguments.get(2).map(|it| names::plain(it).to_ascii_lowercase());
            if setting.as_deref() == Some(setting::STRINGS) {
                setting::strings(cx, place, trimmed(&call), value.as_deref());
                continue;
            }
            let lasting = match local.as_deref() {
                Some("true") => Lasting::Transaction,
                _ => Lasting::Session,
            };
            if let Some(setting) = setting.filter(|it| it != "search_path") {
                cx.push(place, trimmed(&call), certainty, Op::Set { setting, value, lasting });
            } else {
                let schemas = value.map(|path| {
                    let words = path.split(',').map(|it| it.trim().trim_matches('"').to_owned());
                    words
                        .filter(|it| !it.is_empty() && it != "$user" && it != "pg_catalog")
                        .collect()
                });
                let told = matches!(local.as_deref(), Some("true" | "false"));
                let schemas = schemas.filter(|_| told);
                let op = Op::SetSearchPath { schemas, lasting };
                cx.push(place, trimmed(&call), certainty, op);
            }
            continue;
        }
        if path == "setval" || path == "pg_catalog.setval" {
            if let Some(name) = reset(&arguments) {
                cx.push(place, trimmed(&call), certainty, Op::ResetSequence { name });
            }
            continue;
        }
        let is = |name: &str| {
            path == name || (!name.contains('.') && path.ends_with(&format!(".{name}")))
        };
        if let Some((_, does)) = OUTWARD.iter().find(|(name, _)| is(name)) {
            let help = "take the call out: a migration has no business outside of its database";
            cx.opaque(place, trimmed(&call), format!("`{path}` {does}"), help);
        }
        // A trigger that clears away the large objects of its rows is another matter.
        if is("lo_unlink") && certainty != Certainty::Deferred {
            let help = "take the call out, or delete the large object in a program that asks first";
            cx.opaque(
                place,
                trimmed(&call),
                format!("`{path}` deletes large objects for good"),
                help,
            );
        }
        let Some((_, runs)) = EXECUTORS.iter().find(|(name, _)| is(name)) else { continue };
        let argument = match runs {
            Runs::First => arguments.first(),
            Runs::Second => arguments.get(1).or(arguments.first()),
            Runs::Third => arguments.get(2),
            Runs::Last => arguments.last(),
        };
        let Some(argument) = argument else { continue };
        match constant(argument) {
            Some(text) => {
                body::text(cx, place, &text, Certainty::Deferred);
            }
            None => cx.opaque(
                place,
                trimmed(argument),
                format!("`{path}` runs a text that is computed when the migration is applied"),
                "write the statement itself, or give the text as one constant",
            ),
        }
    }
}

/// The sequence that `setval` sets to a fixed number. One that is worked out from the rows, as after an import, keeps
/// numbers from coming again.
fn reset(arguments: &[SyntaxNode]) -> Option<ObjectName> {
    let [sequence, number, ..] = arguments else { return None };
    let computed = [Kind::CALL_EXPR, Kind::NAME_REF, Kind::FROM_CLAUSE];
    if number.descendants().any(|it| computed.contains(&it.kind())) {
        return None;
    }
    if let Some(name) = constant(sequence).and_then(|it| it.string_value()) {
        return Some(relation_in(&name));
    }
    let mut literals = sequence.descendants().filter_map(ast::Literal::cast);
    let table = relation_in(&literals.next()?.string_value()?);
    let column = literals.next()?.string_value()?;
    Some(ObjectName { name: format!("{}_{column}_seq", table.name), ..table })
}

/// The literal that an argument is, perhaps in parentheses or cast.
pub(super) fn constant(argument: &SyntaxNode) -> Option<ast::Literal> {
    let computed = [Kind::CALL_EXPR, Kind::NAME_REF, Kind::SELECT, Kind::CASE_EXPR];
    let concatenated = |it: &SyntaxNode| {
        ast::BinExpr::cast(it.clone()).is_some_and(|it| {
            !matches!(it.op(), Some(BinOp::ColonColon(_) | BinOp::FatArrow(_) | BinOp::ColonEq(_)))
        })
    };
    if argument.descendants().any(|it| computed.contains(&it.kind()) || concatenated(&it)) {
        return None;
    }
    // Of several, nobody here works out which it is: `(array['a', 'b'])[2]`.
    let mut literals = argument.descendants().filter_map(ast::Literal::cast);
    literals.next().filter(|_| literals.next().is_none())
}
