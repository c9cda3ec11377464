//! # drop-constraint
//!
//! What a constraint or a unique index kept out of a table gets in once it is gone, and nobody gets it out again.
//!
//! It passes where the change puts one of the same name or over the same columns in its place, and where the column
//! goes too.
//!
//! ## Fails
//!
//! ```sql
//! alter table users drop constraint users_pkey;
//! ```
//!
//! ```sql before
//! create table users (id bigint primary key, email text);
//! alter table users enable row level security;
//! create unique index users_email_key on users (email);
//! ```
//!
//! ```sql
//! drop index users_email_key;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table users (id bigint primary key);
//! alter table users enable row level security;
//! create table orders (id bigint primary key, user_id bigint constraint orders_user_fkey references users);
//! alter table orders enable row level security;
//! ```
//!
//! ```sql
//! alter table orders drop constraint orders_user_fkey;
//! alter table orders add constraint orders_user_id_fkey
//!   foreign key (user_id) references users (id) on delete set null not valid;
//! ```

use crate::rules::{Check, Context, Finding, Made, Rule, declare};
use crate::schema::{Change, ConstraintKind, ObjectName, Op, Shown, TableName};

pub(super) const RULE: Rule =
    declare!("destructive", "drop_constraint.rs", "drop-constraint", Approve, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (table, name) = match &change.op {
        Op::DropConstraint { table, name, .. } => (table, name),
        Op::DropIndex { name, .. } => return unique_index(cx, change, name),
        _ => return None,
    };
    if cx.is_new(change, table)
        || !cx.made_later(Made::Constraint, &format!("{}.{name}", table.name)).is_empty()
    {
        return None;
    }
    let found = cx.table(table);
    let found = found.as_ref().and_then(|(_, it)| it.constraints.get(name));
    if let Some(found) = found
        && (cx.catalog.is_new_born(&found.born) || is_replaced(cx, table, &found.kind))
    {
        return None;
    }
    let subject = format!("{}.{}", cx.name(table), Shown(name));
    let message = format!("{} after this", lost(&cx.name(table), found.map(|it| &it.kind), name));
    let finding = cx.finding(change, subject, message);
    Some(finding.help(format!(
        "keep `{}`; where the rule itself changes, add the new constraint in the same change",
        Shown(name)
    )))
}

/// What can be from now on.
fn lost(table: &str, kind: Option<&ConstraintKind>, name: &str) -> String {
    let list = |columns: &[String]| columns.join("`, `");
    match kind {
        Some(ConstraintKind::PrimaryKey { columns }) => format!(
            "`{table}` is left without a primary key: two rows can have the same `{}`, and replication and the clients no longer tell them apart",
            list(columns)
        ),
        Some(ConstraintKind::Unique { columns, .. }) => {
            format!("two rows of `{table}` can have the same `{}`", list(columns))
        }
        Some(ConstraintKind::ForeignKey(key)) => format!(
            "`{}` of `{table}` can point to rows that `{}` does not have",
            list(&key.columns),
            key.target
        ),
        Some(ConstraintKind::Check(check)) => {
            format!("`{table}` takes rows that break `{}`", Shown(&check.text))
        }
        Some(ConstraintKind::NotNull { column }) => {
            format!("`{table}.{}` can be null", Shown(column))
        }
        Some(ConstraintKind::Exclude { .. }) | None => {
            format!("`{table}` takes rows that `{}` kept out", Shown(name))
        }
    }
}

/// Whether a later constraint over the same columns takes its place, or one of its columns goes.
fn is_replaced(cx: &Context<'_>, table: &ObjectName, kind: &ConstraintKind) -> bool {
    cx.rest().iter().any(|it| match &it.op {
        Op::AddConstraint { table: other, constraint } => {
            cx.is_same(table, other) && is_alike(kind, &constraint.kind)
        }
        Op::CreateIndex(index) if index.unique && index.predicate.is_none() => {
            let columns: Option<Vec<String>> =
                index.keys.iter().map(|it| it.column.clone()).collect();
            matches!(kind, ConstraintKind::Unique { .. })
                && cx.is_same(table, &index.table)
                && columns.as_deref() == Some(kind.columns())
        }
        Op::DropColumn { table: other, column, .. } => {
            cx.is_same(table, other) && kind.columns().contains(column)
        }
        Op::DropTable { name, .. } => cx.is_same(table, name),
        _ => false,
    })
}

fn is_alike(old: &ConstraintKind, new: &ConstraintKind) -> bool {
    let same = std::mem::discriminant(old) == std::mem::discriminant(new);
    match (old, new) {
        (ConstraintKind::ForeignKey(old), ConstraintKind::ForeignKey(new)) => {
            old.columns == new.columns && old.target.name == new.target.name
        }
        // What becomes of it, `tighter-check` says.
        (ConstraintKind::Check(old), ConstraintKind::Check(new)) => {
            old.columns.iter().any(|it| new.columns.contains(it))
        }
        _ => same && old.columns() == new.columns(),
    }
}

fn unique_index(cx: &Context<'_>, change: &Change, name: &ObjectName) -> Option<Finding> {
    let name: TableName = cx.catalog.resolve_index(name);
    let index = cx.catalog.index(&name).filter(|it| it.unique)?;
    let table = ObjectName::new(Some(&index.table.schema), &index.table.name);
    let columns: Vec<String> = index.keys.iter().map(|it| it.text.clone()).collect();
    let kind = ConstraintKind::Unique { columns, nulls_not_distinct: index.nulls_not_distinct };
    let again = !cx.made_later(Made::Index, &name.name).is_empty();
    let plain = index.predicate.is_none() && is_replaced(cx, &table, &kind);
    if cx.catalog.is_new_born(&index.born) || cx.is_new(change, &table) || again || plain {
        return None;
    }
    let message = format!("{} after this", lost(&index.table.to_string(), Some(&kind), &name.name));
    let finding = cx.finding(change, name.to_string(), message);
    Some(finding.help(format!(
        "keep `{name}`; where the rule itself changes, create the new unique index in the same change"
    )))
}
