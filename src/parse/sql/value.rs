//! What an expression comes to, where its text alone tells.

use std::cmp::Ordering;

use squawk_syntax::ast::{self, AstNode, BinOp, Expr};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use super::statement::child;
use super::truth::truth;
use super::{names, scalar};
use crate::schema::ObjectName;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Truth(bool),
    Number(f64),
    Text(String),
    /// What the row holds there.
    Column(String),
    /// The id of whoever is logged in.
    User,
    /// What a session was opened with.
    Token,
    /// True for some sessions and for others as well, whichever way it is asked.
    Either,
    Unknown,
}

impl Value {
    pub(super) fn not(self) -> Value {
        match self {
            Value::Truth(it) => Value::Truth(!it),
            Value::Null => Value::Null,
            Value::Either => Value::Truth(true),
            _ => Value::Unknown,
        }
    }

    pub(super) fn settled(self) -> Value {
        if self == Value::Either { Value::Truth(true) } else { self }
    }

    pub(super) fn or(&self, other: &Value) -> Value {
        match (self, other) {
            (Value::Truth(true), _) | (_, Value::Truth(true)) => Value::Truth(true),
            (Value::Truth(false), Value::Truth(false)) => Value::Truth(false),
            (Value::Truth(false) | Value::Null, Value::Truth(false) | Value::Null) => Value::Null,
            _ => Value::Unknown,
        }
    }

    pub(super) fn and(&self, other: &Value) -> Value {
        match (self, other) {
            (Value::Truth(false), _) | (_, Value::Truth(false)) => Value::Truth(false),
            (Value::Truth(true), Value::Truth(true)) => Value::Truth(true),
            (Value::Truth(true) | Value::Null, Value::Truth(true) | Value::Null) => Value::Null,
            _ => Value::Unknown,
        }
    }

    /// Not null.
    pub(super) fn is_certain(&self) -> bool {
        !matches!(self, Value::Null | Value::Column(_) | Value::Unknown)
    }
}

pub(super) fn literal(it: &ast::Literal) -> Value {
    let text = names::plain(it.syntax());
    if text.eq_ignore_ascii_case("null") {
        return Value::Null;
    }
    if let Some(truth) = word(&text, false) {
        return Value::Truth(truth);
    }
    if text.contains(['\'', '$']) {
        return it.string_value().map_or(Value::Unknown, Value::Text);
    }
    number(&text).unwrap_or(Value::Unknown)
}

pub(super) fn number(text: &str) -> Option<Value> {
    let digits = text.trim().trim_start_matches('-').starts_with(|it: char| it.is_ascii_digit());
    text.trim().parse().ok().filter(|_| digits).map(Value::Number)
}

/// What Postgres reads as a boolean: plain words, and in a cast quoted ones and numbers as well.
pub(super) fn word(text: &str, cast: bool) -> Option<bool> {
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

/// `same`: both are written alike, so that only a null makes a difference.
pub(super) fn compare(
    left: &Value,
    right: &Value,
    same: bool,
    holds: fn(Ordering) -> bool,
) -> Value {
    if *left == Value::Null || *right == Value::Null {
        return Value::Null;
    }
    if same && holds(Ordering::Equal) {
        return Value::Truth(true);
    }
    let ordered = |it: Option<Ordering>| it.map_or(Value::Unknown, |it| Value::Truth(holds(it)));
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => ordered(left.partial_cmp(right)),
        (Value::Truth(left), Value::Truth(right)) => ordered(Some(left.cmp(right))),
        (Value::Number(_), Value::Text(text)) => match number(text) {
            Some(right) => compare(left, &right, false, holds),
            None => Value::Unknown,
        },
        (Value::Truth(_), Value::Text(text)) => match word(text, true) {
            Some(right) => compare(left, &Value::Truth(right), false, holds),
            None => Value::Unknown,
        },
        // The order of texts depends on the server; a user is none that can be written down.
        (Value::Text(left), Value::Text(right)) if left == right => ordered(Some(Ordering::Equal)),
        (Value::Column(left), Value::Column(right)) if left == right && holds(Ordering::Equal) => {
            Value::Truth(true)
        }
        (Value::Text(_) | Value::User, Value::Text(_)) | (Value::Text(_), Value::User) => {
            let (less, greater) = (holds(Ordering::Less), holds(Ordering::Greater));
            if less == greater { Value::Truth(less) } else { Value::Unknown }
        }
        _ => Value::Unknown,
    }
}

