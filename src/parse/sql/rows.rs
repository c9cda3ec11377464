//! Rows: what a query deletes, and the tables it makes of what it reads.

use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use super::statement::child;
use super::{Lower, Place, expression, names, table, trimmed};
use crate::schema::{Certainty, Filter, Op};

/// What a query does besides answering: rows deleted anywhere in it, tables made of its rows.
pub(super) fn data(cx: &mut Lower, place: &Place<'_>, node: &SyntaxNode, certainty: Certainty) {
    for inner in node.descendants() {
        match inner.kind() {
            Kind::DELETE => {
                let Some(target) = child(&inner, Kind::RELATION_NAME) else { continue };
                let Some(table) = names::object(&target) else { continue };
                let filter = match child(&inner, Kind::WHERE_CLAUSE) {
                    Some(filter) if !expression::is_always_true(&filter) => Filter::Some,
                    Some(_) => Filter::EveryRow,
                    None if child(&inner, Kind::WHERE_CURRENT_OF).is_some() => Filter::Some,
                    None => Filter::EveryRow,
                };
                cx.push(place, trimmed(&inner), certainty, Op::Delete { table, filter });
            }
            Kind::MERGE_DELETE => {
                let merge = inner.ancestors().find(|it| it.kind() == Kind::MERGE);
                let target = merge.and_then(|it| child(&it, Kind::TABLE_RELATION_NAME));
                let Some(table) = target.and_then(|it| names::object(&it)) else { continue };
                let when = inner.parent();
                let filter = match when.and_then(|it| child(&it, Kind::MERGE_CONDITION)) {
                    Some(_) => Filter::Some,
                    None => Filter::EveryRow,
                };
                cx.push(place, trimmed(&inner), certainty, Op::Delete { table, filter });
            }
            Kind::SELECT_INTO => table::create(cx, place, &inner, certainty),
            _ => {}
        }
    }
}
