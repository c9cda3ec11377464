//! An expression to what rules must know of it.

use squawk_syntax::ast::{self, AstNode, BinOp, Stmt};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use super::truth::{Asker, every_row, holds_for, truth};
use super::{Place, names, trimmed};
use crate::schema::{Expression, ObjectName};

/// Reads one expression; `node` is the expression itself.
pub(super) fn read(place: &Place<'_>, node: &SyntaxNode) -> Expression {
    let expression = ast::Expr::cast(node.clone());
    let constant = expression.as_ref().and_then(truth);
    let open = expression.as_ref().filter(|_| constant.is_none());
    let mut found = Expression {
        text: names::plain(node),
        constant,
        whenever: open.and_then(|it| every_row(it, None)),
        holds_without_user: open.is_some_and(|it| holds_for(Asker::Nobody, it)),
        holds_for_users: open.is_some_and(|it| holds_for(Asker::User, it)),
        reads: relations(node),
        at: place.map(trimmed(node)),
        ..Expression::default()
    };
    for inner in node.descendants() {
        let selected =
            inner.ancestors().take_while(|it| it != node).any(|it| is_query(&it)) || is_query(node);
        match inner.kind() {
            Kind::CALL_EXPR => {
                let Some(path) = callee(&inner) else { continue };
                if !selected {
                    found.per_row.push(path.clone());
                }
                found.calls.push(path);
            }
            Kind::NAME_REF if is_special(&inner) => {
                found.calls.push(inner.text().to_string().trim().to_ascii_lowercase());
            }
            Kind::NAME_REF if !selected && is_column(&inner) => {
                found.columns.push(names::name(&inner));
            }
            // A number, or NULL, is a literal too.
            Kind::LITERAL if names::plain(&inner).contains(['\'', '$']) => {
                found.literals.extend(ast::Literal::cast(inner).and_then(|it| it.string_value()));
            }
            _ => {}
        }
    }
    found
}

/// What the queries below `node` read; names that their own `WITH` gives are left out.
pub(super) fn relations(node: &SyntaxNode) -> Vec<ObjectName> {
    let with = node.descendants().filter(|it| it.kind() == Kind::CTE_NAME);
    let local: Vec<String> = with.map(|it| names::name(&it)).collect();
    // `TABLE t` is a query as well.
    let items = node.descendants().filter(|it| {
        it.kind() == Kind::RELATION_FROM_ITEM
            || it.kind() == Kind::RELATION_NAME
                && it.parent().is_some_and(|it| it.kind() == Kind::TABLE)
    });
    let mut found: Vec<ObjectName> = Vec::new();
    for item in items {
        let named = item.children().find(|it| it.kind() == Kind::RELATION_NAME_REF);
        let Some(name) = named.and_then(|it| names::object(&it)) else { continue };
        let local = name.schema.is_none() && local.contains(&name.name);
        if !local && !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

/// What is called anywhere below `node`, each once.
pub(super) fn calls(node: &SyntaxNode) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for call in node.descendants().filter(|it| it.kind() == Kind::CALL_EXPR) {
        if let Some(path) = callee(&call).filter(|it| !found.contains(it)) {
            found.push(path);
        }
    }
    found
}

/// The dotted name of what a call calls.
pub(super) fn callee(call: &SyntaxNode) -> Option<String> {
    let function = call.first_child()?;
    if !matches!(function.kind(), Kind::NAME_REF | Kind::FIELD_EXPR) {
        // A function with a syntax of its own: its first word is its name.
        let word = function.first_token()?;
        return Some(word.text().to_ascii_lowercase());
    }
    let parts = function.descendants().filter(|it| it.kind() == Kind::NAME_REF);
    Some(parts.map(|it| names::name(&it)).collect::<Vec<_>>().join("."))
}

fn is_query(node: &SyntaxNode) -> bool {
    Stmt::can_cast(node.kind())
}

/// `CURRENT_DATE` and the like: functions that are written as names.
pub(super) fn is_special(name: &SyntaxNode) -> bool {
    name.first_token().is_some_and(|it| {
        let word = it.text().to_ascii_lowercase();
        it.kind() != Kind::IDENT
            && (word.starts_with("current_") || word.starts_with("local") || word.ends_with("user"))
    })
}

/// A name that stands for a column: not what is called, not a type, and the last part of a dotted one.
fn is_column(name: &SyntaxNode) -> bool {
    let Some(parent) = name.parent() else { return true };
    if name.ancestors().any(|it| ast::Type::can_cast(it.kind()) && it.kind() != Kind::NAME_REF) {
        return false;
    }
    match parent.kind() {
        Kind::CALL_EXPR => parent.first_child().as_ref() != Some(name),
        Kind::FIELD_EXPR => {
            let last = parent.children().last().as_ref() == Some(name);
            let called = parent.parent().is_some_and(|it| {
                it.kind() == Kind::CALL_EXPR && it.first_child().as_ref() == Some(&parent)
            });
            let inner = parent.parent().is_some_and(|it| it.kind() == Kind::FIELD_EXPR);
            last && !called && !inner
        }
        _ => true,
    }
}

/// What an `IS NULL` or `IS NOT NULL` asks about, and whether it holds for null.
pub(super) fn null_test(expression: &ast::Expr) -> Option<(String, bool)> {
    match expression {
        ast::Expr::ParenExpr(it) => null_test(&it.expr()?),
        ast::Expr::PrefixExpr(it) if matches!(it.op()?, ast::PrefixOp::Not(_)) => {
            null_test(&it.expr()?).map(|(text, null)| (text, !null))
        }
        ast::Expr::PostfixExpr(it) => {
            let null = match it.op()? {
                ast::PostfixOp::IsNull(_) => true,
                ast::PostfixOp::NotNull(_) => false,
                _ => return None,
            };
            Some((names::plain(it.expr()?.syntax()).to_ascii_lowercase(), null))
        }
        ast::Expr::BinExpr(it) => {
            let null = match it.op()? {
                BinOp::Is(_) => true,
                BinOp::IsNot(_) => false,
                _ => return None,
            };
            let of = names::plain(it.lhs()?.syntax()).to_ascii_lowercase();
            names::plain(it.rhs()?.syntax()).eq_ignore_ascii_case("null").then_some((of, null))
        }
        _ => None,
    }
}

/// Whether a name of a column stands anywhere in it, also inside of a query, or a parameter.
pub(super) fn names_columns(node: &SyntaxNode) -> bool {
    let parameter = node.text().to_string().contains('$');
    let mut names = node.descendants().filter(|it| it.kind() == Kind::NAME_REF);
    parameter || names.any(|it| is_column(&it) && !is_special(&it))
}
