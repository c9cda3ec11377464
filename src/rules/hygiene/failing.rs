//! Why a statement cannot succeed, as far as the migrations tell for certain.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::nearest;
use crate::rules::Context;
use crate::schema::{
    Change, ConstraintKind, ForeignKey, Guard, NewColumn, NewConstraint, ObjectName, Op,
    RelationKind, Resolved, Shown, Table, TableName,
};

pub(super) struct Failure {
    pub(super) subject: String,
    pub(super) message: String,
    pub(super) help: String,
}

/// Columns that every table has (Postgres manual, 5.5).
const SYSTEM: [&str; 6] = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

/// A table that was created from nothing, so that all its columns are known.
fn known<'a>(cx: &'a Context<'_>, name: &ObjectName) -> Option<(TableName, Cow<'a, Table>)> {
    let Resolved::Permanent(name) = cx.catalog.resolve(name) else { return None };
    let table = cx.catalog.table(&name)?;
    let whole = table.kind == RelationKind::Table
        && table.born.sure
        && !table.somewhere
        && table.parent.is_none()
        && !table.columns.is_empty()
        && table.columns.values().all(|it| !it.data_type.is_empty());
    whole.then_some((name, table))
}

/// A statement about a column that its table does not have.
pub(super) fn missing_column(cx: &Context<'_>, change: &Change) -> Option<Failure> {
    let (table, columns): (&ObjectName, Vec<&str>) = match &change.op {
        Op::SetNotNull { table, column }
        | Op::DropNotNull { table, column }
        | Op::SetDefault { table, column, .. }
        | Op::DropDefault { table, column }
        | Op::AlterColumnType { table, column, .. }
        | Op::DropColumn { table, column, guard: Guard::None, .. }
        | Op::RenameColumn { table, from: column, .. } => (table, vec![column]),
        Op::CreateIndex(it) if it.guard == Guard::None => {
            let keys = it.keys.iter().flat_map(|it| &it.columns);
            (&it.table, keys.map(String::as_str).collect())
        }
        Op::AddConstraint { table, constraint } => {
            let columns = match &constraint.kind {
                ConstraintKind::PrimaryKey { columns } | ConstraintKind::Unique { columns, .. } => {
                    columns
                }
                ConstraintKind::ForeignKey(key) => &key.columns,
                _ => return None,
            };
            (table, columns.iter().map(String::as_str).collect())
        }
        _ => return None,
    };
    let (name, known) = known(cx, table)?;
    let is_there = |it: &&&str| known.columns.contains_key(**it) || SYSTEM.contains(*it);
    let missing = columns.iter().find(|it| !is_there(it))?;
    let help = match nearest(missing, known.columns.keys().map(String::as_str)) {
        Some(near) => format!("write `{}`, if that is what was meant", Shown(near)),
        None => format!("add the column to `{name}` first"),
    };
    Some(Failure {
        subject: format!("{name}.{}", Shown(missing)),
        message: format!("`{name}` has no column `{}`, so this statement fails", Shown(missing)),
        help,
    })
}

/// A foreign key to what is not unique, or of a type that cannot be compared.
pub(super) fn foreign_key(cx: &Context<'_>, change: &Change) -> Option<Failure> {
    let (table, columns, constraints): (&ObjectName, &[NewColumn], &[NewConstraint]) = match &change
        .op
    {
        Op::CreateTable(new) => (&new.name, &new.columns, &new.constraints),
        Op::AddColumn { table, column, constraints, .. } => {
            (table, std::slice::from_ref(column), constraints)
        }
        Op::AddConstraint { table, constraint } => (table, &[], std::slice::from_ref(constraint)),
        _ => return None,
    };
    let name = cx.catalog.resolve_permanent(table);
    let here = cx.catalog.table(&name);
    let type_of = |column: &str| -> Option<String> {
        let new = columns.iter().find(|it| it.name == column).map(|it| it.data_type.clone());
        new.or_else(|| Some(here.as_ref()?.columns.get(column)?.data_type.clone()))
    };
    constraints.iter().find_map(|it| {
        let ConstraintKind::ForeignKey(key) = &it.kind else { return None };
        let (target, there) = known(cx, &key.target).filter(|it| it.0 != name)?;
        let referred = match key.target_columns.as_slice() {
            [] => there.primary_key().unwrap_or_default(),
            columns => columns,
        };
        let (message, help) = not_unique(cx, &target, &there, referred)
            .or_else(|| not_comparable(&target, &there, key, referred, type_of))?;
        Some(Failure { subject: name.to_string(), message, help })
    })
}

