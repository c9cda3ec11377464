//! What a condition is for every row, where its text alone tells.

use std::cmp::Ordering;

use squawk_syntax::ast::{self, AstNode, BinOp, Expr, PostfixOp};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use super::scalar::callee;
use super::statement::{child, children, descendant};
use super::value::{Value, compare, is_opposite, like, plus, word};
use super::{names, value};
use crate::schema::{ObjectName, Whenever};

/// Who asks, where a condition of a policy depends on it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asker {
    Anyone,
    /// Not logged in: `auth.uid()` is null.
    Nobody,
    /// Logged in, as somebody.
    User,
}

/// The table whose rows a condition is about, and its name in the statement.
pub(super) struct Rows<'a> {
    pub(super) table: &'a ObjectName,
    pub(super) alias: Option<String>,
}

/// `true`, `1 = 1`, `id = id`, `… or true`, `not false`, `(select true)`, and what is false likewise.
pub(super) fn truth(expression: &Expr) -> Option<bool> {
    Reader { asker: Asker::Anyone, of: None, when: None }.truth(expression)
}

/// Whether it holds, whatever the row is.
pub(super) fn holds_for(asker: Asker, expression: &Expr) -> bool {
    Reader { asker, of: None, when: None }.truth(expression) == Some(true)
}

/// What must be true of the columns so that every row meets the condition; nothing, where its text alone tells.
pub(super) fn every_row(expression: &Expr, of: Option<&Rows<'_>>) -> Option<Whenever> {
    if (Reader { asker: Asker::Anyone, of, when: None }).truth(expression) == Some(true) {
        return Some(Whenever::default());
    }
    let mut reader = Reader { asker: Asker::Anyone, of, when: Some(Whenever::default()) };
    reader.truth(expression).filter(|it| *it).and(reader.when)
}

/// `false`, `1 = 2`, `null`.
pub(super) fn no_row(expression: &Expr) -> bool {
    let value = Reader { asker: Asker::Anyone, of: None, when: None }.value(expression);
    matches!(value, Value::Null | Value::Truth(false))
}

struct Reader<'a> {
    asker: Asker,
    of: Option<&'a Rows<'a>>,
    /// Columns are taken to be set, and keys to be above zero; which ones is written down.
    when: Option<Whenever>,
}

