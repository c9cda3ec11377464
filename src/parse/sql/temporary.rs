//! Temporary tables that a body makes for itself.

use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use super::names;
use super::statement::{child, children};
use crate::schema::{Certainty, ObjectName};

/// A longer way is not looked at: a hostile file must not cost its square.
const LONGEST: usize = 5000;

/// The name that a statement of a body writes to: in `pg_temp`, where whoever comes to the statement has made a
/// temporary table of that name just before. The rules look whether an older table has the name.
pub(super) fn of(statement: &SyntaxNode, certainty: Certainty, name: ObjectName) -> ObjectName {
    let own = certainty == Certainty::Deferred
        && name.schema.is_none()
        && statement.ancestors().take_while(is_inside).any(|it| is_made_before(&it, &name.name));
    if own { ObjectName::new(Some("pg_temp"), &name.name) } else { name }
}

/// The text of a body is a tree of its own; the action of a rule is not.
fn is_inside(node: &SyntaxNode) -> bool {
    !matches!(node.kind(), Kind::CREATE_RULE | Kind::CREATE_FUNCTION | Kind::CREATE_PROCEDURE)
}

/// Whether a statement beside the node and before it makes the table, and nothing on the way can take it away. In a
/// loop the way leads through all of the loop.
fn is_made_before(node: &SyntaxNode, name: &str) -> bool {
    let mut steps = 0;
    let mut way = Some(node.clone());
    while let Some(step) = way {
        for it in step.descendants() {
            steps += 1;
            if steps > LONGEST || takes(&it, name) {
                return false;
            }
        }
        way = step.prev_sibling();
        if way.as_ref().is_some_and(|it| makes(it, name)) {
            return true;
        }
    }
    false
}

/// Any of the statement's own kind; in PL/pgSQL it stands in a node of its own.
fn makes(node: &SyntaxNode, name: &str) -> bool {
    let inner = node.first_child().filter(|_| node.kind() == Kind::PLPGSQL_EXEC_SQL_STMT);
    let statement = inner.as_ref().unwrap_or(node);
    let made = child(statement, Kind::TABLE_NAME).and_then(|it| names::object(&it));
    child(statement, Kind::TEMP).is_some() && made.is_some_and(|it| it.name == name)
}

fn takes(node: &SyntaxNode, name: &str) -> bool {
    let named = |it: &SyntaxNode| names::object(it).is_none_or(|it| it.name == name);
    match node.kind() {
        Kind::DROP_TABLE => children(node, Kind::TABLE_NAME_REF).any(|it| named(&it)),
        Kind::ALTER_TABLE => names::plain(node).to_ascii_lowercase().contains("rename"),
        Kind::CALL
        | Kind::DISCARD
        | Kind::DO
        | Kind::EXECUTE
        | Kind::PLPGSQL_CALL_STMT
        | Kind::PLPGSQL_COMMIT_STMT
        | Kind::PLPGSQL_DO_STMT
        | Kind::PLPGSQL_DYN_EXECUTE_STMT
        | Kind::PLPGSQL_FOR_DYN_STMT
        | Kind::PLPGSQL_OPEN_EXECUTE
        | Kind::PLPGSQL_RETURN_QUERY_EXECUTE_STMT
        | Kind::PLPGSQL_ROLLBACK_STMT => true,
        _ => false,
    }
}
