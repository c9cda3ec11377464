//! Functions and triggers as objects; what their bodies do is read elsewhere.

use squawk_syntax::ast::{self, AstNode, Stmt};
use squawk_syntax::{SyntaxElement, SyntaxKind as Kind, SyntaxNode};

use super::privilege::setting;
use super::statement::{cascade, child, children, descendant, guard, tokens};
use super::{Lower, Place, body, names, range, scalar, trimmed, view};
use crate::schema::{
    Certainty, Change, NewRoutine, ObjectName, Op, RoutineKind, RoutineOp, Volatility,
};

/// `CREATE FUNCTION`, `CREATE PROCEDURE`, with what the body does when it is called.
pub(super) fn create(cx: &mut Lower, place: &Place<'_>, node: &SyntaxNode, certainty: Certainty) {
    let at = cx.changes.len();
    if let Some(new) = new_routine(place, node) {
        cx.push(place, trimmed(node), certainty, Op::CreateRoutine(Box::new(new)));
    }
    let Some(body) = body::routine(cx, place, node) else { return };
    if let Some(Change { op: Op::CreateRoutine(new), .. }) = cx.changes.get_mut(at) {
        new.reads = scalar::relations(&body);
        new.calls = scalar::calls(&body);
        new.idle = is_idle(&body);
    }
}

/// `BEGIN RETURN NEW; END`.
fn is_idle(body: &SyntaxNode) -> bool {
    let mut words = tokens(body).into_iter().map(|it| it.1.to_ascii_lowercase()).peekable();
    let empty = ["begin", "return", "new", "old", "null", "end", ";"];
    words.peek().is_some_and(|it| it == "begin") && words.all(|it| empty.contains(&it.as_str()))
}

fn new_routine(place: &Place<'_>, node: &SyntaxNode) -> Option<NewRoutine> {
    let named = node
        .children()
        .find(|it| matches!(it.kind(), Kind::FUNCTION_NAME | Kind::PROCEDURE_NAME))?;
    let mut name = names::object(&named)?;
    if name.schema.is_none() {
        name.schema.clone_from(&place.schema);
    }
    let parameters = child(node, Kind::PARAM_LIST)?;
    let options = child(node, Kind::FUNC_OPTION_LIST);
    let has = |kind| options.as_ref().is_some_and(|it| child(it, kind).is_some());
    let language = options.as_ref().and_then(|it| child(it, Kind::LANGUAGE_FUNC_OPTION));
    let language = language.and_then(ast::LanguageFuncOption::cast);
    let language = language.and_then(|it| it.language_name());
    let returns = child(node, Kind::RET_TYPE).map_or_else(String::new, |it| names::plain(&it));
    let settings = settings(options.as_ref());
    Some(NewRoutine {
        at: place.map(trimmed(&named)),
        name,
        arguments: arguments(&parameters),
        kind: match node.kind() {
            Kind::CREATE_PROCEDURE => RoutineKind::Procedure,
            _ => RoutineKind::Function,
        },
        replaces: child(node, Kind::OR_REPLACE).is_some(),
        definer: has(Kind::SECURITY_DEFINER_FUNC_OPTION),
        search_path: settings.search_path.flatten(),
        language: language.map_or_else(|| "sql".to_owned(), |it| it.name.to_ascii_lowercase()),
        returns: returns.get(7..).unwrap_or_default().trim().to_owned(),
        volatility: if has(Kind::IMMUTABLE) {
            Volatility::Immutable
        } else if has(Kind::STABLE) {
            Volatility::Stable
        } else {
            Volatility::Volatile
        },
        leakproof: settings.leakproof == Some(true),
        idle: false,
        reads: Vec::new(),
        calls: Vec::new(),
        options_end: place.map(options_end(node, &parameters)).start,
    })
}

/// Before `AS`, `BEGIN ATOMIC` or `RETURN`.
fn options_end(node: &SyntaxNode, parameters: &SyntaxNode) -> std::ops::Range<usize> {
    let bodies = [Kind::AS_FUNC_OPTION, Kind::ATOMIC_BODY, Kind::RETURN_STMT];
    match node.descendants().find(|it| bodies.contains(&it.kind())) {
        Some(body) => trimmed(&body).start..trimmed(&body).start,
        None => range(parameters.text_range()).end..range(parameters.text_range()).end,
    }
}

#[allow(clippy::option_option)] // As in `RoutineOp::Alter`.
struct Settings {
    definer: Option<bool>,
    /// `Some(None)`: taken away.
    search_path: Option<Option<String>>,
    leakproof: Option<bool>,
}

