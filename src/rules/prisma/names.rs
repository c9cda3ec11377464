//! Names that a new model or field would give the database, said where they are written.

use super::{SchemaChange, by_column, by_table};
use crate::parse::prisma::Model;
use crate::parse::prisma::ast::ModelKind;
use crate::rules::naming::{is_snake_case, snake_case};
use crate::rules::{Finding, Fix, Found};
use crate::schema::Shown;
use crate::source::Span;

/// Models that libraries bring along and look up by the name that the client has: Auth.js, Better Auth, Shopify.
const LIBRARIES: &[&str] =
    &["Account", "Session", "VerificationToken", "Verification", "Authenticator"];

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
            let to = table_for(change, model);
            let mut name = Name { model, column: None, to: to.as_deref(), at: &model.at };
            let taken = |to: &str| change.after.models.iter().any(|it| it.table.name == to);
            name.to = name.to.filter(|it| !taken(it));
            found.extend(Found::of("table-snake-case", name.finding(&what)));
        }
        for field in model.fields.iter().filter(|it| !is_snake_case(&it.column)) {
            let before = old.is_some_and(|it| by_column(it, &field.column).is_some());
            let there = known.as_ref().is_some_and(|it| it.columns.contains_key(&field.column));
            // The same field with another column is `changed-map`.
            let moved = old.is_some_and(|it| it.fields.iter().any(|old| old.name == field.name));
            if before || there || moved {
                continue;
            }
            let what = format!("the column of `{}`", Shown(&field.name));
            let to = snake_case(&field.column).filter(|it| by_column(model, it).is_none());
            let column = Some(field.column.as_str());
            let name = Name { model, column, to: to.as_deref(), at: &field.at };
            found.extend(Found::of("column-snake-case", name.finding(&what)));
        }
    }
    found
}

/// A name that is not as it should be.
struct Name<'a> {
    model: &'a Model,
    /// Absent: the name of the table.
    column: Option<&'a str>,
    /// As it should be, where that can be told and is free.
    to: Option<&'a str>,
    at: &'a Span,
}

impl Name<'_> {
    fn finding(&self, what: &str) -> Finding {
        let table = &self.model.table;
        let (subject, map, kind) = match self.column {
            Some(column) => (format!("{table}.{}", Shown(column)), "@map", "field"),
            None => (table.to_string(), "@@map", "model"),
        };
        let message = format!("{what} would be `{subject}`, which is not snake_case");
        let evidence = format!("{kind} {subject}");
        let mut finding = Finding::new(subject, self.at.clone(), message).evidence(&evidence);
        let Some(to) = self.to else {
            return finding
                .help(format!("give it a name of a to z, 0 to 9 and `_` with `{map}(\"…\")`"));
        };
        let old = self.column.unwrap_or(&table.name);
        let fix = Fix::new(format!("map `{}` to `{to}`", Shown(old)));
        finding.fix = Some(fix.mapped(&table.name, self.column, to));
        let finding = finding.help(format!("add `{map}(\"{to}\")` to it"));
        let model = self.model.name.as_str();
        if LIBRARIES.contains(&model) {
            let kept = format!(
                "libraries that bring `{model}` along, as Auth.js does, ask the client for it, whose names stay as they are"
            );
            return finding.help(kept);
        }
        finding
    }
}

/// The name in `snake_case`, in the plural where that is how the other tables are called.
fn table_for(change: &SchemaChange<'_>, model: &Model) -> Option<String> {
    let both = change.before.models.iter().chain(&change.after.models);
    let mapped = both.filter(|it| it.mapped && !it.implicit && it.kind == ModelKind::Model);
    let (mut plurals, mut others) = (0, 0);
    for it in mapped {
        match snake_case(&it.name) {
            Some(one) if it.table.name == plural(&one) => plurals += 1,
            _ => others += 1,
        }
    }
    let one = snake_case(&model.table.name)?;
    Some(if plurals > others { plural(&one) } else { one })
}

/// More than one of it, in English.
fn plural(word: &str) -> String {
    let ends = |all: &[&str]| all.iter().any(|it| word.ends_with(it));
    if ends(&["ss", "us", "is", "x", "z", "ch", "sh"]) {
        return format!("{word}es");
    }
    match word.strip_suffix('y') {
        Some(stem) if !ends(&["ay", "ey", "oy", "uy"]) => format!("{stem}ies"),
        // `user_settings` is one already.
        _ if word.ends_with('s') => word.to_owned(),
        _ => format!("{word}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::plural;

    #[test]
    fn words_have_the_plural_that_people_give_tables() {
        for (one, many) in [
            ("user", "users"),
            ("category", "categories"),
            ("day", "days"),
            ("address", "addresses"),
            ("box", "boxes"),
            ("user_settings", "user_settings"),
            ("status", "statuses"),
        ] {
            assert_eq!(plural(one), many);
        }
    }
}
