//! Functions and triggers as objects; what their bodies do is read elsewhere.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::Stmt;

use super::{Lower, Place};
use crate::schema::Certainty;

pub(super) fn lower(
    cx: &mut Lower,
    place: &Place<'_>,
    node: &SyntaxNode,
    statement: &Stmt,
    certainty: Certainty,
) {
    let _ = (cx, place, node, statement, certainty);
}
