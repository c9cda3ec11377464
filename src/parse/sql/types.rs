//! Schemas and types: what creates and alters them.

use squawk_syntax::ast::{self, AstNode, Stmt};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use super::statement::{child, children, descendant, guard};
use super::table::new_column;
use super::{Lower, Place, names, statement, trimmed, view};
use crate::schema::{
    AttributeOp, Certainty, DomainOp, NewColumn, ObjectName, Op, RewriteRuleOp, TypeKind,
};

/// `CREATE SCHEMA`, with the elements that may stand in it.
pub(super) fn create_schema(
    cx: &mut Lower,
    place: &Place<'_>,
    node: &SyntaxNode,
    certainty: Certainty,
) {
    let name = descendant(node, Kind::SCHEMA).or_else(|| descendant(node, Kind::ROLE));
    let Some(name) = name.map(|it| names::name(&it)) else { return };
    cx.push(
        place,
        trimmed(node),
        certainty,
        Op::CreateSchema { name: name.clone(), guard: guard(node) },
    );
    let inner = Place { schema: Some(name), ..place.clone() };
    for element in node.children().filter(|it| Stmt::can_cast(it.kind())) {
        statement::lower(cx, &inner, &element, certainty);
    }
}

pub(super) fn alter_schema(
    cx: &mut Lower,
    place: &Place<'_>,
    node: &SyntaxNode,
    certainty: Certainty,
) {
    let Some(from) = child(node, Kind::SCHEMA_REF) else { return };
    if let Some(op) = owner(node, &format!("schema {}", names::name(&from))) {
        cx.push(place, trimmed(node), certainty, op);
    }
    let Some(to) = child(node, Kind::SCHEMA_RENAME_TO).and_then(|it| child(&it, Kind::SCHEMA))
    else {
        return;
    };
    let op = Op::RenameSchema { from: names::name(&from), to: names::name(&to) };
    cx.push(place, trimmed(node), certainty, op);
}

/// `CREATE RULE`, `DROP RULE`; what the actions of one do is read elsewhere.
pub(super) fn rule(cx: &mut Lower, place: &Place<'_>, node: &SyntaxNode, certainty: Certainty) {
    let on = child(node, Kind::ON_RELATION).or_else(|| child(node, Kind::RULE_ON));
    let table = on.as_ref().and_then(|it| child(it, Kind::RELATION_NAME_REF));
    let name = child(node, Kind::RULE).or_else(|| child(node, Kind::RULE_REF));
    let Some((table, name)) = table.and_then(|it| names::object(&it)).zip(name) else { return };
    let said = |under: Option<SyntaxNode>, word: Kind| {
        under.is_some_and(|it| {
            it.descendants_with_tokens()
                .filter(|it| !it.kind().is_trivia())
                .any(|it| it.kind() == word)
        })
    };
    let op = match node.kind() {
        Kind::DROP_RULE => RewriteRuleOp::Drop,
        _ => RewriteRuleOp::Create {
            instead: said(child(node, Kind::RULE_DO), Kind::INSTEAD_KW),
            select: said(on.and_then(|it| child(&it, Kind::RULE_EVENT)), Kind::SELECT_KW),
            replaces: child(node, Kind::OR_REPLACE).is_some(),
        },
    };
    let op = Op::RewriteRule { on: table, name: names::name(&name), op };
    cx.push(place, trimmed(node), certainty, op);
}

/// `CREATE TYPE`, `CREATE DOMAIN`.
pub(super) fn create(cx: &mut Lower, place: &Place<'_>, node: &SyntaxNode, certainty: Certainty) {
    let named = child(node, Kind::TYPE_NAME).or_else(|| child(node, Kind::DOMAIN));
    let Some(mut name) = named.and_then(|it| names::object(&it)) else { return };
    if name.schema.is_none() {
        name.schema.clone_from(&place.schema);
    }
    let kind = if node.kind() == Kind::CREATE_DOMAIN {
        let constraints = [Kind::CHECK_CONSTRAINT, Kind::NOT_NULL_CONSTRAINT];
        TypeKind::Domain {
            constrained: node.descendants().any(|it| constraints.contains(&it.kind())),
        }
    } else if let Some(labels) = child(node, Kind::ENUM_TYPE) {
        let labels = labels.descendants().filter_map(ast::Literal::cast);
        TypeKind::Enum(labels.filter_map(|it| it.string_value()).collect())
    } else if let Some(fields) = child(node, Kind::COMPOSITE_TYPE) {
        let names_of = fields.descendants().filter(|it| it.kind() == Kind::COMPOSITE_FIELD);
        TypeKind::Composite(names_of.map(|it| (names::name(&it), type_after(&it))).collect())
    } else {
        TypeKind::Other
    };
    cx.push(place, trimmed(node), certainty, Op::CreateType { name, kind });
}