fn settings(options: Option<&SyntaxNode>) -> Settings {
    let mut found = Settings { definer: None, search_path: None, leakproof: None };
    for option in options.into_iter().flat_map(SyntaxNode::children) {
        match option.kind() {
            Kind::SECURITY_DEFINER_FUNC_OPTION => found.definer = Some(true),
            Kind::SECURITY_INVOKER_FUNC_OPTION => found.definer = Some(false),
            Kind::LEAKPROOF_FUNC_OPTION => {
                let not = names::plain(&option).to_ascii_lowercase().starts_with("not");
                found.leakproof = Some(!not);
            }
            Kind::SET_FUNC_OPTION => {
                let Some(set) = child(&option, Kind::SET_CONFIG_PARAM) else { continue };
                if setting(&set).0 == "search_path" {
                    let value = setting(&set).1;
                    let kept = !value.eq_ignore_ascii_case("default");
                    found.search_path = Some(kept.then_some(value));
                }
            }
            Kind::RESET_FUNC_OPTION => {
                let text = names::plain(&option).to_ascii_lowercase();
                if text.ends_with("all") || text.contains("search_path") {
                    found.search_path = Some(None);
                }
            }
            _ => {}
        }
    }
    found
}

/// Types as Postgres tells functions apart by them: without lengths, and without what only goes out.
fn arguments(parameters: &SyntaxNode) -> Vec<String> {
    let goes_in = |it: &SyntaxNode| child(it, Kind::PARAM_OUT).is_none();
    let params = children(parameters, Kind::PARAM).filter(goes_in);
    params
        .filter_map(|it| it.children().find_map(ast::Type::cast))
        .map(|it| argument(&names::plain(it.syntax())))
        .collect()
}

