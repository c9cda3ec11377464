//! Rows: what a query deletes, changes and adds, and the tables it makes of what it reads.

use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use super::statement::{child, children, descendant};
use super::{Lower, Place, expression, names, scalar, table, temporary, trimmed};
use crate::schema::{Certainty, Filter, ObjectName, Op};

/// What a query does besides answering: rows written anywhere in it, tables made of its rows.
pub(super) fn data(cx: &mut Lower, place: &Place<'_>, node: &SyntaxNode, certainty: Certainty) {
    for inner in node.descendants() {
        let op = match inner.kind() {
            Kind::SELECT_INTO => {
                table::create(cx, place, &inner, certainty);
                continue;
            }
            Kind::DELETE => target(&inner, Kind::RELATION_NAME)
                .map(|table| Op::Delete { table, filter: filter(&inner) }),
            Kind::UPDATE => target(&inner, Kind::RELATION_NAME).map(|table| Op::Update {
                table,
                filter: filter(&inner),
                columns: assigned(&inner),
            }),
            Kind::INSERT => target(&inner, Kind::RELATION_NAME_REF).map(|table| Op::Insert {
                table,
                queried: is_queried(&inner),
                overwrites: descendant(&inner, Kind::CONFLICT_DO_UPDATE_SET).is_some(),
            }),
            Kind::MERGE_DELETE => {
                merged(&inner).map(|(table, filter)| Op::Delete { table, filter })
            }
            Kind::MERGE_UPDATE => merged(&inner).map(|(table, filter)| Op::Update {
                table,
                filter,
                columns: assigned(&inner),
            }),
            Kind::MERGE_INSERT => merged(&inner).map(|(table, _)| Op::Insert {
                table,
                queried: true,
                overwrites: false,
            }),
            Kind::COPY if descendant(&inner, Kind::COPY_FROM).is_some() => {
                let table = child(&inner, Kind::COPY_TABLE);
                let table = table.and_then(|it| target(&it, Kind::TABLE_NAME_REF));
                table.map(|table| Op::Insert { table, queried: true, overwrites: false })
            }
            _ => continue,
        };
        let op = op.map(|op| match op {
            Op::Delete { table, filter } => {
                Op::Delete { table: temporary::of(node, certainty, table), filter }
            }
            Op::Update { table, filter, columns } => {
                Op::Update { table: temporary::of(node, certainty, table), filter, columns }
            }
            other => other,
        });
        if let Some(op) = op {
            cx.push(place, trimmed(&inner), certainty, op);
        }
    }
}

fn target(node: &SyntaxNode, kind: Kind) -> Option<ObjectName> {
    names::object(&child(node, kind)?)
}

fn filter(node: &SyntaxNode) -> Filter {
    match child(node, Kind::WHERE_CLAUSE) {
        Some(filter) if !expression::is_always_true(&filter) => Filter::Some,
        Some(_) => Filter::EveryRow,
        None if child(node, Kind::WHERE_CURRENT_OF).is_some() => Filter::Some,
        None => Filter::EveryRow,
    }
}

/// The table of the `MERGE` around an action, and whether its `WHEN` asks for more than a match.
fn merged(action: &SyntaxNode) -> Option<(ObjectName, Filter)> {
    let merge = action.ancestors().find(|it| it.kind() == Kind::MERGE)?;
    let table = target(&merge, Kind::TABLE_RELATION_NAME)?;
    let when = action.parent();
    Some(match when.and_then(|it| child(&it, Kind::MERGE_CONDITION)) {
        Some(_) => (table, Filter::Some),
        None => (table, Filter::EveryRow),
    })
}

/// The columns on the left of the equals signs.
fn assigned(node: &SyntaxNode) -> Vec<String> {
    let list = child(node, Kind::SET_CLAUSE).and_then(|it| child(&it, Kind::SET_COLUMN_LIST));
    let assignments = list.iter().flat_map(SyntaxNode::children);
    let targets = assignments.flat_map(|it| {
        let several = children(&it, Kind::COLUMN_TARGET_LIST)
            .flat_map(|it| it.children().collect::<Vec<_>>());
        children(&it, Kind::COLUMN_TARGET).chain(several).collect::<Vec<_>>()
    });
    targets.filter_map(|it| child(&it, Kind::COLUMN_NAME_REF)).map(|it| names::name(&it)).collect()
}

/// Whether the rows to insert come out of a relation or a function, so that nobody can count them beforehand. A query
/// inside of a condition or of a value makes no more rows of one.
fn is_queried(insert: &SyntaxNode) -> bool {
    let arms = insert.descendants().filter(|it| {
        let outer = it.ancestors().skip(1).take_while(|it| it != insert);
        it.kind() == Kind::SELECT
            && outer.into_iter().all(|it| {
                matches!(it.kind(), Kind::COMPOUND_SELECT | Kind::PAREN_SELECT | Kind::SELECT)
            })
    });
    let from = arms.filter_map(|it| child(&it, Kind::FROM_CLAUSE));
    let mut sources = from.chain(child(insert, Kind::WITH_CLAUSE));
    sources
        .any(|it| !scalar::relations(&it).is_empty() || descendant(&it, Kind::CALL_EXPR).is_some())
}