impl Reader<'_> {
    fn truth(&mut self, expression: &Expr) -> Option<bool> {
        match self.value(expression) {
            Value::Truth(it) => Some(it),
            _ => None,
        }
    }

    fn value(&mut self, expression: &Expr) -> Value {
        match expression {
            Expr::Literal(it) => value::literal(it),
            Expr::NameRef(_) | Expr::FieldExpr(_) => {
                self.column(expression).map_or(Value::Unknown, Value::Column)
            }
            Expr::ParenExpr(it) => match it.expr() {
                Some(inner) => self.value(&inner),
                None => self.selected(it.syntax()),
            },
            Expr::PrefixExpr(it) => {
                let Some(inner) = it.expr() else { return Value::Unknown };
                match (it.op(), self.value(&inner)) {
                    (Some(ast::PrefixOp::Not(_)), it) => it.not(),
                    (Some(ast::PrefixOp::Minus(_)), Value::Number(it)) => Value::Number(-it),
                    _ => Value::Unknown,
                }
            }
            Expr::PostfixExpr(it) => {
                let Some(inner) = it.expr() else { return Value::Unknown };
                match it.op() {
                    Some(PostfixOp::IsNull(_)) => self.is(&inner, &Value::Null).settled(),
                    Some(PostfixOp::NotNull(_)) => self.is(&inner, &Value::Null).not(),
                    _ => Value::Unknown,
                }
            }
            Expr::CastExpr(it) => self.cast(it.syntax()),
            Expr::CallExpr(it) => self.called(it.syntax()),
            Expr::CaseExpr(it) => self.case(it),
            Expr::BetweenExpr(it) => self.between(it),
            Expr::BinExpr(it) => match (it.lhs(), it.op(), it.rhs()) {
                (Some(left), Some(op), Some(right)) => self.binary(&left, &op, &right),
                _ => Value::Unknown,
            },
            _ => Value::Unknown,
        }
    }

    fn binary(&mut self, left: &Expr, op: &BinOp, right: &Expr) -> Value {
        match op {
            BinOp::Or(_) if is_opposite(left, right) => Value::Truth(true),
            BinOp::Or(_) => self.value(left).or(&self.value(right)),
            BinOp::And(_) => self.value(left).and(&self.value(right)),
            BinOp::Is(_) => self.is_what(left, right, false),
            BinOp::IsNot(_) => self.is_what(left, right, true),
            BinOp::In(_) => self.within(left, right),
            BinOp::NotIn(_) => self.within(left, right).not(),
            BinOp::Like(_) | BinOp::Ilike(_) => like(&self.value(left), &self.value(right)),
            BinOp::NotLike(_) | BinOp::NotIlike(_) => {
                like(&self.value(left), &self.value(right)).not()
            }
            BinOp::Plus(_) => plus(&self.value(left), &self.value(right), 1.0),
            BinOp::Minus(_) => plus(&self.value(left), &self.value(right), -1.0),
            BinOp::CustomOp(it) if it.syntax().text() == "->>" => self.claim(left, right),
            BinOp::Eq(_) if child(right.syntax(), Kind::ANY_FN).is_some() => {
                self.within(left, right)
            }
            _ => self.compared(left, op, right),
        }
    }

    fn compared(&mut self, left: &Expr, op: &BinOp, right: &Expr) -> Value {
        let same = left.syntax().text() == right.syntax().text() || {
            let text = |it: &Expr| names::plain(it.syntax());
            left.syntax().kind() == right.syntax().kind()
                && text(left).eq_ignore_ascii_case(&text(right))
        };
        let (left, right) = (self.value(left), self.value(right));
        if let (Value::Column(column), Value::Number(number)) = (&left, &right)
            && let Some(it) = &mut self.when
        {
            let every = match op {
                BinOp::RAngle(_) => *number <= 0.0,
                BinOp::Gteq(_) => *number <= 1.0,
                _ => false,
            };
            if every {
                it.keys.push(column.clone());
                return Value::Truth(true);
            }
        }
        match op {
            BinOp::Eq(_) => compare(&left, &right, same, Ordering::is_eq),
            BinOp::Neq(_) | BinOp::Neqb(_) => compare(&left, &right, same, Ordering::is_ne),
            BinOp::Gteq(_) => compare(&left, &right, same, Ordering::is_ge),
            BinOp::Lteq(_) => compare(&left, &right, same, Ordering::is_le),
            BinOp::RAngle(_) => compare(&left, &right, same, Ordering::is_gt),
            BinOp::LAngle(_) => compare(&left, &right, same, Ordering::is_lt),
            BinOp::IsNotDistinctFrom(_) => value::not_distinct(&left, &right, same),
            BinOp::IsDistinctFrom(_) => value::not_distinct(&left, &right, same).not(),
            _ => Value::Unknown,
        }
    }

    /// `IS NULL`, `IS TRUE`, `IS UNKNOWN`. The parser binds `a IS NULL = true` as `a IS (NULL = true)`.
    fn is_what(&mut self, left: &Expr, right: &Expr, not: bool) -> Value {
        if let Expr::BinExpr(rest) = right {
            let (Some(what), Some(op), Some(right)) = (rest.lhs(), rest.op(), rest.rhs()) else {
                return Value::Unknown;
            };
            let first = self.is_what(left, &what, not);
            let order = match op {
                BinOp::Eq(_) => Ordering::is_eq,
                BinOp::Neq(_) | BinOp::Neqb(_) => Ordering::is_ne,
                _ => return Value::Unknown,
            };
            return compare(&first, &self.value(&right), false, order);
        }
        let unknown = names::plain(right.syntax()).eq_ignore_ascii_case("unknown");
        let what = if unknown { Value::Null } else { self.value(right) };
        let is = self.is(left, &what);
        if not && !matches!(is, Value::Either) { is.not() } else { is.settled() }
    }

    fn is(&mut self, left: &Expr, what: &Value) -> Value {
        match (self.value(left), what) {
            (Value::Null, Value::Null) => Value::Truth(true),
            // A token that nobody has logged in with is there, and says so.
            (Value::Token, Value::Null) if self.asker == Asker::Nobody => Value::Either,
            (
                Value::Truth(_) | Value::Number(_) | Value::Text(_) | Value::User | Value::Token,
                Value::Null,
            )
            | (Value::Null, Value::Truth(_)) => Value::Truth(false),
            (Value::Column(column), Value::Null) => match &mut self.when {
                Some(it) => {
                    it.set.push(column);
                    Value::Truth(false)
                }
                None => Value::Unknown,
            },
            (Value::Truth(one), Value::Truth(other)) => Value::Truth(one == *other),
            _ => Value::Unknown,
        }
    }

    /// `IN (…)`, `= ANY (ARRAY[…])`, and the same column of all rows of the same table.
    fn within(&mut self, left: &Expr, right: &Expr) -> Value {
        let any = child(right.syntax(), Kind::ANY_FN);
        let list = any.as_ref().unwrap_or(right.syntax());
        if let Some(select) = child(list, Kind::SELECT) {
            let own = self.is_own(left, &select);
            return if own { Value::Truth(true) } else { Value::Unknown };
        }
        let list = match (&any, child(list, Kind::ARRAY_EXPR)) {
            (Some(_), Some(array)) => array,
            (Some(_), None) => return Value::Unknown,
            (None, _) => list.clone(),
        };
        let text = names::plain(left.syntax());
        let value = self.value(left);
        let mut all = Value::Truth(false);
        let items: Vec<Expr> = list.children().filter_map(Expr::cast).collect();
        if items.is_empty() {
            return Value::Unknown;
        }
        for item in items {
            let same = names::plain(item.syntax()).eq_ignore_ascii_case(&text);
            all = all.or(&compare(&value, &self.value(&item), same, Ordering::is_eq));
        }
        all
    }

    fn is_own(&self, left: &Expr, select: &SyntaxNode) -> bool {
        let Some(of) = self.of else { return false };
        let column = match left {
            Expr::ParenExpr(it) => it.expr().and_then(|it| self.column(&it)),
            other => self.column(other),
        };
        column.is_some() && column == value::column_of_all(select, of.table)
    }

    /// A query without rows to look at: `(select true)`.
    fn selected(&mut self, node: &SyntaxNode) -> Value {
        let target = bare_select(node).and_then(|it| descendant(&it, Kind::TARGET));
        let target = target.and_then(|it| it.children().find_map(Expr::cast));
        target.map_or(Value::Unknown, |it| self.value(&it))
    }

    fn cast(&mut self, node: &SyntaxNode) -> Value {
        let to = node.children().find_map(ast::Type::cast);
        let to = to.map(|it| names::data_type(it.syntax())).unwrap_or_default();
        let Some(inner) = node.children().find_map(Expr::cast) else { return Value::Unknown };
        let value = self.value(&inner);
        if to == "boolean" {
            return match &inner {
                Expr::Literal(it) => {
                    word(&names::plain(it.syntax()), true).map_or(value, Value::Truth)
                }
                _ => value,
            };
        }
        match value {
            Value::Text(it) if matches!(to.as_str(), "text" | "varchar" | "uuid") => {
                Value::Text(it)
            }
            Value::Text(it) => value::number(&it).unwrap_or(Value::Unknown),
            it @ (Value::Null | Value::User | Value::Column(_) | Value::Token) => it,
            _ => Value::Unknown,
        }
    }

    fn called(&mut self, node: &SyntaxNode) -> Value {
        if let Some(exists) = child(node, Kind::EXISTS_FN) {
            // A query without tables has one row.
            let one = bare_select(node).is_some() || child(&exists, Kind::VALUES).is_some();
            return if one { Value::Truth(true) } else { Value::Unknown };
        }
        let arguments = || {
            let list = child(node, Kind::ARG_LIST);
            let list: Vec<SyntaxNode> = list.iter().flat_map(SyntaxNode::children).collect();
            let of = |it: &SyntaxNode| {
                Expr::cast(it.clone()).or_else(|| it.children().find_map(Expr::cast))
            };
            list.iter().filter_map(of).collect::<Vec<Expr>>()
        };
        match (callee(node).as_deref(), self.asker) {
            (Some("coalesce"), _) => {
                for argument in arguments() {
                    match self.value(&argument) {
                        Value::Null => {}
                        it => {
                            // One that may be null leaves the rest open, unless there is none.
                            let last = arguments().last().is_some_and(|it| *it == argument);
                            return if it.is_certain() || last { it } else { Value::Unknown };
                        }
                    }
                }
                Value::Null
            }
            (Some("nullif"), _) => {
                let arguments = arguments();
                let [one, other] = arguments.as_slice() else { return Value::Unknown };
                let one = self.value(one);
                match compare(&one, &self.value(other), false, Ordering::is_eq) {
                    Value::Truth(true) => Value::Null,
                    Value::Truth(false) | Value::Null => one,
                    _ => Value::Unknown,
                }
            }
            (Some("auth.uid" | "auth.email"), Asker::Nobody) => Value::Null,
            (Some("auth.uid"), Asker::User) => Value::User,
            (Some("auth.role"), Asker::Nobody) => Value::Text("anon".to_owned()),
            (Some("auth.role"), Asker::User) => Value::Text("authenticated".to_owned()),
            (Some("auth.jwt"), Asker::Nobody | Asker::User) => Value::Token,
            _ => Value::Unknown,
        }
    }

    /// `auth.jwt() ->> 'sub'`: only the role is told to those who have not logged in.
    fn claim(&mut self, left: &Expr, right: &Expr) -> Value {
        let (Value::Token, Value::Text(claim)) = (self.value(left), self.value(right)) else {
            return Value::Unknown;
        };
        match (claim.as_str(), self.asker) {
            ("role", Asker::Nobody) => Value::Text("anon".to_owned()),
            ("role", Asker::User) => Value::Text("authenticated".to_owned()),
            ("sub" | "email" | "phone" | "aal" | "session_id", Asker::Nobody) => Value::Null,
            ("sub", Asker::User) => Value::User,
            _ => Value::Unknown,
        }
    }

    fn case(&mut self, case: &ast::CaseExpr) -> Value {
        let of = case.expr().map(|it| self.value(&it));
        let list = case.when_clause_list();
        let arms: Vec<SyntaxNode> =
            list.iter().flat_map(|it| children(it.syntax(), Kind::WHEN_CLAUSE)).collect();
        for arm in arms.into_iter().filter_map(ast::WhenClause::cast) {
            let (Some(when), Some(then)) = (arm.condition(), arm.then()) else { break };
            let when = match &of {
                Some(of) => compare(of, &self.value(&when), false, Ordering::is_eq),
                None => self.value(&when),
            };
            match when {
                Value::Truth(true) => return self.value(&then),
                Value::Truth(false) | Value::Null => {}
                _ => return Value::Unknown,
            }
        }
        let otherwise = case.else_clause().and_then(|it| it.expr());
        otherwise.map_or(Value::Null, |it| self.value(&it))
    }

    fn between(&mut self, it: &ast::BetweenExpr) -> Value {
        let (Some(of), Some(start), Some(end)) = (it.target(), it.start(), it.end()) else {
            return Value::Unknown;
        };
        let of = self.value(&of);
        let above = compare(&of, &self.value(&start), false, Ordering::is_ge);
        let inside = above.and(&compare(&of, &self.value(&end), false, Ordering::is_le));
        if it.not_token().is_some() { inside.not() } else { inside }
    }

    /// The column that a name stands for; of another table's nothing is known.
    fn column(&self, expression: &Expr) -> Option<String> {
        let name = value::name_of(expression)?;
        let Expr::FieldExpr(it) = expression else { return Some(name) };
        let Some(of) = self.of else { return Some(name) };
        let parts = it.syntax().descendants().filter(|it| it.kind() == Kind::NAME_REF);
        let parts: Vec<String> = parts.map(|it| names::name(&it)).collect();
        let [.., table, _] = parts.as_slice() else { return None };
        (*table == of.table.name || of.alias.as_ref() == Some(table)).then_some(name)
    }
}

fn bare_select(node: &SyntaxNode) -> Option<SyntaxNode> {
    let select = descendant(node, Kind::SELECT)?;
    let narrowed = [
        Kind::FROM_CLAUSE,
        Kind::WHERE_CLAUSE,
        Kind::LIMIT_CLAUSE,
        Kind::OFFSET_CLAUSE,
        Kind::HAVING_CLAUSE,
    ];
    let combined = descendant(node, Kind::COMPOUND_SELECT).is_some();
    (!combined && narrowed.iter().all(|it| child(&select, *it).is_none())).then_some(select)
}
