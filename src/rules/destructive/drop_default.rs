//! # drop-default
//!
//! Clients that leave a required column out, because the database filled it, fail as soon as its default is gone.
//!
//! It passes where the column may be null, and where the change gives it another default. A column that is new, required
//! and left without its default is no better: clients that run already do not know it.
//!
//! ## Fails
//!
//! ```sql before
//! create table users (id bigint primary key, age integer not null default 1);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users alter column age drop default;
//! ```
//!
//! ```sql before
//! create table users (id bigint primary key);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users add column age integer not null default 1;
//! alter table users alter column age drop default;
//! ```
//!
//! ```sql before
//! create table notes (id bigint generated always as identity primary key);
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! alter table notes alter column id drop identity;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table users (id bigint primary key, age integer not null default 1);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users alter column age drop default;
//! alter table users alter column age set default 2;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, ConstraintKind, Generated, Op, Shown, quoted};

pub(super) const RULE: Rule =
    declare!("destructive", "drop_default.rs", "drop-default", Warn, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (table, column) = match &change.op {
        Op::DropDefault { table, column } | Op::SetGenerated { table, column, generated: None } => {
            (table, column.clone())
        }
        // In SQL Server it goes by the name that it has as a constraint.
        Op::DropConstraint { table, name, .. } => {
            match &cx.table(table)?.1.constraints.get(name)?.kind {
                ConstraintKind::Default { column } => (table, column.clone()),
                _ => return None,
            }
        }
        _ => return None,
    };
    let column = &column;
    if cx.is_new(change, table) {
        return None;
    }
    let (name, found) = cx.table(table)?;
    let was = found.columns.get(column).filter(|it| it.not_null)?;
    let identity = was.generated == Some(Generated::Identity);
    let default = was.default.as_deref().or_else(|| identity.then_some("nextval"))?;
    let again = cx.lasting_rest().any(|it| match &it.op {
        Op::SetDefault { table: other, column: it, .. }
        | Op::SetGenerated { table: other, column: it, generated: Some(_) }
        | Op::DropNotNull { table: other, column: it }
        | Op::DropColumn { table: other, column: it, .. } => {
            it == column && cx.is_same(table, other)
        }
        _ => false,
    });
    if again {
        return None;
    }
    let subject = format!("{name}.{}", Shown(column));
    let message = format!("rows without `{subject}` are refused after this");
    let finding = cx.finding(change, &subject, message);
    let back = if default == "nextval" || !cx.is_postgres() {
        "keep the default until every client writes the column".to_owned()
    } else {
        format!(
            "keep the default until every client writes the column; to bring it back: `alter table {} alter column {} set default {};`",
            name.sql(),
            quoted(column),
            Shown(default)
        )
    };
    Some(finding.help(back))
}
