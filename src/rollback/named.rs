//! What has a name of its own: schemas, types, sequences, routines, extensions; and names that change.

use super::access::again;
use super::structure::permanent;
use super::{At, Undo, made};
use crate::schema::{
    AttributeOp, DomainOp, ObjectName, Op, RoutineKind, RoutineOp, TableName, TypeKind, bare_type,
    literal, quoted,
};

#[allow(clippy::too_many_lines)] // One arm for each kind of effect.
pub(super) fn of(at: &At<'_>) -> Option<Undo> {
    match &at.change.op {
        Op::CreateSchema { name, .. } => {
            Some(Undo::sql(format!("DROP SCHEMA IF EXISTS {}", quoted(name))))
        }
        Op::DropSchema { name, .. } => Some(Undo {
            sql: vec![format!("CREATE SCHEMA IF NOT EXISTS {}", quoted(name))],
            ..Undo::impossible(format!("what was in `{name}` comes back from a backup alone"))
        }),
        Op::RenameSchema { from, to } => {
            Some(Undo::sql(format!("ALTER SCHEMA {} RENAME TO {}", quoted(to), quoted(from))))
        }
        Op::RenameTable { from, to } => {
            let from = permanent(at, from)?;
            let now = TableName::new(from.schema.as_str(), to.as_str()).sql();
            Some(Undo::sql(format!("ALTER TABLE {now} RENAME TO {}", quoted(&from.name))))
        }
        Op::RenameIndex { from, to } => {
            let from = at.before.resolve_index(from);
            let now = TableName::new(from.schema.as_str(), to.as_str()).sql();
            Some(Undo::sql(format!("ALTER INDEX {now} RENAME TO {}", quoted(&from.name))))
        }
        Op::MoveTable { from, schema } => {
            let from = permanent(at, from)?;
            let now = TableName::new(schema.as_str(), from.name.as_str()).sql();
            Some(Undo::sql(format!("ALTER TABLE {now} SET SCHEMA {}", quoted(&from.schema))))
        }
        Op::CreateRoutine(new) => {
            let key = made::routine(at.before, &new.name, &new.arguments);
            let full = at.before.resolve_routine(&new.name, Some(&new.arguments));
            if at.before.routine(&full).is_some() {
                return Some(again(at, "routine", &key, &format!("`{full}`")));
            }
            let word = match new.kind {
                RoutineKind::Procedure => "PROCEDURE",
                RoutineKind::Aggregate => "AGGREGATE",
                RoutineKind::Function | RoutineKind::Any => "FUNCTION",
            };
            let name = routine(at, &new.name, Some(&new.arguments));
            Some(Undo::sql(format!("DROP {word} IF EXISTS {name}")))
        }
        Op::Routine { name, arguments, op } => changed_routine(at, name, arguments.as_deref(), op),
        Op::CreateSequence { name, .. } => {
            let name = TableName::new(at.before.created_in(name), name.name.as_str());
            (at.before.sequence(&name).is_none())
                .then(|| Undo::sql(format!("DROP SEQUENCE IF EXISTS {}", name.sql())))
        }
        Op::DropSequence { name, .. } => {
            let name = at.before.resolve_sequence(name);
            at.before.sequence(&name)?;
            let undo = Undo::sql(format!("CREATE SEQUENCE {}", name.sql()));
            Some(undo.check(format!("the numbers of `{name}` begin anew")))
        }
        Op::CreateExtension { name, .. } => at
            .before
            .extension(name)
            .is_none()
            .then(|| Undo::sql(format!("DROP EXTENSION IF EXISTS {}", quoted(name)))),
        Op::DropExtension { name, .. } => {
            at.before.extension(name)?;
            Some(Undo::sql(format!("CREATE EXTENSION IF NOT EXISTS {}", quoted(name))))
        }
        Op::CreateType { name, kind } => {
            let name = TableName::new(at.before.created_in(name), name.name.as_str());
            if at.before.data_type(&name).is_some() {
                return None;
            }
            let word = if matches!(kind, TypeKind::Domain { .. }) { "DOMAIN" } else { "TYPE" };
            Some(Undo::sql(format!("DROP {word} IF EXISTS {}", name.sql())))
        }
        Op::DropType { name, .. } => dropped_type(at, name),
        Op::RenameType { from, to } => {
            let from = at.before.resolve_type(from);
            let now = TableName::new(from.schema.as_str(), to.as_str()).sql();
            Some(Undo::sql(format!("ALTER TYPE {now} RENAME TO {}", quoted(&from.name))))
        }
        Op::MoveType { from, schema } => {
            let from = at.before.resolve_type(from);
            let now = TableName::new(schema.as_str(), from.name.as_str()).sql();
            Some(Undo::sql(format!("ALTER TYPE {now} SET SCHEMA {}", quoted(&from.schema))))
        }
        Op::AddEnumValue { name, value } => {
            let name = at.before.resolve_type(name);
            let labels = at.before.data_type(&name).map(|it| it.kind.clone());
            if matches!(labels, Some(TypeKind::Enum(all)) if all.contains(value)) {
                return None;
            }
            Some(Undo::impossible(format!(
                "`{value}` stays in the enum `{name}`: Postgres takes no value out of one; nothing has to use it"
            )))
        }
        Op::RenameEnumValue { name, from, to } => {
            let name = at.before.resolve_type(name).sql();
            let (from, to) = (literal(from), literal(to));
            Some(Undo::sql(format!("ALTER TYPE {name} RENAME VALUE {to} TO {from}")))
        }
        Op::AlterDomain { name, op } => {
            let name = at.before.resolve_type(name);
            Some(match op {
                DomainOp::SetNotNull => {
                    Undo::sql(format!("ALTER DOMAIN {} DROP NOT NULL", name.sql()))
                }
                DomainOp::DropNotNull => {
                    Undo::sql(format!("ALTER DOMAIN {} SET NOT NULL", name.sql()))
                }
                DomainOp::AddConstraint | DomainOp::DropConstraint { .. } => {
                    Undo::impossible(format!("what the domain `{name}` let in before"))
                }
            })
        }
        Op::Attribute { of, op } => Some(attribute(&at.before.resolve_type(of), op)),
        Op::CommentOnTable { .. } => None,
        _ => None,
    }
}