fn not_unique(
    cx: &Context<'_>,
    target: &TableName,
    there: &Table,
    referred: &[String],
) -> Option<(String, String)> {
    let wanted: BTreeSet<&str> = referred.iter().map(String::as_str).collect();
    let same = |columns: &[&str]| {
        !columns.is_empty() && columns.iter().copied().collect::<BTreeSet<_>>() == wanted
    };
    let constraint = there.constraints.values().any(|it| match &it.kind {
        ConstraintKind::PrimaryKey { columns } | ConstraintKind::Unique { columns, .. } => {
            same(&columns.iter().map(String::as_str).collect::<Vec<_>>())
        }
        _ => false,
    });
    let index = cx.catalog.indexes_of(target, there).iter().any(|(_, it)| {
        let keys: Vec<&str> = it.keys.iter().filter_map(|it| it.column.as_deref()).collect();
        it.unique && it.predicate.is_none() && keys.len() == it.keys.len() && same(&keys)
    });
    if constraint || index {
        return None;
    }
    let columns: Vec<String> = referred.iter().map(|it| Shown(it).to_string()).collect();
    let columns = columns.join(", ");
    let message = if columns.is_empty() {
        format!("`{target}` has no primary key to refer to, so this statement fails")
    } else {
        format!("`{columns}` is not unique in `{target}`, so nothing can refer to it")
    };
    Some((message, format!("refer to the primary key of `{target}`, or make what is meant unique")))
}

fn not_comparable(
    target: &TableName,
    there: &Table,
    key: &ForeignKey,
    referred: &[String],
    type_of: impl Fn(&str) -> Option<String>,
) -> Option<(String, String)> {
    key.columns.iter().zip(referred).find_map(|(from, to)| {
        let from_type = type_of(from)?;
        let to_type = &there.columns.get(to)?.data_type;
        if kind(&from_type)? == kind(to_type)? {
            return None;
        }
        let message = format!(
            "`{}` is `{from_type}` and `{target}.{}` is `{to_type}`: they cannot be compared, so this statement fails",
            Shown(from),
            Shown(to)
        );
        Some((message, format!("make `{}` a `{to_type}`", Shown(from))))
    })
}

/// Types of one kind can refer to each other. Absent: not one of those that are known here.
fn kind(data_type: &str) -> Option<&'static str> {
    if data_type.ends_with(']') {
        return None;
    }
    Some(match data_type.split('(').next()?.trim() {
        "smallint" | "integer" | "bigint" | "numeric" | "smallserial" | "serial" | "bigserial" => {
            "number"
        }
        "text" | "varchar" | "char" | "character" => "text",
        "uuid" => "uuid",
        "boolean" => "boolean",
        _ => return None,
    })
}

/// Another type for a column that a policy reads.
pub(super) fn policy_column(cx: &Context<'_>, change: &Change) -> Option<Failure> {
    let Op::AlterColumnType { table, column, .. } = &change.op else { return None };
    let Resolved::Permanent(name) = cx.catalog.resolve(table) else { return None };
    let found = cx.catalog.table(&name)?;
    let (policy, _) = found.policies.iter().find(|(_, it)| it.born.sure && it.names(column))?;
    let (policy, column) = (Shown(policy), Shown(column));
    Some(Failure {
        subject: format!("{name}.{column}"),
        message: format!("policy `{policy}` reads `{column}`, so its type cannot change"),
        help: format!(
            "drop policy `{policy}` before it and create it again after it, in one transaction"
        ),
    })
}