/// The schema of a type is left out: it is mostly written in one of two places.
fn argument(written: &str) -> String {
    let quoted = written.contains('"');
    let mut text = if quoted { written.replace('"', "") } else { written.to_ascii_lowercase() };
    while let Some(open) = text.find('(') {
        let close =
            text.get(open..).and_then(|it| it.find(')')).map_or(text.len(), |it| open + it + 1);
        text.replace_range(open..close, "");
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let array = text.ends_with(']') || text.ends_with(" array");
    let base = text.split('[').next().unwrap_or_default().trim().trim_end_matches(" array");
    let base = if base.contains('%') { base } else { base.rsplit('.').next().unwrap_or(base) };
    let base = match base {
        "int" | "int4" => "integer",
        "int8" => "bigint",
        "int2" => "smallint",
        "character varying" => "varchar",
        "char" | "bpchar" => "character",
        "bool" => "boolean",
        "decimal" | "dec" => "numeric",
        "float8" | "float" => "double precision",
        "float4" => "real",
        "timestamp with time zone" => "timestamptz",
        "timestamp without time zone" => "timestamp",
        "time with time zone" => "timetz",
        "time without time zone" => "time",
        "bit varying" => "varbit",
        other => other,
    };
    if array { format!("{base}[]") } else { base.to_owned() }
}

/// The functions that a statement lists, each with its arguments where they stand.
pub(super) fn signatures(node: &SyntaxNode) -> Vec<(ObjectName, Option<Vec<String>>)> {
    let kinds = [Kind::FUNCTION_SIG, Kind::PROCEDURE_SIG, Kind::ROUTINE_SIG, Kind::AGGREGATE];
    let found = node.descendants().filter(|it| kinds.contains(&it.kind()));
    found.filter_map(|it| signature(&it)).collect()
}

fn signature(node: &SyntaxNode) -> Option<(ObjectName, Option<Vec<String>>)> {
    let parameters = child(node, Kind::PARAM_LIST);
    // The types of the arguments are made of path segments too.
    let name = node.children().find(|it| it.kind() != Kind::PARAM_LIST)?;
    Some((names::object(&name)?, parameters.map(|it| arguments(&it))))
}

pub(super) fn lower(
    cx: &mut Lower,
    place: &Place<'_>,
    node: &SyntaxNode,
    statement: &Stmt,
    certainty: Certainty,
) {
    match statement {
        Stmt::DropFunction(_)
        | Stmt::DropProcedure(_)
        | Stmt::DropRoutine(_)
        | Stmt::DropAggregate(_) => drop(cx, place, node, certainty),
        Stmt::CreateTrigger(_) | Stmt::DropTrigger(_) | Stmt::AlterTrigger(_) => {
            if let Some(op) = trigger(node) {
                cx.push(place, trimmed(node), certainty, op);
            }
        }
        _ => {
            if let Some(op) = alter(node) {
                cx.push(place, trimmed(node), certainty, op);
            }
        }
    }
}

fn drop(cx: &mut Lower, place: &Place<'_>, node: &SyntaxNode, certainty: Certainty) {
    let kind = match node.kind() {
        Kind::DROP_FUNCTION => RoutineKind::Function,
        Kind::DROP_PROCEDURE => RoutineKind::Procedure,
        Kind::DROP_AGGREGATE => RoutineKind::Aggregate,
        _ => RoutineKind::Any,
    };
    for (name, arguments) in signatures(node) {
        let (guard, cascade) = (guard(node), cascade(node));
        let op = Op::Routine { name, arguments, op: RoutineOp::Drop { kind, guard, cascade } };
        cx.push(place, trimmed(node), certainty, op);
    }
}

fn alter(node: &SyntaxNode) -> Option<Op> {
    let (name, arguments) = signatures(node).into_iter().next()?;
    let renames = [
        Kind::FUNCTION_RENAME_TO,
        Kind::PROCEDURE_RENAME_TO,
        Kind::ROUTINE_RENAME_TO,
        Kind::AGGREGATE_RENAME_TO,
    ];
    if let Some(rename) = node.children().find(|it| renames.contains(&it.kind())) {
        let to = rename.children().find_map(|it| names::object(&it))?;
        return Some(Op::Routine { name, arguments, op: RoutineOp::Rename { to: to.name } });
    }
    if let Some(schema) = child(node, Kind::SET_SCHEMA) {
        let schema = names::name(&child(&schema, Kind::SCHEMA_REF)?);
        return Some(Op::Routine { name, arguments, op: RoutineOp::Move { schema } });
    }
    if let Some(owner) = child(node, Kind::OWNER_TO) {
        let to = view::role(&child(&owner, Kind::ROLE_REF)?);
        return Some(Op::SetOwner { what: format!("function {name}"), table: None, to });
    }
    let options = child(node, Kind::FUNC_OPTION_LIST)?;
    let Settings { definer, search_path, leakproof } = settings(Some(&options));
    Some(Op::Routine { name, arguments, op: RoutineOp::Alter { definer, search_path, leakproof } })
}

fn trigger(node: &SyntaxNode) -> Option<Op> {
    let on = child(node, Kind::ON_RELATION)?;
    let table = names::object(&child(&on, Kind::RELATION_NAME_REF)?)?;
    if node.kind() == Kind::CREATE_TRIGGER {
        let name = child(node, Kind::TRIGGER)?;
        let call = child(node, Kind::CALL_EXPR)?;
        let function = scalar::callee(&call)?;
        let function = match function.rsplit_once('.') {
            Some((schema, name)) => ObjectName::new(Some(schema), name),
            None => ObjectName::new(None, &function),
        };
        let arguments = child(&call, Kind::ARG_LIST).map(|it| names::plain(&it));
        return Some(Op::CreateTrigger {
            table,
            arguments: arguments.unwrap_or_default(),
            event: event(node, &name),
            name: names::name(&name),
            function,
            replaces: child(node, Kind::OR_REPLACE).is_some(),
        });
    }
    let name = names::name(&child(node, Kind::TRIGGER_REF)?);
    if node.kind() == Kind::DROP_TRIGGER {
        return Some(Op::DropTrigger { table, name, guard: guard(node) });
    }
    let rename = descendant(node, Kind::TRIGGER_RENAME_TO)?;
    let to = names::name(&child(&rename, Kind::TRIGGER)?);
    Some(Op::RenameTrigger { table, from: name, to })
}

/// Everything between the name of a trigger and `EXECUTE`.
fn event(node: &SyntaxNode, name: &SyntaxNode) -> String {
    let after = name.text_range().end();
    let parts = node.children_with_tokens().skip_while(|it| it.text_range().start() < after);
    let words = parts
        .take_while(|it| it.kind() != Kind::EXECUTE_KW)
        .filter(|it| !it.kind().is_trivia())
        .map(|it| match it {
            SyntaxElement::Node(node) => names::plain(&node).to_ascii_lowercase(),
            SyntaxElement::Token(token) => token.text().to_ascii_lowercase(),
        });
    words.collect::<Vec<_>>().join(" ")
}
