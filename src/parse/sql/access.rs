//! Who may do what: policies, extensions, publications and event triggers; privileges are beside it.

use squawk_syntax::SyntaxKind as Kind;
use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode, Stmt};

use super::statement::{cascade, child, children, descendant, guard};
use super::{Lower, Place, names, privilege, scalar, trimmed};
use crate::schema::{
    Cascade, Certainty, EventTriggerOp, Expression, ObjectName, Op, PolicyCommand,
};

pub(super) fn lower(
    cx: &mut Lower,
    place: &Place<'_>,
    node: &SyntaxNode,
    statement: &Stmt,
    certainty: Certainty,
) {
    match statement {
        Stmt::CreatePolicy(_) | Stmt::AlterPolicy(_) | Stmt::DropPolicy(_) => {
            if let Some(op) = policy(place, node) {
                cx.push(place, trimmed(node), certainty, op);
            }
        }
        Stmt::CreateExtension(_) | Stmt::DropExtension(_) | Stmt::AlterExtension(_) => {
            extension(cx, place, node, certainty);
        }
        Stmt::CreatePublication(_) | Stmt::AlterPublication(_) => {
            publication(cx, place, node, certainty);
        }
        Stmt::DropPublication(_)
        | Stmt::DropSubscription(_)
        | Stmt::DropServer(_)
        | Stmt::DropForeignDataWrapper(_) => {
            let kinds = [
                Kind::PUBLICATION_REF,
                Kind::SUBSCRIPTION_REF,
                Kind::SERVER_REF,
                Kind::FOREIGN_DATA_WRAPPER_REF,
            ];
            let foreign = [Kind::DROP_SERVER, Kind::DROP_FOREIGN_DATA_WRAPPER];
            if foreign.contains(&node.kind()) && cascade(node) == Cascade::Yes {
                cx.opaque(
                    place,
                    trimmed(node),
                    "this drops every foreign table of the server, and names none of them",
                    "drop each foreign table by its name, and leave `cascade` out",
                );
            }
            for name in node.children().filter(|it| kinds.contains(&it.kind())) {
                let op = Op::Unpublish { publication: names::name(&name), tables: Vec::new() };
                cx.push(place, trimmed(node), certainty, op);
            }
        }
        Stmt::CreateEventTrigger(_) | Stmt::AlterEventTrigger(_) | Stmt::DropEventTrigger(_) => {
            event_trigger(cx, place, node, certainty);
        }
        _ => privilege::lower(cx, place, node, statement, certainty),
    }
}

fn policy(place: &Place<'_>, node: &SyntaxNode) -> Option<Op> {
    let table = child(node, Kind::ON_TABLE)?;
    let table = names::object(&child(&table, Kind::TABLE_NAME_REF)?)?;
    if node.kind() == Kind::CREATE_POLICY {
        let kind = child(node, Kind::AS_POLICY_TYPE).map(|it| names::plain(&it));
        return Some(Op::CreatePolicy {
            table,
            name: names::name(&child(node, Kind::POLICY)?),
            command: child(node, Kind::POLICY_COMMAND)
                .map_or(PolicyCommand::All, |it| command(&it)),
            permissive: kind.is_none_or(|it| !it.to_ascii_lowercase().ends_with("restrictive")),
            roles: roles(node).unwrap_or_default(),
            using: condition(place, node, Kind::USING_EXPR_CLAUSE),
            check: condition(place, node, Kind::WITH_CHECK_EXPR_CLAUSE),
        });
    }
    let name = names::name(&child(node, Kind::POLICY_REF)?);
    if node.kind() == Kind::DROP_POLICY {
        return Some(Op::DropPolicy { table, name, guard: guard(node) });
    }
    if let Some(rename) = child(node, Kind::POLICY_RENAME_TO) {
        let to = names::name(&child(&rename, Kind::POLICY)?);
        return Some(Op::RenamePolicy { table, from: name, to });
    }
    let action = child(node, Kind::ALTER_POLICY_TO)?;
    Some(Op::AlterPolicy {
        table,
        name,
        roles: roles(&action),
        using: condition(place, &action, Kind::USING_EXPR_CLAUSE),
        check: condition(place, &action, Kind::WITH_CHECK_EXPR_CLAUSE),
    })
}

