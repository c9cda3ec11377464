//! The names that a change brings into the world.

use std::ops::Range;

use crate::rules::Context;
use crate::schema::{
    AttributeOp, Certainty, Change, ConstraintKind, NewColumn, NewConstraint, NewTable, ObjectName,
    Op, Persistence, RelationKind, Resolved, RoutineOp, Shown,
};

/// A name that nobody has used yet.
pub(super) struct Named<'a> {
    pub(super) kind: Kind,
    pub(super) name: &'a str,
    /// Where it will be: `public`, `public.users`.
    pub(super) owner: String,
    pub(super) at: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Table,
    View,
    Column,
    PrimaryKey,
    Unique,
    ForeignKey,
    Check,
    OtherConstraint,
    Index,
    Routine,
    Type,
    Schema,
    Sequence,
    Trigger,
    Policy,
}

impl Named<'_> {
    /// As policies name it: `public.users.email`.
    pub(super) fn subject(&self) -> String {
        if self.owner.is_empty() {
            return Shown(self.name).to_string();
        }
        format!("{}.{}", self.owner, Shown(self.name))
    }
}

/// The names that are new with this change: none of what is temporary, runs later, or is there already.
pub(super) fn named<'a>(cx: &Context<'_>, change: &'a Change) -> Vec<Named<'a>> {
    if change.certainty == Certainty::Deferred {
        return Vec::new();
    }
    let plain =
        |kind, owner: String, name: &'a str| Named { kind, name, owner, at: change.span.clone() };
    let schema = |name: &ObjectName| {
        let schema = cx.catalog.created_in(name);
        Shown(&schema).to_string()
    };
    match &change.op {
        Op::CreateTable(table) => of_table(cx, table),
        Op::RenameTable { from, to } => {
            let Resolved::Permanent(from) = cx.catalog.resolve(from) else { return Vec::new() };
            vec![plain(Kind::Table, Shown(&from.schema).to_string(), to)]
        }
        Op::AddColumn { table, column, constraints, .. } => {
            let Resolved::Permanent(name) = cx.catalog.resolve(table) else { return Vec::new() };
            let known = cx.catalog.table(&name);
            if known.is_some_and(|it| it.columns.contains_key(&column.name)) {
                return Vec::new();
            }
            let owner = name.to_string();
            let constraints = constraints.iter().filter_map(|it| of_constraint(&owner, it));
            std::iter::once(of_column(&owner, column)).chain(constraints).collect()
        }
        Op::RenameColumn { table, to, .. } => match cx.catalog.resolve(table) {
            Resolved::Permanent(name) => vec![of_column(&name.to_string(), to)],
            Resolved::Temporary(_) => Vec::new(),
        },
        Op::Attribute {
            of,
            op: AttributeOp::Add(column) | AttributeOp::Rename { to: column, .. },
        } => {
            vec![of_column(&cx.catalog.resolve_type(of).to_string(), column)]
        }
        Op::AddConstraint { table, constraint } => match cx.catalog.resolve(table) {
            Resolved::Permanent(name) => {
                of_constraint(&name.to_string(), constraint).into_iter().collect()
            }
            Resolved::Temporary(_) => Vec::new(),
        },
        Op::RenameConstraint { table, to, .. } => {
            vec![plain(Kind::OtherConstraint, cx.name(table), to)]
        }
        Op::CreateIndex(index) => {
            let Resolved::Permanent(table) = cx.catalog.resolve(&index.table) else {
                return Vec::new();
            };
            let Some(name) = &index.name else { return Vec::new() };
            // Where its name is one among those of its table, the table stands before it.
            let own = name.strip_prefix(&table.name).and_then(|it| it.strip_prefix('.'));
            let name = own.unwrap_or(name);
            vec![Named {
                at: index.at.clone(),
                ..plain(Kind::Index, Shown(&table.schema).to_string(), name)
            }]
        }
        Op::RenameIndex { from, to } => {
            let own = |it: &'a str| it.split_once('.');
            let of = own(&from.name).map(|it| it.0);
            let name = own(to).filter(|it| Some(it.0) == of).map_or(to.as_str(), |it| it.1);
            vec![plain(
                Kind::Index,
                Shown(&cx.catalog.resolve_index(from).schema).to_string(),
                name,
            )]
        }
        Op::CreateRoutine(routine) => {
            let known = cx.catalog.resolve_routine(&routine.name, Some(&routine.arguments));
            if cx.catalog.routine(&known).is_some() {
                return Vec::new();
            }
            vec![Named {
                at: routine.at.clone(),
                ..plain(Kind::Routine, schema(&routine.name), &routine.name.name)
            }]
        }
        Op::Routine { name, op: RoutineOp::Rename { to }, .. } => {
            vec![plain(Kind::Routine, schema(name), to)]
        }
        Op::CreateType { name, .. } => vec![plain(Kind::Type, schema(name), &name.name)],
        Op::RenameType { from, to } => {
            vec![plain(Kind::Type, Shown(&cx.catalog.resolve_type(from).schema).to_string(), to)]
        }
        Op::CreateSchema { name, .. } | Op::RenameSchema { to: name, .. } => {
            vec![plain(Kind::Schema, String::new(), name)]
        }
        Op::CreateSequence { name, .. } => vec![plain(Kind::Sequence, schema(name), &name.name)],
        Op::CreateTrigger { table, name, .. } => vec![plain(Kind::Trigger, cx.name(table), name)],
        Op::CreatePolicy { table, name, .. } | Op::RenamePolicy { table, to: name, .. } => {
            vec![plain(Kind::Policy, cx.name(table), name)]
        }
        _ => Vec::new(),
    }
}

