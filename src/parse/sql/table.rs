//! Tables: what creates and alters them.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use super::statement::{cascade, child, children, descendant, guard, tokens};
use super::{Lower, Place, alter, constraint, names, scalar, trimmed, view};
use crate::schema::{
    Certainty, NewColumn, NewTable, ObjectName, Op, Persistence, RelationKind, RlsSwitch,
};

/// `CREATE [FOREIGN] TABLE`, `CREATE TABLE … AS`, `SELECT … INTO`.
pub(super) fn create(cx: &mut Lower, place: &Place<'_>, node: &SyntaxNode, certainty: Certainty) {
    let name_in = match node.kind() {
        Kind::SELECT_INTO => child(node, Kind::INTO_CLAUSE),
        _ => Some(node.clone()),
    };
    let Some(named) = name_in.and_then(|it| child(&it, Kind::TABLE_NAME)) else { return };
    let Some(mut name) = names::object(&named) else { return };
    if name.schema.is_none() {
        name.schema.clone_from(&place.schema);
    }
    // SELECT … INTO has the word inside its INTO clause.
    let beside_name = named.parent().unwrap_or_else(|| node.clone());
    let persistence = if child(&beside_name, Kind::TEMP).is_some() {
        Persistence::Temporary
    } else {
        Persistence::Permanent
    };
    let parents: Vec<ObjectName> = [Kind::PARTITION_OF, Kind::INHERITS]
        .into_iter()
        .filter_map(|it| child(node, it))
        .flat_map(|it| children(&it, Kind::TABLE_NAME_REF).collect::<Vec<_>>())
        .filter_map(|it| names::object(&it))
        .collect();
    let (mut columns, mut constraints, mut like) = (Vec::new(), Vec::new(), Vec::new());
    for part in
        children(node, Kind::TABLE_ARG_LIST).flat_map(|it| it.children().collect::<Vec<_>>())
    {
        match part.kind() {
            Kind::COLUMN => {
                let Some((column, with_it)) = constraint::column(place, &part) else { continue };
                columns.push(column);
                constraints.extend(with_it);
            }
            Kind::LIKE_CLAUSE => {
                let named = child(&part, Kind::RELATION_NAME_REF);
                let Some(named) = named.and_then(|it| names::object(&it)) else { continue };
                like.push((named, included(&part)));
            }
            _ => constraints.extend(constraint::constraint(place, &part, None)),
        }
    }
    // A constraint of a new table holds from the first row on, whatever it says.
    for it in &mut constraints {
        it.not_valid = false;
    }
    let queried = matches!(node.kind(), Kind::CREATE_TABLE_AS | Kind::SELECT_INTO);
    if queried && columns.is_empty() {
        columns = targets(node);
        for it in &mut columns {
            it.at = place.map(it.at.clone());
        }
    }
    let kind = match node.kind() {
        Kind::CREATE_FOREIGN_TABLE => RelationKind::ForeignTable,
        _ => RelationKind::Table,
    };
    let table = NewTable {
        name,
        kind,
        persistence,
        guard: guard(node),
        columns,
        constraints,
        columns_of: parents.iter().cloned().chain(like.iter().map(|it| it.0.clone())).collect(),
        like,
        parent: parents.into_iter().next(),
        partitioned: child(node, Kind::PARTITION_BY).is_some(),
        reads: if queried { scalar::relations(node) } else { Vec::new() },
        shows: Vec::new(),
        security_invoker: None,
        unlogged: child(&beside_name, Kind::UNLOGGED).is_some(),
        at: place.map(trimmed(&named)),
        folded_from: folded(&named),
        replaces: false,
    };
    cx.push(place, trimmed(node), certainty, Op::CreateTable(Box::new(table)));
}

/// The names that a query's own `AS` gives its columns; others come from what it reads.
pub(super) fn targets(node: &SyntaxNode) -> Vec<NewColumn> {
    let Some(list) = descendant(node, Kind::TARGET_LIST) else { return Vec::new() };
    let named = children(&list, Kind::TARGET).filter_map(|it| child(&it, Kind::AS_NAME));
    named
        .filter_map(|it| Some(new_column(&child(&it, Kind::COLUMN_NAME)?, String::new())))
        .collect()
}

/// What `LIKE` takes over besides columns and `NOT NULL`: `INCLUDING …`, less what is excluded after it.
fn included(like: &SyntaxNode) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for option in like.children() {
        let what = || names::plain(&option).split_whitespace().skip(1).collect::<String>();
        match option.kind() {
            Kind::INCLUDING_PROPERTY => found.push(what().to_ascii_lowercase()),
            Kind::EXCLUDING_PROPERTY => {
                let what = what().to_ascii_lowercase();
                if found.iter().any(|it| it == "all") {
                    found = EVERYTHING.iter().map(|it| (*it).to_owned()).collect();
                }
                found.retain(|it| *it != what && what != "all");
            }
            _ => {}
        }
    }
    found
}

/// What `INCLUDING ALL` means, as far as it is looked at.
const EVERYTHING: [&str; 5] = ["constraints", "defaults", "generated", "identity", "indexes"];

