//! # drop-constraint
//!
//! What a constraint or a unique index kept out of a table gets in once it is gone, and nobody gets it out again.
//!
//! It passes where the change puts one of the same name or over the same columns in its place, where another one keeps
//! the same out, and where the column goes too.
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
//! ```sql before
//! create domain mail as text constraint mail_form check (value like '%@%');
//! create table users (id bigint primary key, email mail);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter domain mail drop constraint mail_form;
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
//! create unique index users_email_key on users (email) where id < 0;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table tags (a text, b text not null);
//! alter table tags enable row level security;
//! create unique index tags_b_key on tags (b);
//! ```
//!
//! ```sql
//! drop index tags_b_key;
//! alter table tags rename to marks;
//! create unique index marks_b_key on marks (b);
//! ```
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
//!
//! The new one may come first, so that there is no moment without.
//!
//! ```sql before
//! create table tags (a bigint not null, b bigint not null);
//! alter table tags enable row level security;
//! create unique index tags_a_b_key on tags (a, b);
//! ```
//!
//! ```sql
//! alter table tags add constraint tags_pkey primary key (a, b);
//! drop index tags_a_b_key;
//! ```

use crate::rules::{Check, Context, Finding, Made, Rule, declare};
use crate::schema::{Change, ConstraintKind, DomainOp, IndexKey, ObjectName, Op, Shown, TableName};

pub(super) const RULE: Rule =
    declare!("destructive", "drop_constraint.rs", "drop-constraint", Approve, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (table, name) = match &change.op {
        Op::DropConstraint { table, name, .. } => (table, name),
        Op::DropIndex { name, .. } => return unique_index(cx, change, name),
        Op::AlterDomain { name, op } => return of_domain(cx, change, name, op),
        _ => return None,
    };
    if cx.is_new(change, table) {
        return None;
    }
    let found = cx.table(table);
    let found = found.as_ref().and_then(|(_, it)| it.constraints.get(name));
    let excused = match found {
        Some(it) => {
            // Of a default `drop-default` speaks.
            matches!(it.kind, ConstraintKind::Default { .. })
                || cx.catalog.is_new_born(&it.born)
                || is_replaced(cx, table, &it.kind)
                || is_kept_out(cx, table, &it.kind, name)
        }
        None => !cx.made_later(Made::Constraint, &format!("{}.{name}", table.name)).is_empty(),
    };
    if excused {
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
        Some(ConstraintKind::Exclude { .. } | ConstraintKind::Default { .. }) | None => {
            format!("`{table}` takes rows that `{}` kept out", Shown(name))
        }
    }
}

/// Whether a later constraint over the same columns takes its place, or one of its columns goes.
fn is_replaced(cx: &Context<'_>, table: &ObjectName, kind: &ConstraintKind) -> bool {
    let later = cx.made_later(Made::ConstraintOn, &table.name).into_iter();
    let later = later.chain(cx.made_later(Made::IndexOn, &table.name));
    let mut renamed: Option<ObjectName> = None;
    let is_it = |other: &ObjectName, renamed: Option<&ObjectName>| {
        cx.is_same(renamed.unwrap_or(table), other)
    };
    cx.lasting_rest().chain(later).any(|it| match &it.op {
        Op::RenameTable { from, to, .. } if cx.is_same(table, from) => {
            renamed = Some(ObjectName { name: to.clone(), ..from.clone() });
            false
        }
        Op::AddConstraint { table: other, constraint } => {
            is_it(other, renamed.as_ref()) && is_alike(kind, &constraint.kind)
        }
        Op::CreateIndex(index) if index.unique && index.predicate.is_none() => {
            matches!(kind, ConstraintKind::Unique { .. })
                && is_it(&index.table, renamed.as_ref())
                && keys(&index.keys).is_some_and(|it| has_all(kind.columns(), &it))
        }
        Op::DropColumn { table: other, column, .. } => {
            cx.is_same(table, other) && kind.columns().contains(column)
        }
        Op::DropTable { name, .. } => cx.is_same(table, name),
        _ => false,
    })
}

