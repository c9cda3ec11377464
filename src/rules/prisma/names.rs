//! Names that a new model or field would give the database, said where they are written.

use super::{SchemaChange, by_column, by_table};
use crate::parse::prisma::ast::ModelKind;
use crate::rules::naming::{is_snake_case, snake_case};
use crate::rules::{Finding, Found};
use crate::schema::Shown;

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
            let message = format!(
                "the table of `{}` would be `{table}`, which is not snake_case",
                Shown(&model.name)
            );
            let finding = Finding::new(table.to_string(), model.at.clone(), message);
            let finding = finding.evidence(&format!("model {table}"));
            let snake = snake_case(&table.name);
            let help = snake.map_or_else(
                || "use only a to z, 0 to 9 and `_`".to_owned(),
                |it| format!("add `@@map(\"{it}\")` to it"),
            );
            found.extend(Found::of("table-snake-case", finding.help(help)));
        }
        for field in model.fields.iter().filter(|it| !is_snake_case(&it.column)) {
            let before = old.is_some_and(|it| by_column(it, &field.column).is_some());
            let there = known.as_ref().is_some_and(|it| it.columns.contains_key(&field.column));
            // The same field with another column is `changed-map`.
            let moved = old.is_some_and(|it| it.fields.iter().any(|old| old.name == field.name));
            if before || there || moved {
                continue;
            }
            let column = Shown(&field.column);
            let subject = format!("{table}.{column}");
            let message = format!(
                "the column of `{}` would be `{subject}`, which is not snake_case",
                Shown(&field.name)
            );
            let finding = Finding::new(&subject, field.at.clone(), message);
            let finding = finding.evidence(&format!("field {subject}"));
            let snake = snake_case(&field.column);
            let help = snake.map_or_else(
                || "use only a to z, 0 to 9 and `_`".to_owned(),
                |it| format!("add `@map(\"{it}\")` to it"),
            );
            found.extend(Found::of("column-snake-case", finding.help(help)));
        }
    }
    found
}
