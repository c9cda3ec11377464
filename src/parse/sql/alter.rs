//! What `ALTER TABLE` does to columns, constraints and storage.

use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use super::constraint::{constraint, default};
use super::statement::{cascade, child, descendant, guard};
use super::{Place, names};
use crate::schema::{Generated, ObjectName, Op, RewriteRuleOp};

/// One action, where it is one of those.
pub(super) fn action(place: &Place<'_>, table: &ObjectName, action: &SyntaxNode) -> Option<Op> {
    let table = table.clone();
    let named = |kind| child(action, kind).and_then(|it| names::object(&it));
    let constraint_name = || named(Kind::CONSTRAINT_NAME_REF).map(|it| it.name);
    let trigger = |enabled| {
        let name = child(action, Kind::TRIGGER_REF).map(|it| names::name(&it));
        Op::SetTrigger { table: table.clone(), name, enabled }
    };
    Some(match action.kind() {
        Kind::ADD_CONSTRAINT => {
            let constraint = action.children().find_map(|it| constraint(place, &it, None))?;
            Op::AddConstraint { table, constraint }
        }
        Kind::DROP_CONSTRAINT => Op::DropConstraint {
            table,
            name: constraint_name()?,
            guard: guard(action),
            cascade: cascade(action),
        },
        Kind::VALIDATE_CONSTRAINT => Op::ValidateConstraint { table, name: constraint_name()? },
        Kind::RENAME_CONSTRAINT => {
            let to = names::name(&child(action, Kind::CONSTRAINT_NAME)?);
            Op::RenameConstraint { table, from: constraint_name()?, to }
        }
        Kind::DETACH_PARTITION => Op::Detach {
            parent: table,
            child: named(Kind::TABLE_NAME_REF)?,
            concurrently: child(action, Kind::DETACH_CONCURRENTLY).is_some(),
        },
        Kind::NO_INHERIT_TABLE => {
            let parent = named(Kind::TABLE_NAME_REF)?;
            Op::Detach { parent, child: table, concurrently: false }
        }
        Kind::SET_LOGGED
        | Kind::SET_UNLOGGED
        | Kind::SET_TABLESPACE
        | Kind::SET_OPTIONS
        | Kind::RESET_OPTIONS
        | Kind::CLUSTER_ON
        | Kind::SET_WITHOUT_CLUSTER
        | Kind::SET_ACCESS_METHOD
        | Kind::REPLICA_IDENTITY
        | Kind::ENABLE_RULE
        | Kind::ENABLE_ALWAYS_RULE
        | Kind::ENABLE_REPLICA_RULE => {
            Op::SetStorage { table, what: names::plain(action).to_ascii_lowercase() }
        }
        Kind::DISABLE_RULE => Op::RewriteRule {
            on: table,
            name: names::name(&child(action, Kind::RULE_REF)?),
            op: RewriteRuleOp::Disable,
        },
        Kind::OWNER_TO => {
            let to = child(action, Kind::ROLE_REF)?;
            let to = names::plain(&to).trim_matches('"').to_owned();
            Op::SetOwner { what: format!("table {table}"), table: Some(table), to }
        }
        Kind::ENABLE_TRIGGER | Kind::ENABLE_ALWAYS_TRIGGER => trigger(true),
        // One that fires on replicas alone no longer fires here.
        Kind::DISABLE_TRIGGER | Kind::ENABLE_REPLICA_TRIGGER => trigger(false),
        Kind::ALTER_COLUMN => alter_column(place, table, action)?,
        _ => return None,
    })
}

fn alter_column(place: &Place<'_>, table: ObjectName, action: &SyntaxNode) -> Option<Op> {
    let column = names::name(&child(action, Kind::COLUMN_NAME_REF)?);
    let option = action.children().find(|it| it.kind() != Kind::COLUMN_NAME_REF)?;
    let restarts = descendant(&option, Kind::RESTART).is_some();
    Some(match option.kind() {
        Kind::SET_NOT_NULL => Op::SetNotNull { table, column },
        Kind::DROP_NOT_NULL => Op::DropNotNull { table, column },
        Kind::SET_DEFAULT => match default(place, &option) {
            Some(default) => Op::SetDefault { table, column, default },
            None => Op::DropDefault { table, column },
        },
        Kind::DROP_DEFAULT => Op::DropDefault { table, column },
        Kind::ADD_GENERATED => {
            Op::SetGenerated { table, column, generated: Some(Generated::Identity) }
        }
        Kind::DROP_IDENTITY | Kind::DROP_EXPRESSION => {
            Op::SetGenerated { table, column, generated: None }
        }
        // The sequence of an identity column, under the name that it usually has.
        _ if restarts => {
            let name = format!("{}_{column}_seq", table.name);
            Op::ResetSequence { name: ObjectName { name, ..table } }
        }
        _ => return None,
    })
}
