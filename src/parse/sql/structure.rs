//! Indexes, sequences and comments.

use squawk_syntax::ast::{self, AstNode, Stmt};
use squawk_syntax::{SyntaxElement, SyntaxKind as Kind, SyntaxNode};

use super::constraint::expression;
use super::statement::{cascade, child, children, guard};
use super::{Lower, Place, names, range, scalar, trimmed};
use crate::schema::{Certainty, IndexKey, NewIndex, ObjectName, Op};

pub(super) fn lower(
    cx: &mut Lower,
    place: &Place<'_>,
    node: &SyntaxNode,
    statement: &Stmt,
    certainty: Certainty,
) {
    match statement {
        Stmt::CreateIndex(_) => {
            if let Some(index) = index(place, node) {
                cx.push(place, trimmed(node), certainty, Op::CreateIndex(Box::new(index)));
            }
        }
        Stmt::DropIndex(_) => {
            let concurrently = has(node, Kind::CONCURRENTLY_KW);
            let (guard, cascade) = (guard(node), cascade(node));
            for named in children(node, Kind::INDEX_REF) {
                let Some(name) = names::object(&named) else { continue };
                let op = Op::DropIndex { name, guard, concurrently, cascade };
                cx.push(place, trimmed(&named), certainty, op);
            }
        }
        Stmt::CreateSequence(_) => {
            let named = child(node, Kind::SEQUENCE).and_then(|it| names::object(&it));
            let Some(mut name) = named else { return };
            if child(node, Kind::TEMP).is_some() {
                name.schema = Some("pg_temp".to_owned());
            } else if name.schema.is_none() {
                name.schema.clone_from(&place.schema);
            }
            let op = Op::CreateSequence { name, guard: guard(node) };
            cx.push(place, trimmed(node), certainty, op);
        }
        Stmt::DropSequence(_) => {
            let (guard, cascade) = (guard(node), cascade(node));
            for named in children(node, Kind::SEQUENCE_REF) {
                let Some(name) = names::object(&named) else { continue };
                cx.push(
                    place,
                    trimmed(&named),
                    certainty,
                    Op::DropSequence { name, guard, cascade },
                );
            }
        }
        Stmt::CommentOn(_) => {
            let on = child(node, Kind::OBJECT_TABLE).and_then(|it| names::object(&it));
            let Some(table) = on else { return };
            let text = child(node, Kind::LITERAL).and_then(ast::Literal::cast);
            let text = text.and_then(|it| it.string_value());
            cx.push(place, trimmed(node), certainty, Op::CommentOnTable { table, text });
        }
        _ => {}
    }
}

/// `ALTER SEQUENCE`, as far as its numbers and its owner go.
pub(super) fn alter_sequence(
    cx: &mut Lower,
    place: &Place<'_>,
    node: &SyntaxNode,
    certainty: Certainty,
) {
    let Some(named) = child(node, Kind::SEQUENCE_REF) else { return };
    let Some(name) = names::object(&named) else { return };
    for action in node.children() {
        let op = match action.kind() {
            Kind::OPTION_RESTART => Op::ResetSequence { name: name.clone() },
            Kind::OPTION_INCREMENT | Kind::OPTION_MAX_VALUE if runs_out(&action) => {
                Op::ResetSequence { name: name.clone() }
            }
            Kind::OWNER_TO => {
                let to = child(&action, Kind::ROLE_REF).map(|it| names::plain(&it));
                let to = to.unwrap_or_default().trim_matches('"').to_owned();
                Op::SetOwner { what: format!("sequence {name}"), table: None, to }
            }
            _ => continue,
        };
        cx.push(place, trimmed(&action), certainty, op);
    }
}

/// `INCREMENT BY -1`, or a `MAXVALUE` that no type has for its last number.
fn runs_out(option: &SyntaxNode) -> bool {
    let Some(number) = option.children().find(|it| ast::Expr::can_cast(it.kind())) else {
        return false;
    };
    let number: String = names::plain(&number).split_whitespace().collect();
    match option.kind() {
        Kind::OPTION_INCREMENT => number.starts_with('-'),
        _ => number.replace('_', "").parse::<i64>().is_ok_and(|it| it < i64::from(i16::MAX)),
    }
}

