//! Views: what they read, and with whose rights.

use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use super::statement::{child, children, descendant, guard};
use super::structure::has;
use super::table::{folded, new_column, targets};
use super::{Lower, Place, names, scalar, trimmed};
use crate::schema::{Certainty, NewColumn, NewTable, ObjectName, Op, Persistence, RelationKind};

/// `CREATE [MATERIALIZED] VIEW`.
pub(super) fn create(cx: &mut Lower, place: &Place<'_>, node: &SyntaxNode, certainty: Certainty) {
    let Some(named) = child(node, Kind::VIEW) else { return };
    let Some(mut name) = names::object(&named) else { return };
    if name.schema.is_none() {
        name.schema.clone_from(&place.schema);
    }
    let listed = child(node, Kind::COLUMN_LIST).map(|list| {
        let names = children(&list, Kind::COLUMN_NAME);
        names.map(|it| new_column(&it, String::new())).collect::<Vec<_>>()
    });
    let shows = match &listed {
        Some(listed) => listed.iter().map(|it| it.name.clone()).collect(),
        None => shown(node).unwrap_or_default(),
    };
    let columns = listed.unwrap_or_else(|| targets(node));
    let temporary = child(node, Kind::TEMP).is_some();
    // A recursive view may name itself in its query.
    let mut reads = scalar::relations(node);
    reads.retain(|it| it.name != name.name || it.schema != name.schema);
    let table = NewTable {
        name,
        kind: if node.kind() == Kind::CREATE_VIEW {
            RelationKind::View
        } else {
            RelationKind::MaterializedView
        },
        persistence: if temporary { Persistence::Temporary } else { Persistence::Permanent },
        guard: guard(node),
        columns: columns.into_iter().map(|it| NewColumn { at: place.map(it.at), ..it }).collect(),
        constraints: Vec::new(),
        columns_of: Vec::new(),
        like: Vec::new(),
        parent: None,
        partitioned: false,
        reads,
        shows,
        security_invoker: child(node, Kind::WITH_PARAMS).and_then(|it| invoker(&it)),
        unlogged: false,
        at: place.map(trimmed(&named)),
        folded_from: folded(&named),
        replaces: child(node, Kind::OR_REPLACE).is_some(),
    };
    cx.push(place, trimmed(node), certainty, Op::CreateTable(Box::new(table)));
}

/// The names of what a query selects. Absent: a star, or something whose name Postgres makes up.
fn shown(node: &SyntaxNode) -> Option<Vec<String>> {
    let list = descendant(node, Kind::TARGET_LIST)?;
    let name = |target: SyntaxNode| {
        if let Some(label) = child(&target, Kind::AS_NAME) {
            return Some(names::name(&child(&label, Kind::COLUMN_NAME)?));
        }
        let expression = target.children().next()?;
        match expression.kind() {
            Kind::NAME_REF => Some(names::name(&expression)),
            Kind::FIELD_EXPR if !has(&expression, Kind::STAR) => {
                let last = expression.children().last()?;
                (last.kind() == Kind::NAME_REF).then(|| names::name(&last))
            }
            _ => None,
        }
    };
    children(&list, Kind::TARGET).map(name).collect()
}

/// `ALTER [MATERIALIZED] VIEW`.
pub(super) fn alter(cx: &mut Lower, place: &Place<'_>, node: &SyntaxNode, certainty: Certainty) {
    let Some(view) = child(node, Kind::VIEW_REF).and_then(|it| names::object(&it)) else { return };
    for action in node.children() {
        if let Some(op) = action_op(place, &view, &action) {
            cx.push(place, trimmed(&action), certainty, op);
        }
    }
}

fn action_op(place: &Place<'_>, view: &ObjectName, action: &SyntaxNode) -> Option<Op> {
    let view = view.clone();
    Some(match action.kind() {
        Kind::SET_OPTIONS | Kind::RESET_OPTIONS => set_options(&view, action)?,
        Kind::RENAME_COLUMN => {
            let to = new_column(&child(action, Kind::COLUMN_NAME)?, String::new());
            Op::RenameColumn {
                table: view,
                from: names::name(&child(action, Kind::COLUMN_NAME_REF)?),
                to: NewColumn { at: place.map(to.at.clone()), ..to },
            }
        }
        Kind::VIEW_RENAME_TO => {
            let to = action.children().find_map(|it| names::object(&it))?;
            Op::RenameTable { from: view, to: to.name }
        }
        Kind::SET_SCHEMA => {
            let schema = names::name(&child(action, Kind::SCHEMA_REF)?);
            Op::MoveTable { from: view, schema }
        }
        Kind::OWNER_TO => Op::SetOwner {
            what: format!("view {view}"),
            table: Some(view),
            to: child(action, Kind::ROLE_REF).map_or_else(String::new, |it| role(&it)),
        },
        _ => return None,
    })
}

/// `SET (security_invoker = …)` and `RESET (security_invoker)`, also of `ALTER TABLE`, which takes a view.
pub(super) fn set_options(view: &ObjectName, action: &SyntaxNode) -> Option<Op> {
    let reset = action.kind() == Kind::RESET_OPTIONS;
    let on = invoker(action)? && !reset;
    Some(Op::SetSecurityInvoker { view: view.clone(), on })
}

/// The value of `security_invoker` in a list of options: a name alone means on (Postgres manual, `CREATE VIEW`).
fn invoker(options: &SyntaxNode) -> Option<bool> {
    let list = child(options, Kind::ATTRIBUTE_LIST)?;
    let named = |it: &SyntaxNode| {
        child(it, Kind::ATTRIBUTE_NAME).is_some_and(|it| names::name(&it) == "security_invoker")
    };
    let option = children(&list, Kind::ATTRIBUTE_OPTION).filter(named).last()?;
    let Some(value) = child(&option, Kind::ATTRIBUTE_VALUE) else { return Some(true) };
    let value = names::plain(&value).to_ascii_lowercase();
    let value = value.trim_matches('\'');
    // Postgres takes every beginning of these words that is not ambiguous.
    let begins = |word: &str, least: usize| value.len() >= least && word.starts_with(value);
    Some(begins("true", 1) || begins("yes", 1) || begins("on", 2) || value == "1")
}

/// A role as Postgres stores its name; `PUBLIC` and `CURRENT_USER` in lower case.
pub(super) fn role(node: &SyntaxNode) -> String {
    match child(node, Kind::ROLE_NAME_REF) {
        Some(name) => names::name(&name),
        None => names::plain(node).to_ascii_lowercase(),
    }
}
