//! What an effect makes, by name, and the statement that made it.

use super::{At, Definitions};
use crate::schema::{
    Catalog, EventTriggerOp, ObjectName, Op, RelationKind, RewriteRuleOp, TableName,
};

/// The name of what an effect makes, so that what hangs on it is seen.
pub(super) fn name(at: &At<'_>) -> Option<String> {
    let created = |it: &ObjectName| TableName::new(at.before.created_in(it), it.name.as_str());
    match &at.change.op {
        Op::CreateTable(it) => {
            let name = created(&it.name);
            at.before.table(&name).is_none().then(|| name.to_string())
        }
        Op::CreateRoutine(it) => Some(created(&it.name).to_string()),
        Op::CreateType { name, .. } | Op::CreateSequence { name, .. } => {
            Some(created(name).to_string())
        }
        _ => None,
    }
}

/// Remembers a statement by what it makes.
pub(super) fn note(known: &mut Definitions, catalog: &Catalog, op: &Op, text: &str) {
    let mut keep = |kind: &'static str, name: String| {
        known.0.insert((kind, name), text.to_owned());
    };
    match op {
        Op::CreateRoutine(it) => keep("routine", routine(catalog, &it.name, &it.arguments)),
        Op::CreateTable(it) if is_view(it.kind) => {
            let name = TableName::new(catalog.created_in(&it.name), it.name.name.as_str());
            keep("view", name.to_string());
        }
        Op::CreateTrigger { table, name, .. } => keep("trigger", on(catalog, table, name)),
        Op::RewriteRule { on: table, name, op: RewriteRuleOp::Create { .. } } => {
            keep("rule", on(catalog, table, name));
        }
        Op::EventTrigger { name, op: EventTriggerOp::Create } => {
            keep("event trigger", name.clone());
        }
        _ => {}
    }
}

pub(super) fn is_view(kind: RelationKind) -> bool {
    matches!(kind, RelationKind::View | RelationKind::MaterializedView)
}

pub(super) fn routine(catalog: &Catalog, name: &ObjectName, arguments: &[String]) -> String {
    catalog.resolve_routine(name, Some(arguments)).to_string()
}

/// What hangs on a relation, by both their names.
pub(super) fn on(catalog: &Catalog, table: &ObjectName, name: &str) -> String {
    format!("{}.{name}", catalog.resolve_permanent(table))
}