/// A relation, its columns and its constraints. One that is there, or was, has its names already.
fn of_table<'a>(cx: &Context<'_>, table: &'a NewTable) -> Vec<Named<'a>> {
    if table.persistence == Persistence::Temporary {
        return Vec::new();
    }
    let name = cx.catalog.resolve_permanent(&table.name);
    let known = cx.catalog.table_or_gone(&name);
    let mut found = Vec::new();
    if known.is_none() {
        found.push(Named {
            kind: match table.kind {
                RelationKind::Table | RelationKind::ForeignTable => Kind::Table,
                RelationKind::View | RelationKind::MaterializedView => Kind::View,
            },
            name: &table.name.name,
            owner: Shown(&name.schema).to_string(),
            at: table.at.clone(),
        });
    }
    let owner = name.to_string();
    let is_known =
        |column: &NewColumn| known.as_ref().is_some_and(|it| it.columns.contains_key(&column.name));
    let columns = table.columns.iter().filter(|it| !is_known(it));
    found.extend(columns.map(|it| of_column(&owner, it)));
    if known.is_none() {
        found.extend(table.constraints.iter().filter_map(|it| of_constraint(&owner, it)));
    }
    found
}

fn of_column<'a>(owner: &str, column: &'a NewColumn) -> Named<'a> {
    Named { kind: Kind::Column, name: &column.name, owner: owner.to_owned(), at: column.at.clone() }
}

fn of_constraint<'a>(owner: &str, constraint: &'a NewConstraint) -> Option<Named<'a>> {
    Some(Named {
        kind: match &constraint.kind {
            ConstraintKind::PrimaryKey { .. } => Kind::PrimaryKey,
            ConstraintKind::Unique { .. } => Kind::Unique,
            ConstraintKind::ForeignKey(_) => Kind::ForeignKey,
            ConstraintKind::Check(_) => Kind::Check,
            ConstraintKind::Exclude { .. }
            | ConstraintKind::NotNull { .. }
            | ConstraintKind::Default { .. } => Kind::OtherConstraint,
        },
        name: constraint.name.as_deref()?,
        owner: owner.to_owned(),
        at: constraint.at.clone(),
    })
}