/// Whether the table has something else by now that keeps the same out.
fn is_kept_out(cx: &Context<'_>, table: &ObjectName, kind: &ConstraintKind, name: &str) -> bool {
    let Some((on, found)) = cx.table(table) else { return false };
    let mut others = found
        .constraints
        .iter()
        .filter(|(it, constraint)| *it != name && constraint.born.sure)
        .map(|(_, it)| it);
    let ConstraintKind::Unique { columns, nulls_not_distinct } = kind else {
        return others.any(|it| match (kind, &it.kind) {
            (ConstraintKind::ForeignKey(old), ConstraintKind::ForeignKey(new)) => {
                is_alike(kind, &it.kind) && old.target_columns == new.target_columns
            }
            // Two checks of one column need not be about the same.
            _ => cx.catalog.is_new_born(&it.born) && is_alike(kind, &it.kind),
        });
    };
    others.any(|it| match &it.kind {
        ConstraintKind::PrimaryKey { columns: other } => has_all(columns, other),
        ConstraintKind::Unique { columns: other, nulls_not_distinct: as_strict } => {
            has_all(columns, other) && *as_strict >= *nulls_not_distinct
        }
        _ => false,
    }) || cx.catalog.indexes_of(&on, &found).iter().any(|(it, index)| {
        let all = keys(&index.keys).is_some_and(|it| has_all(columns, &it));
        let strict = index.nulls_not_distinct >= *nulls_not_distinct;
        let whole = index.unique && index.predicate.is_none() && index.born.sure;
        it != name && whole && strict && all
    })
}

/// The columns of an index that has nothing but columns.
fn keys(keys: &[IndexKey]) -> Option<Vec<String>> {
    keys.iter().map(|it| it.column.clone()).collect()
}

/// Whether what is unique by `fewer` is unique by `columns`.
fn has_all(columns: &[String], fewer: &[String]) -> bool {
    !fewer.is_empty() && fewer.iter().all(|it| columns.contains(it))
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

/// A domain keeps out of every column of its type what its constraints say.
fn of_domain(
    cx: &Context<'_>,
    change: &Change,
    domain: &ObjectName,
    op: &DomainOp,
) -> Option<Finding> {
    let what = match op {
        DomainOp::DropConstraint { name } => format!("what `{}` kept out", Shown(name)),
        DomainOp::DropNotNull => "null".to_owned(),
        DomainOp::AddConstraint | DomainOp::SetNotNull => return None,
    };
    let name = cx.catalog.resolve_type(domain);
    let mut later = cx.lasting_rest();
    let again = later.any(|it| match &it.op {
        Op::AlterDomain { name, op: DomainOp::AddConstraint } => {
            cx.catalog.resolve_type(name) == cx.catalog.resolve_type(domain)
        }
        _ => false,
    });
    if again || cx.catalog.is_new_type(&name) {
        return None;
    }
    let message = format!("every column of type `{name}` takes {what} after this");
    let finding = cx.finding(change, name.to_string(), message);
    Some(
        finding.help(
            "keep it; where the rule itself changes, add the new constraint in the same change",
        ),
    )
}

fn unique_index(cx: &Context<'_>, change: &Change, name: &ObjectName) -> Option<Finding> {
    let name: TableName = cx.catalog.resolve_index(name);
    let index = cx.catalog.index(&name).filter(|it| it.unique)?;
    let table = ObjectName::new(Some(&index.table.schema), &index.table.name);
    let columns = index.keys.iter().map(|it| it.column.as_ref().unwrap_or(&it.text));
    let columns: Vec<String> = columns.cloned().collect();
    let kind = ConstraintKind::Unique { columns, nulls_not_distinct: index.nulls_not_distinct };
    let again = cx.made_later(Made::Index, &name.name).iter().any(|it| match &it.op {
        Op::CreateIndex(new) => {
            let old = index.predicate.as_ref().map(|it| &it.text);
            new.unique && new.predicate.as_ref().is_none_or(|it| Some(&it.text) == old)
        }
        _ => false,
    });
    let plain = index.predicate.is_none()
        && (is_replaced(cx, &table, &kind) || is_kept_out(cx, &table, &kind, &name.name));
    if cx.catalog.is_new_born(&index.born) || cx.is_new(change, &table) || again || plain {
        return None;
    }
    let message = format!("{} after this", lost(&index.table.to_string(), Some(&kind), &name.name));
    let finding = cx.finding(change, name.to_string(), message);
    Some(finding.help(format!(
        "keep `{name}`; where the rule itself changes, create the new unique index in the same change"
    )))
}
