//! Where transactions begin and end.

use squawk_syntax::ast::Stmt;
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use super::statement::{descendant, tokens};
use super::{Lower, Place, names, trimmed};
use crate::schema::{Boundary, Certainty, Op};

/// `BEGIN`, `COMMIT`, `ROLLBACK` and what is done with savepoints.
pub(super) fn transaction(
    cx: &mut Lower,
    place: &Place<'_>,
    node: &SyntaxNode,
    statement: &Stmt,
    certainty: Certainty,
) {
    match statement {
        Stmt::Begin(_) => {
            cx.push(place, trimmed(node), certainty, Op::Transaction(Boundary::Begin));
        }
        // COMMIT PREPARED 'x', ROLLBACK PREPARED 'x': not of the transaction at hand.
        Stmt::Commit(_) | Stmt::Rollback(_) if descendant(node, Kind::LITERAL).is_some() => {}
        Stmt::Commit(_) => {
            cx.push(place, trimmed(node), certainty, Op::Transaction(Boundary::Commit));
            chain(cx, place, node, certainty);
        }
        Stmt::Rollback(_) => {
            let boundary = match descendant(node, Kind::SAVEPOINT_REF) {
                Some(savepoint) => Boundary::RollbackTo(names::name(&savepoint)),
                None => Boundary::Rollback,
            };
            cx.push(place, trimmed(node), certainty, Op::Transaction(boundary));
            chain(cx, place, node, certainty);
        }
        Stmt::SavepointCreate(_) => {
            if let Some(savepoint) = descendant(node, Kind::SAVEPOINT) {
                let boundary = Boundary::Savepoint(names::name(&savepoint));
                cx.push(place, trimmed(node), certainty, Op::Transaction(boundary));
            }
        }
        Stmt::ReleaseSavepoint(_) => {
            if let Some(savepoint) = descendant(node, Kind::SAVEPOINT_REF) {
                let boundary = Boundary::Release(names::name(&savepoint));
                cx.push(place, trimmed(node), certainty, Op::Transaction(boundary));
            }
        }
        Stmt::PrepareTransaction(_) => {
            cx.opaque(
                place,
                trimmed(node),
                "this leaves open whether the changes before it are ever made",
                "end the transaction with COMMIT",
            );
        }
        _ => {}
    }
}

/// `COMMIT AND CHAIN`, `ROLLBACK AND CHAIN`: the next transaction begins at once.
fn chain(cx: &mut Lower, place: &Place<'_>, node: &SyntaxNode, certainty: Certainty) {
    let words = tokens(node);
    let is = |at: usize, word| words.get(at).is_some_and(|it| it.1.eq_ignore_ascii_case(word));
    let chained = (1..words.len()).any(|at| is(at, "chain") && !is(at - 1, "no"));
    if chained {
        cx.push(place, trimmed(node), certainty, Op::Transaction(Boundary::Begin));
    }
}
