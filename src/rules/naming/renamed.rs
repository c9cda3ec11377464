//! New names for what is new, in the migration and in the Prisma schema beside it.

use super::snake_case;
use crate::parse::sql::{Renaming, rename};
use crate::rules::{Context, Fix};
use crate::schema::{NewColumn, ObjectName, Shown};

/// Gives new columns of a table their names in snake case. Nothing where one of them has none, or has it already.
pub(super) fn columns(cx: &Context<'_>, table: &ObjectName, bad: &[&NewColumn]) -> Option<Fix> {
    let mut columns = Vec::new();
    for column in bad {
        let cut = cx.migration.script.cut_from(&(0..usize::MAX), &column.name);
        if column.folded_from.is_some() || cut.is_some() {
            return None;
        }
        columns.push((column.name.clone(), snake_case(&column.name)?));
    }
    let known = cx.catalog.table(&cx.catalog.resolve_permanent(table));
    let is_taken = |name: &String| known.as_ref().is_some_and(|it| it.columns.contains_key(name));
    let mut names: Vec<&String> = columns.iter().map(|it| &it.1).collect();
    names.sort();
    names.dedup();
    if names.len() < columns.len() || names.into_iter().any(is_taken) {
        return None;
    }
    let title = match columns.as_slice() {
        [(old, new)] => format!("name `{}` `{new}`", Shown(old)),
        many => format!("name {} columns of `{}` in snake_case", many.len(), Shown(&table.name)),
    };
    let fix = written(cx, Fix::new(title), &Renaming { table, to: None, columns: &columns })?;
    let map = |fix: Fix, (old, new): &(String, String)| fix.mapped(&table.name, Some(old), new);
    Some(columns.iter().fold(fix, map))
}

/// The same of a table.
pub(super) fn table(cx: &Context<'_>, table: &ObjectName) -> Option<Fix> {
    let to = snake_case(&table.name)?;
    let new = ObjectName { name: to.clone(), ..table.clone() };
    if cx.catalog.table_or_gone(&cx.catalog.resolve_permanent(&new)).is_some() {
        return None;
    }
    let fix = Fix::new(format!("name `{}` `{to}`", Shown(&table.name)));
    let fix = written(cx, fix, &Renaming { table, to: Some(&to), columns: &[] })?;
    Some(fix.mapped(&table.name, None, &to))
}

fn written(cx: &Context<'_>, fix: Fix, renaming: &Renaming<'_>) -> Option<Fix> {
    let edits = rename(&cx.migration.text, renaming)?;
    if edits.is_empty() {
        return None;
    }
    Some(edits.into_iter().fold(fix, |fix, (at, text)| fix.edit(at, text)))
}
