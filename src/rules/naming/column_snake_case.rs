//! # column-snake-case
//!
//! New columns are named in `snake_case`: lower-case letters, digits and underscores.
//!
//! A name in camel case needs double quotes in every query for ever. Only new names are judged; what exists keeps its
//! name. A name written `userId` without quotes is stored as `userid`, which nobody wanted either. With Prisma, the
//! field keeps its name and `@map` gives the column's.
//!
//! ## Fails
//!
//! ```sql
//! alter table users add column "firstName" text;
//! ```
//!
//! ```sql
//! create table notes (id bigint, "createdAt" timestamptz);
//! ```
//!
//! ```sql
//! alter table users rename column name to "fullName";
//! ```
//!
//! ```sql
//! alter table users add column userId bigint;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! alter table users add column first_name text, add column "order" int, add column addr_line_2 text;
//! ```
//!
//! The columns of Prisma's own join tables cannot be mapped.
//!
//! ```sql
//! create table "_CategoryToPost" ("A" bigint not null, "B" bigint not null);
//! alter table "_CategoryToPost" enable row level security;
//! ```

use super::{is_snake_case, renamed, snake_case};
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{
    AttributeOp, Change, NewColumn, NewTable, ObjectName, Op, Persistence, Resolved, Shown,
    TypeKind,
};

pub(super) const RULE: Rule =
    declare!("naming", "column_snake_case.rs", "column-snake-case", Deny, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    match &change.op {
        Op::CreateTable(table) => {
            if table.persistence == Persistence::Temporary || is_join_table(table) {
                return None;
            }
            let inherited = inherited(cx, table);
            // A view that is replaced, or dropped and created again, has its names already.
            let known = cx.catalog.table_or_gone(&cx.catalog.resolve_permanent(&table.name));
            let is_known =
                |name: &String| known.as_ref().is_some_and(|it| it.columns.contains_key(name));
            let own = table
                .columns
                .iter()
                .filter(|it| !inherited.contains(&it.name) && !is_known(&it.name));
            let mut bad: Vec<(&str, Option<&NewColumn>)> =
                own.filter(|it| !is_good(it)).map(|it| (it.name.as_str(), Some(it))).collect();
            // LIKE makes new columns of its own, and an old name becomes a new one.
            if table.columns_of.len() == 1 && !is_partition(cx, change) {
                bad.extend(
                    inherited.iter().filter(|it| !is_snake_case(it)).map(|it| (it.as_str(), None)),
                );
            }
            let (first, rest) = bad.split_first()?;
            let name = shown_name(cx, &table.name);
            let at = first.1.map_or(&table.at, |it| &it.at);
            let mut finding = one(cx, change, &name, first.0, first.1, at);
            for (column, new) in rest {
                if let Some(new) = new {
                    let text = format!("`{}` as well", Shown(column));
                    finding = finding.label(cx.span(&new.at), text);
                }
            }
            let own: Option<Vec<&NewColumn>> = bad.iter().map(|it| it.1).collect();
            finding.fix = own.and_then(|it| renamed::columns(cx, &table.name, &it));
            Some(finding)
        }
        Op::AddColumn { table, column, .. } | Op::RenameColumn { table, to: column, .. } => {
            if is_good(column) || matches!(cx.catalog.resolve(table), Resolved::Temporary(_)) {
                return None;
            }
            let mut finding =
                one(cx, change, &cx.name(table), &column.name, Some(column), &column.at);
            if matches!(change.op, Op::AddColumn { .. }) {
                finding.fix = renamed::columns(cx, table, &[column]);
            }
            Some(finding)
        }
        Op::CreateType { name, kind: TypeKind::Composite(fields) } => {
            let bad = fields.iter().find(|(field, _)| !is_snake_case(field))?;
            let name = shown_name(cx, name);
            Some(one(cx, change, &name, &bad.0, None, &change.span))
        }
        Op::Attribute {
            of: name,
            op: AttributeOp::Add(column) | AttributeOp::Rename { to: column, .. },
        } => {
            if is_good(column) {
                return None;
            }
            let name = cx.catalog.resolve_type(name).to_string();
            Some(one(cx, change, &name, &column.name, Some(column), &column.at))
        }
        _ => None,
    }
}

fn one(
    cx: &Context<'_>,
    change: &Change,
    owner: &str,
    column: &str,
    new: Option<&NewColumn>,
    at: &std::ops::Range<usize>,
) -> Finding {
    let subject = format!("{owner}.{}", Shown(column));
    if let Some(written) = new.and_then(|it| it.folded_from.as_deref()) {
        let message = format!("`{written}` without quotes is stored as `{}`", Shown(column));
        let snake = snake_case(written).unwrap_or_else(|| column.to_owned());
        return cx.finding_at(change, at, subject, message).help(format!("name it `{snake}`"));
    }
    let message = format!("`{subject}` is not snake_case");
    let finding = cx.finding_at(change, at, subject, message);
    match snake_case(column) {
        Some(snake) => finding.help(format!(
            "name it `{snake}`; in Prisma, keep the field `{}` and add `@map(\"{snake}\")`",
            Shown(column)
        )),
        None => finding.help("use only a to z, 0 to 9 and `_`"),
    }
}

fn is_good(column: &NewColumn) -> bool {
    column.folded_from.is_none() && is_snake_case(&column.name)
}

/// The name it will have: not that of a temporary table which is there at the moment.
fn shown_name(cx: &Context<'_>, name: &ObjectName) -> String {
    cx.catalog.resolve_permanent(name).to_string()
}

fn inherited(cx: &Context<'_>, table: &NewTable) -> Vec<String> {
    let parents = table.columns_of.iter().map(|it| cx.catalog.resolve_permanent(it));
    parents
        .filter_map(|it| cx.catalog.table(&it).map(std::borrow::Cow::into_owned))
        .flat_map(|it| it.columns.into_keys())
        .collect()
}

/// Partitions and children have their parents' columns, under names that nobody chose again.
fn is_partition(cx: &Context<'_>, change: &Change) -> bool {
    let text = cx.migration.text.get(change.span.clone()).unwrap_or_default().to_ascii_lowercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    words.contains(&"partition") || words.contains(&"inherits")
}

/// Prisma's implicit many-to-many relation: `_AToB`, with the columns `A` and `B`, neither of which can be mapped
/// (Prisma manual, "Many-to-many relations").
pub(super) fn is_join_table(table: &NewTable) -> bool {
    let columns: Vec<&str> = table.columns.iter().map(|it| it.name.as_str()).collect();
    table.name.name.starts_with('_') && columns == ["A", "B"]
}
