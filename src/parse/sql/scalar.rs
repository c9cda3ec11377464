//! An expression to what rules must know of it.

use squawk_syntax::ast::{self, AstNode, BinOp, Stmt};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use super::truth::truth;
use super::{Place, names, trimmed};
use crate::schema::{Expression, ObjectName};

/// Reads one expression; `node` is the expression itself.
pub(super) fn read(place: &Place<'_>, node: &SyntaxNode) -> Expression {
    let mut found = Expression {
        text: names::plain(node),
        constant: ast::Expr::cast(node.clone()).and_then(|it| truth(&it)),
        holds_without_user: ast::Expr::cast(node.clone()).is_some_and(|it| without_user(&it)),
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
fn is_special(name: &SyntaxNode) -> bool {
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

/// `auth.uid() IS NULL OR …`, `auth.role() = 'anon' OR …`: one branch of the `OR`s asks for nobody.
fn without_user(expression: &ast::Expr) -> bool {
    match expression {
        ast::Expr::ParenExpr(it) => it.expr().is_some_and(|it| without_user(&it)),
        ast::Expr::BinExpr(it) => match it.op() {
            Some(BinOp::Or(_)) => {
                it.lhs().is_some_and(|it| without_user(&it))
                    || it.rhs().is_some_and(|it| without_user(&it))
            }
            _ => asks_for_nobody(expression),
        },
        _ => asks_for_nobody(expression),
    }
}

fn asks_for_nobody(expression: &ast::Expr) -> bool {
    let text: String =
        names::plain(expression.syntax()).to_ascii_lowercase().split_whitespace().collect();
    let text = text.replace("(select", "(").replace(['(', ')'], "");
    ["auth.uidisnull", "auth.uid::textisnull", "auth.jwtisnull"].iter().any(|it| text == *it)
}