pub(super) fn not_distinct(left: &Value, right: &Value, same: bool) -> Value {
    match (left, right) {
        (Value::Null, Value::Null) => Value::Truth(true),
        (Value::Null, other) | (other, Value::Null) if other.is_certain() => Value::Truth(false),
        (Value::Null, _) | (_, Value::Null) => Value::Unknown,
        _ => compare(left, right, same, Ordering::is_eq),
    }
}

/// `LIKE '%'` takes every text.
pub(super) fn like(text: &Value, pattern: &Value) -> Value {
    match (text, pattern) {
        (Value::Null, _) | (_, Value::Null) => Value::Null,
        (_, Value::Text(it)) if !it.is_empty() && it.bytes().all(|it| it == b'%') => {
            Value::Truth(true)
        }
        _ => Value::Unknown,
    }
}

pub(super) fn plus(left: &Value, right: &Value, sign: f64) -> Value {
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => Value::Null,
        (Value::Number(left), Value::Number(right)) => Value::Number(left + sign * right),
        _ => Value::Unknown,
    }
}

/// The last part of a name that may stand for a column.
pub(super) fn name_of(expression: &Expr) -> Option<String> {
    let last = match expression {
        Expr::NameRef(it) => it.syntax().clone(),
        Expr::FieldExpr(it) => {
            let parts = it.syntax().descendants().filter(|it| it.kind() == Kind::NAME_REF);
            parts.last()?
        }
        _ => return None,
    };
    named(&last)
}

fn named(node: &SyntaxNode) -> Option<String> {
    (!scalar::is_special(node)).then(|| names::name(node))
}

/// `x IS NULL`, and one of the branches beside it says `x IS NOT NULL`.
pub(super) fn is_opposite(left: &Expr, right: &Expr) -> bool {
    let Some((text, null)) = scalar::null_test(right) else { return false };
    let mut branch = left.clone();
    loop {
        let (rest, last) = match &branch {
            Expr::BinExpr(it) if matches!(it.op(), Some(BinOp::Or(_))) => (it.lhs(), it.rhs()),
            _ => (None, Some(branch.clone())),
        };
        let test = last.and_then(|it| scalar::null_test(&it));
        if test.is_some_and(|it| it == (text.clone(), !null)) {
            return true;
        }
        let Some(rest) = rest else { return false };
        branch = rest;
    }
}

/// Whether a query takes every row of the table, and of no other.
pub(super) fn takes_all(select: &SyntaxNode, table: &ObjectName) -> bool {
    let from = child(select, Kind::FROM_CLAUSE);
    let from: Vec<SyntaxNode> = from.iter().flat_map(SyntaxNode::children).collect();
    let [item] = from.as_slice() else { return false };
    let same =
        child(item, Kind::RELATION_NAME_REF).and_then(|it| names::object(&it)).is_some_and(|it| {
            let schemas = it.schema.as_ref().zip(table.schema.as_ref());
            it.name == table.name && schemas.is_none_or(|(one, other)| one == other)
        });
    let sampled = |it: SyntaxNode| !matches!(it.kind(), Kind::RELATION_NAME_REF | Kind::FROM_ALIAS);
    let narrowed = |it: SyntaxNode| match it.kind() {
        Kind::SELECT_CLAUSE | Kind::FROM_CLAUSE | Kind::ORDER_BY_CLAUSE | Kind::LOCKING_CLAUSE => {
            false
        }
        Kind::WHERE_CLAUSE => {
            it.children().find_map(Expr::cast).and_then(|it| truth(&it)) != Some(true)
        }
        _ => true,
    };
    same && !item.children().any(sampled) && !select.children().any(narrowed)
}

/// The column that a query takes of every row of the table, if it does nothing else.
pub(super) fn column_of_all(select: &SyntaxNode, table: &ObjectName) -> Option<String> {
    let clause = child(select, Kind::SELECT_CLAUSE).filter(|_| takes_all(select, table))?;
    let mut targets = clause.descendants().filter(|it| it.kind() == Kind::TARGET);
    let only = targets.next().filter(|_| targets.next().is_none())?;
    name_of(&only.children().find_map(Expr::cast)?)
}
