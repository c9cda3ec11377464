//! Texts that a block computes out of constants alone: `format('… %I', t)` in a loop over `array['a', 'b']`.

use squawk_syntax::ast::{self, AstNode, BinOp, Expr};
use squawk_syntax::{SyntaxElement, SyntaxKind as Kind, SyntaxNode};

use super::names;
use super::scalar::callee;
use super::statement::child;

/// More rounds of a loop than this are not gone through.
const ROUNDS: usize = 64;

/// Variables that hold a constant, with what they hold.
pub(super) type Constants = Vec<(String, String)>;

/// The variable of a `FOREACH` and what it is in each round, where the loop does nothing but execute texts that are
/// known then.
pub(super) fn rounds(node: &SyntaxNode, known: &Constants) -> Option<Vec<Constants>> {
    let body = child(node, Kind::PLPGSQL_BODY)?;
    let list = child(node, Kind::PLPGSQL_EXPR)?;
    let plain = child(node, Kind::PLPGSQL_FOR_EACH_SLICE).is_none();
    let variable = node.children().next().filter(|it| plain && it.kind() != Kind::PLPGSQL_EXPR)?;
    let variable = names::plain(&variable).to_ascii_lowercase();
    let is_name = variable.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
    let values = elements(&list).filter(|it| is_name && it.len() <= ROUNDS)?;
    let rounds = values.into_iter().map(|value| {
        let mut constants = known.clone();
        constants.push((variable.clone(), value));
        let is_known = |it: &SyntaxNode| {
            let query = child(it, Kind::PLPGSQL_EXPR);
            it.kind() == Kind::PLPGSQL_DYN_EXECUTE_STMT
                && query.is_some_and(|it| text(&it, &constants).is_some())
        };
        body.children().all(|it| is_known(&it)).then_some(constants)
    });
    rounds.collect()
}

/// The constants of `ARRAY['a', 'b']`, perhaps with a cast.
fn elements(list: &SyntaxNode) -> Option<Vec<String>> {
    let mut expression = expression(list)?;
    while let Expr::CastExpr(it) = &expression {
        expression = it.syntax().children().find_map(Expr::cast)?;
    }
    let Expr::ArrayExpr(array) = expression else { return None };
    array.syntax().children().map(|it| text(&it, &Constants::new())).collect()
}

/// What an expression comes to, where it is made of constants only.
pub(super) fn text(node: &SyntaxNode, constants: &Constants) -> Option<String> {
    match &expression(node)? {
        Expr::Literal(it) => it
            .string_value()
            .or_else(|| names::plain(it.syntax()).parse::<i64>().ok().map(|it| it.to_string())),
        Expr::ParenExpr(it) => text(it.expr()?.syntax(), constants),
        Expr::CastExpr(it) => {
            let to = it.syntax().children().find_map(ast::Type::cast)?;
            let inner = it.syntax().children().find_map(Expr::cast)?;
            let same = names::data_type(to.syntax()) == "text";
            same.then(|| text(inner.syntax(), constants)).flatten()
        }
        Expr::NameRef(it) => {
            let name = names::name(it.syntax());
            constants.iter().rev().find(|(known, _)| *known == name).map(|it| it.1.clone())
        }
        Expr::BinExpr(it) => {
            let BinOp::CustomOp(operator) = it.op()? else { return None };
            let joined = operator.syntax().text() == "||";
            let left = text(it.lhs()?.syntax(), constants).filter(|_| joined)?;
            Some(left + &text(it.rhs()?.syntax(), constants)?)
        }
        Expr::CallExpr(it) => called(it.syntax(), constants),
        _ => None,
    }
}

/// The expression that a node is or holds. PL/pgSQL takes the middle of a query for one: `x from t where …`.
fn expression(node: &SyntaxNode) -> Option<Expr> {
    let only = |node: &SyntaxNode| {
        let mut children = node.children();
        children.next().filter(|_| children.next().is_none())
    };
    let node = match node.kind() {
        Kind::PLPGSQL_EXPR => only(&only(&only(node)?)?)?,
        Kind::ARG => only(node)?,
        _ => node.clone(),
    };
    Expr::cast(node)
}

fn called(call: &SyntaxNode, constants: &Constants) -> Option<String> {
    let function = callee(call)?;
    let list = child(call, Kind::ARG_LIST)?;
    let nodes = list.children_with_tokens().filter_map(SyntaxElement::into_node);
    let arguments: Vec<String> = nodes.map(|it| text(&it, constants)).collect::<Option<_>>()?;
    match (function.as_str(), arguments.as_slice()) {
        ("format", [template, values @ ..]) => format(template, values),
        ("quote_ident", [name]) => Some(identifier(name)),
        ("quote_literal", [value]) => literal(value),
        _ => None,
    }
}

/// `format()` with the plain `%I`, `%L`, `%s` and `%%` (Postgres manual, 9.4.1); nothing with widths or positions.
fn format(template: &str, values: &[String]) -> Option<String> {
    let mut made = String::new();
    let mut values = values.iter();
    let mut letters = template.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            made.push(letter);
            continue;
        }
        match letters.next()? {
            '%' => made.push('%'),
            'I' => made.push_str(&identifier(values.next()?)),
            'L' => made.push_str(&literal(values.next()?)?),
            's' => made.push_str(values.next()?),
            _ => return None,
        }
    }
    Some(made)
}

fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn literal(value: &str) -> Option<String> {
    (!value.contains('\\')).then(|| format!("'{}'", value.replace('\'', "''")))
}