fn index(place: &Place<'_>, node: &SyntaxNode) -> Option<NewIndex> {
    let target = child(node, Kind::TABLE_RELATION_NAME)?;
    let named = child(node, Kind::INDEX);
    let word = token(node, Kind::INDEX_KW);
    let at = named.as_ref().map(trimmed).or(word).unwrap_or_else(|| trimmed(node));
    let items = |node: &SyntaxNode| {
        let list = child(node, Kind::PARTITION_ITEM_LIST);
        let items = list.map(|it| children(&it, Kind::PARTITION_ITEM).collect::<Vec<_>>());
        items.unwrap_or_default()
    };
    let include = child(node, Kind::INDEX_INCLUDE_CLAUSE).map(|it| items(&it)).unwrap_or_default();
    let method = child(node, Kind::USING_METHOD).and_then(|it| child(&it, Kind::ACCESS_METHOD_REF));
    Some(NewIndex {
        name: named.and_then(|it| names::object(&it)).map(|it| it.name),
        table: names::object(&target)?,
        keys: items(node).iter().map(|it| key(place, it)).collect(),
        include: include.iter().filter_map(|it| key(place, it).column).collect(),
        unique: has(node, Kind::UNIQUE_KW),
        concurrently: has(node, Kind::CONCURRENTLY_KW),
        only: has(&target, Kind::ONLY_KW),
        guard: guard(node),
        method: method.map_or_else(|| "btree".to_owned(), |it| names::name(&it)),
        predicate: child(node, Kind::WHERE_CLAUSE).and_then(|it| expression(place, &it)),
        nulls_not_distinct: child(node, Kind::NULLS_NOT_DISTINCT).is_some(),
        at: place.map(at),
    })
}

fn key(place: &Place<'_>, item: &SyntaxNode) -> IndexKey {
    let mut inner = item.children().find(|it| ast::Expr::can_cast(it.kind()));
    inner = inner.or_else(|| item.first_child());
    while let Some(it) = inner.as_ref().filter(|it| {
        matches!(it.kind(), Kind::COLLATE | Kind::PAREN_EXPR) && it.first_child().is_some()
    }) {
        inner = it.first_child();
    }
    let column = inner.as_ref().filter(|it| it.kind() == Kind::NAME_REF).map(names::name);
    let columns = inner.as_ref().map(|it| scalar::read(place, it).columns).unwrap_or_default();
    let label = column.clone().or_else(|| inner.as_ref().and_then(label));
    IndexKey {
        label: label.unwrap_or_else(|| "expr".to_owned()),
        columns: column.clone().map_or(columns, |it| vec![it]),
        column,
        text: names::plain(item),
    }
}

/// What Postgres calls an expression (`FigureColname` in its source), for the kinds that indexes have.
fn label(expression: &SyntaxNode) -> Option<String> {
    match expression.kind() {
        Kind::CALL_EXPR => {
            let callee = scalar::callee(expression)?;
            Some(callee.rsplit('.').next().unwrap_or(&callee).to_owned())
        }
        Kind::NAME_REF => Some(names::name(expression)),
        Kind::PAREN_EXPR | Kind::COLLATE | Kind::CAST_EXPR => label(&expression.first_child()?),
        _ => None,
    }
}

pub(super) fn has(node: &SyntaxNode, kind: Kind) -> bool {
    token(node, kind).is_some()
}

/// The place of a word that stands directly below the node.
fn token(node: &SyntaxNode, kind: Kind) -> Option<std::ops::Range<usize>> {
    let mut tokens = node.children_with_tokens().filter_map(SyntaxElement::into_token);
    tokens.find(|it| it.kind() == kind).map(|it| range(it.text_range()))
}

/// What a text means as a relation's name, as `'public."Users_id_seq"'::regclass` does.
pub(super) fn relation_in(text: &str) -> ObjectName {
    let mut parts: Vec<String> = vec![String::new()];
    let mut quoted = false;
    for c in text.trim().chars() {
        match c {
            '"' => quoted = !quoted,
            '.' if !quoted => parts.push(String::new()),
            _ => {
                let Some(last) = parts.last_mut() else { continue };
                last.push(if quoted { c } else { c.to_ascii_lowercase() });
            }
        }
    }
    let name = names::cut(parts.pop().unwrap_or_default());
    ObjectName { schema: parts.pop().map(names::cut), name }
}
