//! Rows: what a query deletes, changes and adds, and the tables it makes of what it reads.

use squawk_syntax::ast::{self, AstNode, BinOp, Expr};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use super::statement::{child, children, descendant};
use super::truth::{Rows, every_row, no_row};
use super::value::{name_of, takes_all};
use super::{Lower, Place, names, scalar, table, temporary, trimmed};
use crate::schema::{Certainty, Filter, ObjectName, Op, Whenever};

/// What a query does besides answering: rows written anywhere in it, tables made of its rows.
pub(super) fn data(cx: &mut Lower, place: &Place<'_>, node: &SyntaxNode, certainty: Certainty) {
    for inner in node.descendants() {
        let op = match inner.kind() {
            Kind::SELECT_INTO => {
                table::create(cx, place, &inner, certainty);
                continue;
            }
            Kind::DELETE => target(&inner, Kind::RELATION_NAME).map(|table| {
                let every = is_loop_over_all(&inner, &table);
                let filter = if every { Filter::EveryRow } else { filter(&inner, &table) };
                Op::Delete { table, filter }
            }),
            Kind::UPDATE => target(&inner, Kind::RELATION_NAME).map(|table| Op::Update {
                filter: filter(&inner, &table),
                table,
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
        let again = (inner.kind() == Kind::INSERT).then(|| overwritten(&inner)).flatten();
        for op in op.into_iter().chain(again) {
            cx.push(place, trimmed(&inner), certainty, op);
        }
    }
}

fn target(node: &SyntaxNode, kind: Kind) -> Option<ObjectName> {
    names::object(&child(node, kind)?)
}

fn filter(node: &SyntaxNode, table: &ObjectName) -> Filter {
    let alias = child(node, Kind::OPTIONAL_AS_ALIAS).or_else(|| child(node, Kind::TABLE_ALIAS));
    match child(node, Kind::WHERE_CLAUSE) {
        Some(clause) => condition(&clause, table, alias.as_ref()),
        None if child(node, Kind::WHERE_CURRENT_OF).is_some() => Filter::Some,
        None => Filter::EveryRow,
    }
}

/// A `DELETE` of the row at hand, in a loop over all rows of the same table that passes over none.
fn is_loop_over_all(delete: &SyntaxNode, table: &ObjectName) -> bool {
    let body = delete.parent().and_then(|it| it.parent());
    let Some(body) = body.filter(|it| it.kind() == Kind::PLPGSQL_BODY) else { return false };
    let Some(over) = body.parent() else { return false };
    let leaves = [Kind::PLPGSQL_CONTINUE_STMT, Kind::PLPGSQL_EXIT_STMT, Kind::PLPGSQL_RETURN_STMT];
    if body.descendants().any(|it| leaves.contains(&it.kind())) {
        return false;
    }
    let select = match over.kind() {
        Kind::PLPGSQL_FOR_QUERY_STMT if is_row_at_hand(delete, &over) => child(&over, Kind::SELECT),
        Kind::PLPGSQL_FOR_CURSOR_STMT => {
            let word = |it: Option<SyntaxNode>| it.map(|it| names::plain(&it).to_ascii_lowercase());
            let current = child(delete, Kind::WHERE_CURRENT_OF);
            let current = word(current.and_then(|it| child(&it, Kind::CURSOR_REF)));
            let mut declared = delete.ancestors().flat_map(|it| {
                let section = child(&it, Kind::PLPGSQL_DECLARE_SECTION);
                let all = section.iter().flat_map(SyntaxNode::children).collect::<Vec<_>>();
                all.into_iter().filter(|it| it.kind() == Kind::PLPGSQL_CURSOR_DECL)
            });
            let cursor = declared.find(|it| word(child(it, Kind::PLPGSQL_VAR_NAME)) == current);
            cursor.filter(|_| current.is_some()).and_then(|it| child(&it, Kind::SELECT))
        }
        _ => None,
    };
    select.is_some_and(|it| takes_all(&it, table))
}

/// `WHERE id = r.id` in `FOR r IN …`.
fn is_row_at_hand(delete: &SyntaxNode, over: &SyntaxNode) -> bool {
    let row = child(over, Kind::PLPGSQL_FOR_VARIABLE).map(|it| names::plain(&it));
    let condition = child(delete, Kind::WHERE_CLAUSE);
    let condition = condition.and_then(|it| it.children().find_map(ast::BinExpr::cast));
    let Some(condition) = condition.filter(|it| matches!(it.op(), Some(BinOp::Eq(_)))) else {
        return false;
    };
    let (Some(left), Some(right)) = (condition.lhs(), condition.rhs()) else { return false };
    let column = name_of(&left).filter(|_| matches!(left, Expr::NameRef(_)));
    let held = row.zip(column).map(|(row, column)| format!("{row}.{column}"));
    held.is_some_and(|it| names::plain(right.syntax()).eq_ignore_ascii_case(&it))
}

/// What a condition leaves of the rows. One that names no column is met by every row or by none.
fn condition(clause: &SyntaxNode, table: &ObjectName, alias: Option<&SyntaxNode>) -> Filter {
    let Some(condition) = clause.children().find_map(Expr::cast) else { return Filter::Some };
    let alias = alias.and_then(|it| {
        it.descendants().find(|it| it.kind() == Kind::TABLE_ALIAS).map(|it| names::name(&it))
    });
    match every_row(&condition, Some(&Rows { table, alias })) {
        Some(when) if when == Whenever::default() => Filter::EveryRow,
        Some(when) => Filter::Whenever(when),
        None if !scalar::names_columns(condition.syntax()) && !no_row(&condition) => {
            Filter::EveryRow
        }
        None => Filter::Some,
    }
}

/// The table of the `MERGE` around an action, and whether its `WHEN` asks for more than a match.
fn merged(action: &SyntaxNode) -> Option<(ObjectName, Filter)> {
    let merge = action.ancestors().find(|it| it.kind() == Kind::MERGE)?;
    let table = target(&merge, Kind::TABLE_RELATION_NAME)?;
    let alias = child(&merge, Kind::OPTIONAL_AS_ALIAS);
    let Some(more) = action.parent().and_then(|it| child(&it, Kind::MERGE_CONDITION)) else {
        return Some((table, Filter::EveryRow));
    };
    let text =
        |it: &SyntaxNode| it.children().find_map(Expr::cast).map(|it| names::plain(it.syntax()));
    let on = child(&merge, Kind::USING_ON_CLAUSE).and_then(|it| child(&it, Kind::ON_CLAUSE));
    let again = on.and_then(|it| text(&it)) == text(&more);
    let filter = if again { Filter::EveryRow } else { condition(&more, &table, alias.as_ref()) };
    Some((table, filter))
}

/// `INSERT INTO t SELECT … FROM t ON CONFLICT … DO UPDATE`: every row conflicts with itself.
fn overwritten(insert: &SyntaxNode) -> Option<Op> {
    let table = target(insert, Kind::RELATION_NAME_REF)?;
    let select = child(insert, Kind::SELECT)?;
    let read = child(&select, Kind::FROM_CLAUSE).map(|it| scalar::relations(&it))?;
    let limited = [Kind::LIMIT_CLAUSE, Kind::HAVING_CLAUSE, Kind::GROUP_BY_CLAUSE];
    let whole = limited.iter().all(|it| child(&select, *it).is_none());
    let update = descendant(insert, Kind::CONFLICT_DO_UPDATE_SET)
        .filter(|_| whole && read.first() == Some(&table) && read.len() == 1)?;
    let filter = match (filter(&select, &table), filter(&update, &table)) {
        (Filter::EveryRow, it) | (it, Filter::EveryRow) => it,
        _ => Filter::Some,
    };
    Some(Op::Update { table, filter, columns: assigned(&update) })
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
