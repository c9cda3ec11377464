//! Names that a new model or field would give the database, said where they are written.

use super::{SchemaChange, by_column, by_table};
use crate::parse::prisma::ast::ModelKind;
use crate::rules::naming::{is_snake_case, snake_case};
use crate::rules::{Finding, Found};
use crate::schema::Shown;
use crate::source::Span;

/// What `table-snake-case` and `column-snake-case` say of the SQL that Prisma will write. Where a migration of the change
/// has it already, they speak for themselves.
pub(in crate::rules) fn unmapped(change: &SchemaChange<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    // A view has its names from a migration.
    let models = change.after.models.iter().filter(|it| it.kind == ModelKind::Model);
    for model in models.filter(|it| !it.implicit) {
        let table = &model.table;
        let (old, known) =
            (by_table(change.before, table), change.catalog.and_then(|it| it.table(table)));
        // The same model with another table is `changed-map`.
        let moved = change.before.models.iter().any(|it| it.name == model.name);
        if old.is_none() && !moved && known.is_none() && !is_snake_case(&table.name) {
            let what = format!("the table of `{}`", Shown(&model.name));
            let finding = not_snake_case(table.to_string(), &model.at, &what, "@@map", &table.name);
            let finding = finding.evidence(&format!("model {table}"));
            found.extend(Found::of("table-snake-case", finding));
        }
        for field in model.fields.iter().filter(|it| !is_snake_case(&it.column)) {
            let before = old.is_some_and(|it| by_column(it, &field.column).is_some());
            let there = known.as_ref().is_some_and(|it| it.columns.contains_key(&field.column));
            // The same field with another column is `changed-map`.
            let moved = old.is_some_and(|it| it.fields.iter().any(|old| old.name == field.name));
            if before || there || moved {
                continue;
            }
            let subject = format!("{table}.{}", Shown(&field.column));
            let what = format!("the column of `{}`", Shown(&field.name));
            let evidence = format!("field {subject}");
            let finding = not_snake_case(subject, &field.at, &what, "@map", &field.column);
            found.extend(Found::of("column-snake-case", finding.evidence(&evidence)));
        }
    }
    found
}

fn not_snake_case(subject: String, at: &Span, what: &str, map: &str, name: &str) -> Finding {
    let message = format!("{what} would be `{subject}`, which is not snake_case");
    let help = match snake_case(name) {
        Some(snake) => format!("add `{map}(\"{snake}\")` to it"),
        None => "use only a to z, 0 to 9 and `_`".to_owned(),
    };
    Finding::new(subject, at.clone(), message).help(help)
}
