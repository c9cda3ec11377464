//! Privileges and roles.

use squawk_syntax::ast::Stmt;
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use super::statement::{child, children, descendant};
use super::view::role;
use super::{Lower, Place, names, routine, trimmed};
use crate::schema::{Certainty, ObjectName, Op, RoleOp, Securable};

pub(super) fn lower(
    cx: &mut Lower,
    place: &Place<'_>,
    node: &SyntaxNode,
    statement: &Stmt,
    certainty: Certainty,
) {
    let mut push = |op| cx.push(place, trimmed(node), certainty, op);
    match statement {
        Stmt::Grant(_) => push(Op::Grant {
            privileges: privileges(node, false),
            on: securable(node),
            to: child(node, Kind::ROLE_REF_LIST).map_or_else(Vec::new, |it| roles(&it)),
            with_grant: descendant(node, Kind::GRANT_OPTION).is_some(),
        }),
        // It takes the right to pass a right on, and leaves the right.
        Stmt::Revoke(_) if child(node, Kind::GRANT_OPTION_FOR).is_some() => {}
        Stmt::Revoke(_) => push(Op::Revoke {
            // What is taken of a column stays with whoever has it of the table.
            privileges: privileges(node, true),
            on: securable(node),
            from: child(node, Kind::ROLE_REF_LIST).map_or_else(Vec::new, |it| roles(&it)),
        }),
        Stmt::AlterDefaultPrivileges(_) => {
            if let Some(op) = default_privileges(node) {
                push(op);
            }
        }
        Stmt::CreateRole(_)
        | Stmt::AlterRole(_)
        | Stmt::CreateUser(_)
        | Stmt::AlterUser(_)
        | Stmt::CreateGroup(_)
        | Stmt::AlterGroup(_) => set_role(node, &mut push),
        Stmt::DropRole(_) | Stmt::DropUser(_) | Stmt::DropGroup(_) => {
            children(node, Kind::ROLE_REF)
                .for_each(|it| push(Op::Role(RoleOp::Drop { role: role(&it) })));
        }
        Stmt::Reassign(_) => {
            let mut lists = children(node, Kind::ROLE_REF_LIST);
            let mut list = || lists.next().map_or_else(Vec::new, |it| roles(&it)).join(", ");
            push(Op::Role(RoleOp::Reassign { roles: list(), to: list() }));
        }
        _ => {}
    }
}

pub(super) fn roles(list: &SyntaxNode) -> Vec<String> {
    children(list, Kind::ROLE_REF).map(|it| role(&it)).collect()
}

/// Empty: all of them. The columns that one is on are named with it or not.
fn privileges(node: &SyntaxNode, columns_too: bool) -> Vec<String> {
    let Some(list) = child(node, Kind::REVOKE_COMMAND_LIST) else {
        let all = child(node, Kind::ALL_PRIVILEGES).filter(|_| columns_too);
        let some = all.filter(|it| child(it, Kind::COLUMN_REF_LIST).is_some());
        return some.iter().map(|it| names::plain(it).to_ascii_lowercase()).collect();
    };
    let words = children(&list, Kind::REVOKE_COMMAND).map(|it| {
        let name = it.descendants().find(|it| it.kind() == Kind::ROLE_NAME_REF);
        let columns = child(&it, Kind::COLUMN_REF_LIST);
        let word = match (name, columns) {
            (Some(name), _) => names::name(&name),
            (None, Some(columns)) if !columns_too => {
                names::plain(&it).replace(&names::plain(&columns), "").to_ascii_lowercase()
            }
            (None, _) => names::plain(&it).to_ascii_lowercase(),
        };
        word.trim().to_owned()
    });
    let words: Vec<String> = words.collect();
    if words.iter().any(|it| it == "all") { Vec::new() } else { words }
}

fn securable(node: &SyntaxNode) -> Securable {
    let Some(on) = child(node, Kind::ON_PRIVILEGE_OBJECTS_CLAUSE) else {
        return Securable::Membership;
    };
    let Some(target) = on.first_child() else { return Securable::Other(String::new()) };
    let relations = || -> Vec<ObjectName> {
        let kinds = [Kind::RELATION_NAME_REF, Kind::TABLE_NAME_REF, Kind::SEQUENCE_REF];
        let found = target.children().filter(|it| kinds.contains(&it.kind()));
        found.filter_map(|it| names::object(&it)).collect()
    };
    let schemas = || children(&target, Kind::SCHEMA_REF).map(|it| names::name(&it)).collect();
    match target.kind() {
        Kind::PRIVILEGE_TABLE | Kind::PRIVILEGE_DEFAULT => Securable::Tables(relations()),
        Kind::PRIVILEGE_ALL_TABLES_IN_SCHEMA => Securable::AllTablesIn(schemas()),
        Kind::PRIVILEGE_SCHEMA => Securable::Schemas(schemas()),
        Kind::PRIVILEGE_SEQUENCE => Securable::Sequences(relations()),
        Kind::PRIVILEGE_FUNCTION | Kind::PRIVILEGE_PROCEDURE | Kind::PRIVILEGE_ROUTINE => {
            Securable::Routines(routine::signatures(&target))
        }
        Kind::PRIVILEGE_ALL_FUNCTIONS_IN_SCHEMA
        | Kind::PRIVILEGE_ALL_PROCEDURES_IN_SCHEMA
        | Kind::PRIVILEGE_ALL_ROUTINES_IN_SCHEMA => Securable::AllRoutinesIn(schemas()),
        _ => Securable::Other(names::plain(&target).to_ascii_lowercase()),
    }
}

