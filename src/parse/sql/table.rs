//! Tables and views: what creates and alters them.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use super::statement::{cascade, child, children, descendant, guard, tokens};
use super::{Lower, Place, names, trimmed};
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
    let mut columns_of: Vec<ObjectName> = Vec::new();
    for parents in [Kind::PARTITION_OF, Kind::INHERITS] {
        for parent in children(node, parents)
            .flat_map(|it| children(&it, Kind::TABLE_NAME_REF).collect::<Vec<_>>())
        {
            columns_of.extend(names::object(&parent));
        }
    }
    let mut columns = Vec::new();
    for list in children(node, Kind::TABLE_ARG_LIST) {
        columns.extend(children(&list, Kind::COLUMN).filter_map(|it| column(&it)));
        for like in children(&list, Kind::LIKE_CLAUSE) {
            columns_of
                .extend(child(&like, Kind::RELATION_NAME_REF).and_then(|it| names::object(&it)));
        }
    }
    let queried = matches!(node.kind(), Kind::CREATE_TABLE_AS | Kind::SELECT_INTO);
    if queried && columns.is_empty() {
        columns = targets(node);
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
        constraints: Vec::new(),
        columns_of,
        parent: None,
        partitioned: false,
        reads: Vec::new(),
        security_invoker: None,
        unlogged: false,
        at: place.map(trimmed(&named)),
        folded_from: folded(&named),
        cut_from: cut(&named),
        replaces: false,
    };
    let columns_at = table.columns.into_iter().map(|it| NewColumn { at: place.map(it.at), ..it });
    let table = NewTable { columns: columns_at.collect(), ..table };
    cx.push(place, trimmed(node), certainty, Op::CreateTable(Box::new(table)));
}

/// `CREATE [MATERIALIZED] VIEW`.
pub(super) fn create_view(
    cx: &mut Lower,
    place: &Place<'_>,
    node: &SyntaxNode,
    certainty: Certainty,
) {
    let Some(named) = child(node, Kind::VIEW) else { return };
    let Some(mut name) = names::object(&named) else { return };
    if name.schema.is_none() {
        name.schema.clone_from(&place.schema);
    }
    let listed = child(node, Kind::COLUMN_LIST).map(|list| {
        let names = children(&list, Kind::COLUMN_NAME);
        names.map(|it| new_column(&it, String::new())).collect::<Vec<_>>()
    });
    let columns = listed.unwrap_or_else(|| targets(node));
    let temporary = child(node, Kind::TEMP).is_some();
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
        parent: None,
        partitioned: false,
        reads: Vec::new(),
        security_invoker: None,
        unlogged: false,
        at: place.map(trimmed(&named)),
        folded_from: folded(&named),
        cut_from: cut(&named),
        replaces: child(node, Kind::OR_REPLACE).is_some(),
    };
    cx.push(place, trimmed(node), certainty, Op::CreateTable(Box::new(table)));
}

/// The names that a query's own `AS` gives its columns; others come from what it reads.
fn targets(node: &SyntaxNode) -> Vec<NewColumn> {
    let Some(list) = descendant(node, Kind::TARGET_LIST) else { return Vec::new() };
    let named = children(&list, Kind::TARGET).filter_map(|it| child(&it, Kind::AS_NAME));
    named
        .filter_map(|it| Some(new_column(&child(&it, Kind::COLUMN_NAME)?, String::new())))
        .collect()
}

fn column(node: &SyntaxNode) -> Option<NewColumn> {
    let name = child(node, Kind::COLUMN_NAME)?;
    let data_type = node.children().find_map(ast::Type::cast);
    Some(new_column(&name, data_type.map_or_else(String::new, |it| names::data_type(it.syntax()))))
}

/// Its place is one of the text at hand: the caller maps it to the file.
pub(super) fn new_column(name: &SyntaxNode, data_type: String) -> NewColumn {
    NewColumn {
        name: names::name(name),
        data_type,
        at: trimmed(name),
        folded_from: names::folded_from(name),
        cut_from: names::cut_from(name),
        ..NewColumn::default()
    }
}

fn folded(path: &SyntaxNode) -> Option<String> {
    names::folded_from(names::segments(path).last()?)
}

fn cut(path: &SyntaxNode) -> Option<String> {
    names::cut_from(names::segments(path).last()?)
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
            let Some(added) = column(action) else { return };
            let column = NewColumn { at: place.map(added.at.clone()), ..added };
            Op::AddColumn { table, column, constraints: Vec::new(), guard: guard(action) }
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
        Kind::ALTER_COLUMN => {
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
        _ => return,
    };
    cx.push(place, trimmed(action), certainty, op);
}

/// `ALTER VIEW`, `ALTER MATERIALIZED VIEW`, `ALTER SEQUENCE`: their names and columns are read by people too.
pub(super) fn alter_other(
    cx: &mut Lower,
    place: &Place<'_>,
    node: &SyntaxNode,
    certainty: Certainty,
) {
    let Some(target) = child(node, Kind::VIEW_REF) else { return };
    let Some(view) = names::object(&target) else { return };
    for action in node.children() {
        alter_action(cx, place, &view, &action, certainty);
    }
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