/// Its place is one of the text at hand: the caller maps it to the file.
pub(super) fn new_column(name: &SyntaxNode, data_type: String) -> NewColumn {
    NewColumn {
        name: names::name(name),
        data_type,
        at: trimmed(name),
        folded_from: names::folded_from(name),
        ..NewColumn::default()
    }
}

pub(super) fn folded(path: &SyntaxNode) -> Option<String> {
    names::folded_from(names::segments(path).last()?)
}

/// `ALTER [FOREIGN] TABLE`: one change for each action.
pub(super) fn alter(cx: &mut Lower, place: &Place<'_>, node: &SyntaxNode, certainty: Certainty) {
    let Some(target) = child(node, Kind::TABLE_RELATION_NAME) else { return };
    let Some(table) = names::object(&target) else { return };
    for action in node.children() {
        alter_action(cx, place, &table, &action, certainty);
    }
}

fn alter_action(
    cx: &mut Lower,
    place: &Place<'_>,
    table: &ObjectName,
    action: &SyntaxNode,
    certainty: Certainty,
) {
    let table = table.clone();
    let rls = |switch| Op::SetRls { table: table.clone(), switch };
    let op = match action.kind() {
        Kind::ENABLE_RLS => rls(RlsSwitch::Enable),
        Kind::DISABLE_RLS => rls(RlsSwitch::Disable),
        Kind::FORCE_RLS => rls(RlsSwitch::Force),
        Kind::NO_FORCE_RLS => rls(RlsSwitch::NoForce),
        Kind::ADD_COLUMN => {
            let Some((column, constraints)) = constraint::column(place, action) else { return };
            Op::AddColumn { table, column, constraints, guard: guard(action) }
        }
        Kind::DROP_COLUMN => {
            let Some(column) = child(action, Kind::COLUMN_NAME_REF) else { return };
            Op::DropColumn {
                table,
                column: names::name(&column),
                guard: guard(action),
                cascade: cascade(action),
            }
        }
        Kind::RENAME_COLUMN => {
            let Some(from) = child(action, Kind::COLUMN_NAME_REF) else { return };
            let Some(to) = child(action, Kind::COLUMN_NAME) else { return };
            let to = new_column(&to, String::new());
            let to = NewColumn { at: place.map(to.at.clone()), ..to };
            Op::RenameColumn { table, from: names::name(&from), to }
        }
        Kind::ALTER_COLUMN if child(action, Kind::SET_TYPE).is_some() => {
            let Some(column) = child(action, Kind::COLUMN_NAME_REF) else { return };
            let Some(change) = child(action, Kind::SET_TYPE) else { return };
            let to = change.children().find_map(ast::Type::cast);
            let mut to = to.map_or_else(String::new, |it| names::data_type(it.syntax()));
            if let Some(collate) = child(&change, Kind::COLLATE) {
                to = format!("{to} {}", names::plain(&collate));
            }
            let using = child(&change, Kind::USING_EXPR).map(|it| names::plain(&it));
            Op::AlterColumnType { table, column: names::name(&column), to, using }
        }
        Kind::TABLE_RENAME_TO | Kind::VIEW_RENAME_TO => {
            let Some(to) = action.children().find_map(|it| names::object(&it)) else { return };
            Op::RenameTable { from: table, to: to.name }
        }
        Kind::SET_SCHEMA => {
            let Some(schema) = child(action, Kind::SCHEMA_REF) else { return };
            Op::MoveTable { from: table, schema: names::name(&schema) }
        }
        Kind::ATTACH_PARTITION => {
            let Some(child) = child(action, Kind::TABLE_NAME_REF).and_then(|it| names::object(&it))
            else {
                return;
            };
            Op::Attach { parent: table, child }
        }
        Kind::INHERIT_TABLE => {
            let Some(parent) =
                child(action, Kind::TABLE_NAME_REF).and_then(|it| names::object(&it))
            else {
                return;
            };
            Op::Attach { parent, child: table }
        }
        Kind::SET_OPTIONS | Kind::RESET_OPTIONS if view::set_options(&table, action).is_some() => {
            let Some(op) = view::set_options(&table, action) else { return };
            op
        }
        _ => match alter::action(place, &table, action) {
            Some(op) => op,
            None => return,
        },
    };
    cx.push(place, trimmed(action), certainty, op);
}

/// `ALTER INDEX … RENAME TO`, which Postgres 15 obeys for a table as well.
pub(super) fn alter_index(
    cx: &mut Lower,
    place: &Place<'_>,
    node: &SyntaxNode,
    certainty: Certainty,
) {
    let Some(from) = child(node, Kind::INDEX_REF).and_then(|it| names::object(&it)) else { return };
    let Some(rename) = child(node, Kind::INDEX_RENAME_TO) else { return };
    let Some(to) = rename.children().find_map(|it| names::object(&it)) else {
        let to = tokens(&rename).pop().map_or_else(String::new, |(_, text)| text);
        cx.push(place, trimmed(node), certainty, Op::RenameIndex { from, to });
        return;
    };
    cx.push(place, trimmed(node), certainty, Op::RenameIndex { from, to: to.name });
}