fn type_after(name: &SyntaxNode) -> String {
    let siblings = name.parent().into_iter().flat_map(|it| it.children().collect::<Vec<_>>());
    let data_type = siblings.into_iter().skip_while(|it| it != name).find_map(ast::Type::cast);
    data_type.map_or_else(String::new, |it| names::data_type(it.syntax()))
}

/// `ALTER TYPE`, `ALTER DOMAIN`.
pub(super) fn alter(cx: &mut Lower, place: &Place<'_>, node: &SyntaxNode, certainty: Certainty) {
    let named = child(node, Kind::TYPE_NAME_REF).or_else(|| child(node, Kind::DOMAIN_REF));
    let Some(name) = named.and_then(|it| names::object(&it)) else { return };
    let mut actions: Vec<SyntaxNode> = node.children().collect();
    if let Some(list) = child(node, Kind::ALTER_TYPE_ATTRIBUTE_ACTION_LIST) {
        actions.extend(list.children());
    }
    for action in actions {
        if let Some(op) = action_op(place, &name, &action) {
            cx.push(place, trimmed(&action), certainty, op);
        }
    }
}

/// `OWNER TO`, below the node or the node itself.
fn owner(node: &SyntaxNode, what: &str) -> Option<Op> {
    let owner =
        if node.kind() == Kind::OWNER_TO { node.clone() } else { child(node, Kind::OWNER_TO)? };
    let to = view::role(&child(&owner, Kind::ROLE_REF)?);
    Some(Op::SetOwner { what: what.to_owned(), table: None, to })
}

fn action_op(place: &Place<'_>, name: &ObjectName, action: &SyntaxNode) -> Option<Op> {
    let name = name.clone();
    let field = || child(action, Kind::COMPOSITE_FIELD_REF).map(|it| names::name(&it));
    let new_field = |data_type| {
        let column = new_column(&child(action, Kind::COMPOSITE_FIELD)?, data_type);
        Some(NewColumn { at: place.map(column.at.clone()), ..column })
    };
    let data_type = || {
        let found = action.children().find_map(ast::Type::cast);
        found.map_or_else(String::new, |it| names::data_type(it.syntax()))
    };
    let mut literals = children(action, Kind::LITERAL)
        .filter_map(ast::Literal::cast)
        .filter_map(|it| it.string_value());
    let domain = |op| Op::AlterDomain { name: name.clone(), op };
    Some(match action.kind() {
        Kind::ADD_CONSTRAINT => domain(DomainOp::AddConstraint),
        Kind::DROP_CONSTRAINT => {
            let dropped = names::object(&child(action, Kind::CONSTRAINT_NAME_REF)?)?;
            domain(DomainOp::DropConstraint { name: dropped.name })
        }
        Kind::SET_NOT_NULL => domain(DomainOp::SetNotNull),
        Kind::DROP_NOT_NULL => domain(DomainOp::DropNotNull),
        Kind::ADD_VALUE => Op::AddEnumValue { name, value: literals.next()? },
        Kind::RENAME_VALUE => {
            Op::RenameEnumValue { name, from: literals.next()?, to: literals.next()? }
        }
        Kind::TYPE_RENAME_TO | Kind::DOMAIN_RENAME_TO => {
            let to = action.children().find_map(|it| names::object(&it))?;
            Op::RenameType { from: name, to: to.name }
        }
        Kind::SET_SCHEMA => {
            Op::MoveType { from: name, schema: names::name(&child(action, Kind::SCHEMA_REF)?) }
        }
        Kind::OWNER_TO => owner(action, &format!("type {name}"))?,
        Kind::ADD_ATTRIBUTE => {
            Op::Attribute { of: name, op: AttributeOp::Add(new_field(data_type())?) }
        }
        Kind::DROP_ATTRIBUTE => {
            Op::Attribute { of: name, op: AttributeOp::Drop { attribute: field()? } }
        }
        Kind::RENAME_ATTRIBUTE => {
            let op = AttributeOp::Rename { from: field()?, to: new_field(String::new())? };
            Op::Attribute { of: name, op }
        }
        Kind::ALTER_ATTRIBUTE => {
            let op = AttributeOp::AlterType { attribute: field()?, to: data_type() };
            Op::Attribute { of: name, op }
        }
        _ => return None,
    })
}
