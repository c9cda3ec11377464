//! What a condition is for every row, where its text alone tells.

use squawk_syntax::SyntaxKind as Kind;
use squawk_syntax::ast::{self, AstNode, BinOp, Expr};
use squawk_syntax::{SyntaxElement, SyntaxNode};

use super::names;
use super::scalar::callee;
use super::statement::{child, descendant};

/// `true`, `1 = 1`, `id = id`, `… or true`, `not false`, `(select true)`, and what is false likewise.
pub(super) fn truth(expression: &Expr) -> Option<bool> {
    match expression {
        Expr::Literal(it) => word(&names::plain(it.syntax()), false),
        Expr::ParenExpr(it) => match it.expr() {
            Some(inner) => truth(&inner),
            None => selected(it.syntax()),
        },
        Expr::PrefixExpr(it) => {
            let not = it.syntax().first_token().is_some_and(|it| it.kind() == Kind::NOT_KW);
            let inner = it.syntax().children().find_map(Expr::cast).filter(|_| not)?;
            truth(&inner).map(|it| !it)
        }
        Expr::CastExpr(it) => cast(it.syntax()),
        Expr::CallExpr(it) => called(it.syntax()),
        Expr::BinExpr(it) => compared(&it.lhs()?, &it.op()?, &it.rhs()?),
        _ => None,
    }
}

fn compared(left: &Expr, op: &BinOp, right: &Expr) -> Option<bool> {
    let sides = || (truth(left), truth(right));
    let text = |it: &Expr| names::plain(it.syntax());
    let same = || text(left).eq_ignore_ascii_case(&text(right)).then_some(true);
    let numbers = |holds: fn(&i64, &i64) -> bool| {
        let (left, right) = (text(left).parse().ok()?, text(right).parse().ok()?);
        Some(holds(&left, &right))
    };
    match op {
        BinOp::Or(_) => match sides() {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        BinOp::And(_) => match sides() {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        BinOp::Is(_) => Some(truth(left)? == truth(right)?),
        BinOp::IsNot(_) => Some(truth(left)? != truth(right)?),
        BinOp::Eq(_) => numbers(i64::eq).or_else(same),
        BinOp::Gteq(_) => numbers(i64::ge).or_else(same),
        BinOp::Lteq(_) => numbers(i64::le).or_else(same),
        BinOp::IsNotDistinctFrom(_) => same(),
        BinOp::RAngle(_) => numbers(i64::gt),
        BinOp::LAngle(_) => numbers(i64::lt),
        BinOp::Neq(_) | BinOp::Neqb(_) => numbers(i64::ne),
        _ => None,
    }
}

/// A query without rows to look at: `(select true)`.
fn selected(node: &SyntaxNode) -> Option<bool> {
    let select = bare_select(node)?;
    let target = descendant(&select, Kind::TARGET)?;
    truth(&target.children().find_map(Expr::cast)?)
}

fn bare_select(node: &SyntaxNode) -> Option<SyntaxNode> {
    let select = descendant(node, Kind::SELECT)?;
    let narrowed = [Kind::FROM_CLAUSE, Kind::WHERE_CLAUSE, Kind::LIMIT_CLAUSE, Kind::HAVING_CLAUSE];
    narrowed.iter().all(|it| child(&select, *it).is_none()).then_some(select)
}

fn cast(node: &SyntaxNode) -> Option<bool> {
    let to = node.children().find_map(ast::Type::cast)?;
    if names::data_type(to.syntax()) != "boolean" {
        return None;
    }
    let inner = node.children().find_map(Expr::cast)?;
    match &inner {
        Expr::Literal(it) => word(&names::plain(it.syntax()), true),
        other => truth(other),
    }
}

/// What Postgres reads as a boolean: plain words, and in a cast quoted ones and numbers as well.
fn word(text: &str, cast: bool) -> Option<bool> {
    let text = text.to_ascii_lowercase();
    let bare = if cast { text.trim_matches('\'') } else { text.as_str() };
    match bare {
        "true" => Some(true),
        "false" => Some(false),
        "t" | "yes" | "y" | "on" | "1" if cast => Some(true),
        "f" | "no" | "n" | "off" | "0" if cast => Some(false),
        _ => None,
    }
}

fn called(node: &SyntaxNode) -> Option<bool> {
    if child(node, Kind::EXISTS_FN).is_some() {
        // A query without tables has one row.
        return bare_select(node).map(|_| true);
    }
    let coalesce = callee(node)? == "coalesce";
    let arguments = child(node, Kind::ARG_LIST).filter(|_| coalesce)?;
    let first = arguments.children_with_tokens().find_map(SyntaxElement::into_node)?;
    truth(&Expr::cast(first.clone()).or_else(|| first.children().find_map(Expr::cast))?)
}
