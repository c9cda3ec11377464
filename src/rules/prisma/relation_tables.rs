//! Tables that Prisma made for relations, and what takes their place.

use std::fmt::Write as _;

use super::{SchemaChange, by_column, by_table, rename_by_hand, rename_table};
use crate::parse::prisma::{Datamodel, Model, Reference};
use crate::rules::Finding;
use crate::schema::{Shown, TableName, quoted};

/// What is said of one that goes.
pub(super) fn gone(change: &SchemaChange<'_>, it: &Model) -> Finding {
    let table = &it.table;
    let message = format!(
        "the relation that `{table}` was made for is gone, so Prisma drops the table and every link in it"
    );
    let finding = Finding::new(table.to_string(), change.gap(it), message);
    let finding = finding.evidence(&format!("relation table {table}"));
    let ends = ends(change.before, it);
    let ties = |other: &&Model| {
        by_table(change.before, &other.table).is_none() && self::ends(change.after, other) == ends
    };
    let found = change.after.models.iter().filter(|_| !ends.is_empty()).find(ties);
    let Some(now) = found else {
        return finding
            .help("keep the relation; drop it in a change of its own once nothing reads it");
    };
    if now.implicit {
        let name = table.name.strip_prefix('_').unwrap_or(&table.name);
        let keep = format!(
            "it is called `{}` now: keep its name with `@relation(\"{}\")` at both ends",
            Shown(&now.table.name),
            Shown(name)
        );
        return finding.help(keep).help(rename_table(table, &now.table));
    }
    let own = now.table.sql();
    let mut renames = format!("alter table {} rename to {};", table.sql(), quoted(&now.table.name));
    let mut maps = Vec::new();
    for of in &it.references {
        let Some(key) = tied(change, now, of) else { continue };
        let field = by_column(now, &key).map_or(key.as_str(), |it| &it.name);
        maps.push(format!("`@map(\"{}\")` to `{}`", of.field, Shown(field)));
        let (from, to) = (quoted(&of.field), quoted(&key));
        let _ = write!(renames, " alter table {own} rename column {from} to {to};");
    }
    let keep = format!(
        "keep every link: add `@@map(\"{}\")` to `{}`",
        Shown(&table.name),
        Shown(&now.name)
    );
    let [a, b] = maps.as_slice() else {
        return finding
            .help(format!("{keep}, and `@map(\"A\")` and `@map(\"B\")` to its two keys"));
    };
    finding.help(format!("{keep}, {a} and {b}")).help(rename_by_hand(&renames))
}

/// What to do where a model goes and a relation without one takes its place.
pub(super) fn replaced(change: &SchemaChange<'_>, gone: &Model) -> Option<String> {
    let ends = ends(change.before, gone);
    let now = change.after.models.iter().find(|it| {
        !ends.is_empty()
            && it.implicit
            && by_table(change.before, &it.table).is_none()
            && self::ends(change.after, it) == ends
    })?;
    let (from, to) = (&gone.table, &now.table);
    let mut sql = format!("alter table {} rename to {};", from.sql(), quoted(&to.name));
    for reference in &now.references {
        let key = tied(&SchemaChange { after: change.before, ..*change }, gone, reference)?;
        let (own, column) = (to.sql(), quoted(reference.columns.first()?));
        let _ = write!(sql, " alter table {own} rename column {} to {column};", quoted(&key));
    }
    Some(format!(
        "keep `{}`, whose links the new table `{to}` does not have; or write the migration by hand: `{sql}`",
        Shown(&gone.name)
    ))
}

/// The two tables that it ties together, in an order of their own; nothing where it ties more or fewer.
fn ends<'a>(datamodel: &'a Datamodel, it: &Model) -> Vec<&'a TableName> {
    let mut ends: Vec<&TableName> =
        it.references.iter().filter_map(|it| target(datamodel, it)).collect();
    ends.sort();
    if ends.len() == 2 { ends } else { Vec::new() }
}

fn target<'a>(datamodel: &'a Datamodel, reference: &Reference) -> Option<&'a TableName> {
    datamodel.models.iter().find(|it| it.name == reference.model).map(|it| &it.table)
}

/// The column of the model that refers to what `of` refers to.
fn tied(change: &SchemaChange<'_>, model: &Model, of: &Reference) -> Option<String> {
    let wanted = target(change.before, of).or_else(|| target(change.after, of));
    let mut own = model.references.iter().filter(|it| target(change.after, it) == wanted);
    match (own.next()?.columns.as_slice(), own.next()) {
        ([one], None) => Some(one.clone()),
        _ => None,
    }
}