fn default_privileges(node: &SyntaxNode) -> Option<Op> {
    let granted = child(node, Kind::GRANT_DEFAULT_PRIVILEGES);
    let action = granted.clone().or_else(|| child(node, Kind::REVOKE_DEFAULT_PRIVILEGES))?;
    let schemas = child(node, Kind::IN_SCHEMAS);
    let schemas = schemas.iter().flat_map(|it| children(it, Kind::SCHEMA_REF));
    let target = action.children().find(|it| {
        let lists = [
            Kind::ALL_PRIVILEGES,
            Kind::REVOKE_COMMAND_LIST,
            Kind::ROLE_REF_LIST,
            Kind::GRANT_WITH_CLAUSE,
        ];
        !lists.contains(&it.kind())
    })?;
    Some(Op::DefaultPrivileges {
        schemas: schemas.map(|it| names::name(&it)).collect(),
        privileges: privileges(&action, false),
        on: names::plain(&target).to_ascii_lowercase(),
        roles: child(&action, Kind::ROLE_REF_LIST).map_or_else(Vec::new, |it| roles(&it)),
        granted: granted.is_some(),
    })
}

fn set_role(node: &SyntaxNode, push: &mut impl FnMut(Op)) {
    let created = child(node, Kind::ROLE);
    let named = created.clone().or_else(|| child(node, Kind::ROLE_REF));
    let subject = match (&created, named) {
        (Some(it), _) => names::name(it),
        (None, Some(it)) => role(&it),
        (None, None) => "all".to_owned(),
    };
    let member = |of: String, who: Vec<String>| Op::Grant {
        privileges: vec![of],
        on: Securable::Membership,
        to: who,
        with_grant: false,
    };
    if let Some(added) = child(node, Kind::ADD_USERS) {
        push(member(subject.clone(), roles(&added)));
    }
    if let Some(dropped) = child(node, Kind::DROP_USERS) {
        let privileges = vec![subject.clone()];
        push(Op::Revoke { privileges, on: Securable::Membership, from: roles(&dropped) });
    }
    let list = child(node, Kind::ROLE_OPTION_LIST);
    if created.is_none() && list.is_none() {
        return;
    }
    let options: Vec<SyntaxNode> = list.iter().flat_map(SyntaxNode::children).collect();
    push(Op::Role(RoleOp::SetOptions {
        role: subject.clone(),
        options: options.iter().map(option).collect(),
        created: created.is_some(),
    }));
    for option in options {
        let listed = child(&option, Kind::ROLE_REF_LIST).map_or_else(Vec::new, |it| roles(&it));
        match option.kind() {
            Kind::ROLE_OPTION_IN_ROLE | Kind::ROLE_OPTION_IN_GROUP => {
                for group in listed {
                    push(member(group, vec![subject.clone()]));
                }
            }
            Kind::ROLE_OPTION_ROLE | Kind::ROLE_OPTION_USER | Kind::ROLE_OPTION_ADMIN => {
                push(member(subject.clone(), listed));
            }
            _ => {}
        }
    }
}

/// A password is worth keeping from everyone who reads a catalog or a report.
fn option(node: &SyntaxNode) -> String {
    let text = names::plain(node);
    match node.kind() {
        Kind::ROLE_OPTION_PASSWORD | Kind::ROLE_OPTION_ENCRYPTED_PASSWORD => {
            let null = text.to_ascii_lowercase().ends_with("null");
            if null { "password null".to_owned() } else { "password".to_owned() }
        }
        _ => text.to_ascii_lowercase(),
    }
}

/// The name and the value of `SET name = value`, folded.
pub(super) fn setting(set: &SyntaxNode) -> (String, String) {
    let name = child(set, Kind::CONFIG_PARAMETER_REF).map(|it| names::plain(&it));
    let name = name.unwrap_or_default();
    let whole = names::plain(set);
    let value = whole.split_once(name.as_str()).map_or("", |(_, rest)| rest).trim();
    let value = value.strip_prefix('=').or_else(|| {
        let (to, rest) = value.split_at_checked(2)?;
        to.eq_ignore_ascii_case("to").then_some(rest)
    });
    let value = value.unwrap_or_default().trim().to_owned();
    (name.trim_matches('"').to_ascii_lowercase(), value)
}