fn attribute(of: &TableName, op: &AttributeOp) -> Undo {
    let name = of.sql();
    match op {
        AttributeOp::Add(new) => {
            let sql = format!("ALTER TYPE {name} DROP ATTRIBUTE IF EXISTS {}", quoted(&new.name));
            Undo::sql(sql).loses(format!("what `{}` of each `{of}` holds", new.name))
        }
        AttributeOp::Rename { from, to } => {
            let (from, to) = (quoted(from), quoted(&to.name));
            Undo::sql(format!("ALTER TYPE {name} RENAME ATTRIBUTE {to} TO {from}"))
        }
        AttributeOp::Drop { attribute } | AttributeOp::AlterType { attribute, .. } => {
            Undo::impossible(format!("`{attribute}` of `{of}` as it was"))
        }
    }
}

fn dropped_type(at: &At<'_>, name: &ObjectName) -> Option<Undo> {
    let name = at.before.resolve_type(name);
    let was = at.before.data_type(&name)?;
    Some(match &was.kind {
        TypeKind::Enum(labels) => {
            let labels: Vec<String> = labels.iter().map(|it| literal(it)).collect();
            Undo::sql(format!("CREATE TYPE {} AS ENUM ({})", name.sql(), labels.join(", ")))
        }
        TypeKind::Composite(attributes) => {
            let one = |it: &(String, String)| format!("{} {}", quoted(&it.0), it.1);
            let all: Vec<String> = attributes.iter().map(one).collect();
            Undo::sql(format!("CREATE TYPE {} AS ({})", name.sql(), all.join(", ")))
        }
        TypeKind::Domain { .. } | TypeKind::Other => {
            Undo::impossible(format!("the type `{name}` as it was"))
        }
    })
}

/// `public.add(integer, integer)`; without arguments where the statement has none.
pub(super) fn routine(at: &At<'_>, name: &ObjectName, arguments: Option<&[String]>) -> String {
    let schema = match arguments {
        Some(_) => at.before.resolve_routine(name, arguments).schema,
        None => at.before.created_in(name),
    };
    let bare = TableName::new(schema, name.name.as_str()).sql();
    match arguments {
        Some(arguments) => {
            let all: Vec<String> = arguments.iter().map(|it| argument(at, it)).collect();
            format!("{bare}({})", all.join(", "))
        }
        None => bare,
    }
}

/// A type by the name that routines are compared by, which has no schema, with the one that it is in.
fn argument(at: &At<'_>, data_type: &str) -> String {
    let bare = bare_type(data_type);
    let types = at.before.data_types().map(|it| it.0);
    let rows = at.before.tables().map(|it| it.0);
    let mut found = types.chain(rows).filter(|it| it.name == bare && it.schema != "public");
    match (found.next(), found.next()) {
        (Some(one), None) if !data_type.contains('.') => {
            format!("{}.{data_type}", quoted(&one.schema))
        }
        _ => data_type.to_owned(),
    }
}

fn changed_routine(
    at: &At<'_>,
    name: &ObjectName,
    arguments: Option<&[String]>,
    op: &RoutineOp,
) -> Option<Undo> {
    let full = at.before.resolve_routine(name, arguments);
    Some(match op {
        RoutineOp::Drop { .. } => {
            at.before.routine(&full)?;
            again(at, "routine", &full.to_string(), &format!("`{full}`"))
        }
        RoutineOp::Alter { .. } => again(at, "routine", &full.to_string(), &format!("`{full}`")),
        RoutineOp::Rename { to } => {
            let now = ObjectName { schema: Some(full.schema.clone()), name: to.clone() };
            let now = routine(at, &now, arguments);
            Undo::sql(format!("ALTER ROUTINE {now} RENAME TO {}", quoted(&name.name)))
        }
        RoutineOp::Move { schema } => {
            let now = ObjectName { schema: Some(schema.clone()), name: name.name.clone() };
            let now = routine(at, &now, arguments);
            Undo::sql(format!("ALTER ROUTINE {now} SET SCHEMA {}", quoted(&full.schema)))
        }
    })
}