fn command(node: &SyntaxNode) -> PolicyCommand {
    let is = |kind| child(node, kind).is_some();
    if is(Kind::POLICY_COMMAND_SELECT) {
        PolicyCommand::Select
    } else if is(Kind::POLICY_COMMAND_INSERT) {
        PolicyCommand::Insert
    } else if is(Kind::POLICY_COMMAND_UPDATE) {
        PolicyCommand::Update
    } else if is(Kind::POLICY_COMMAND_DELETE) {
        PolicyCommand::Delete
    } else {
        PolicyCommand::All
    }
}

fn roles(node: &SyntaxNode) -> Option<Vec<String>> {
    Some(privilege::roles(&child(&child(node, Kind::POLICY_ROLES)?, Kind::ROLE_REF_LIST)?))
}

fn condition(place: &Place<'_>, node: &SyntaxNode, kind: Kind) -> Option<Expression> {
    let clause = child(node, kind)?;
    let expression = clause.children().find(|it| ast::Expr::can_cast(it.kind()))?;
    Some(scalar::read(place, &expression))
}

fn extension(cx: &mut Lower, place: &Place<'_>, node: &SyntaxNode, certainty: Certainty) {
    let schema = |it: &SyntaxNode| child(it, Kind::SCHEMA_REF).map(|it| names::name(&it));
    if let Some(name) = child(node, Kind::EXTENSION) {
        let op = Op::CreateExtension {
            name: names::name(&name),
            schema: child(node, Kind::EXTENSION_SCHEMA).and_then(|it| schema(&it)),
            guard: guard(node),
        };
        cx.push(place, trimmed(node), certainty, op);
    }
    if node.kind() == Kind::DROP_EXTENSION {
        for name in children(node, Kind::EXTENSION_REF) {
            let op = Op::DropExtension { name: names::name(&name), cascade: cascade(node) };
            cx.push(place, trimmed(&name), certainty, op);
        }
    }
}

fn publication(cx: &mut Lower, place: &Place<'_>, node: &SyntaxNode, certainty: Certainty) {
    let name = child(node, Kind::PUBLICATION).or_else(|| child(node, Kind::PUBLICATION_REF));
    let Some(publication) = name.map(|it| names::name(&it)) else { return };
    let dropped = child(node, Kind::DROP_PUBLICATION_OBJECTS);
    let objects = [
        Kind::FOR_PUBLICATION_OBJECTS,
        Kind::ADD_PUBLICATION_OBJECTS,
        Kind::SET_PUBLICATION_OBJECTS,
    ];
    let published = node.children().find(|it| objects.contains(&it.kind()));
    let everything = descendant(node, Kind::ALL_PUBLICATION_TABLES)
        .or_else(|| descendant(node, Kind::PUBLICATION_OBJECT_TABLES_IN_SCHEMA));
    let op = if let Some(dropped) = dropped {
        Op::Unpublish { publication, tables: tables(&dropped) }
    } else if everything.is_some() {
        Op::Publish { publication, tables: Vec::new() }
    } else if let Some(published) = published {
        Op::Publish { publication, tables: tables(&published) }
    } else {
        return; // It publishes nothing yet.
    };
    cx.push(place, trimmed(node), certainty, op);
}

fn tables(objects: &SyntaxNode) -> Vec<ObjectName> {
    let objects = children(objects, Kind::PUBLICATION_OBJECT_TABLE);
    objects
        .filter_map(|it| child(&it, Kind::TABLE_NAME_REF))
        .filter_map(|it| names::object(&it))
        .collect()
}

fn event_trigger(cx: &mut Lower, place: &Place<'_>, node: &SyntaxNode, certainty: Certainty) {
    let kinds = [Kind::EVENT_TRIGGER, Kind::EVENT_TRIGGER_REF];
    let Some(name) = node.children().find(|it| kinds.contains(&it.kind())) else { return };
    let name = names::name(&name);
    let enabling = [Kind::ENABLE, Kind::ENABLE_ALWAYS, Kind::ENABLE_REPLICA];
    let enables = node.children().find(|it| enabling.contains(&it.kind()));
    let op = match node.kind() {
        Kind::CREATE_EVENT_TRIGGER => EventTriggerOp::Create,
        Kind::DROP_EVENT_TRIGGER => EventTriggerOp::Drop,
        _ if child(node, Kind::DISABLE).is_some() => EventTriggerOp::Disable,
        _ => match enables {
            // It fires in sessions that replicate, and in no other.
            Some(it) if it.kind() == Kind::ENABLE_REPLICA => EventTriggerOp::Disable,
            Some(_) => EventTriggerOp::Enable,
            None => return,
        },
    };
    cx.push(place, trimmed(node), certainty, Op::EventTrigger { name, op });
}
