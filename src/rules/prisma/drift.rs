//! Where the database that the migrations leave behind is not the one that the schema describes.

use std::collections::BTreeSet;

use super::{Keys, is_same_type, type_of};
use crate::parse::prisma::ast::{Arity, ModelKind};
use crate::parse::prisma::{Datamodel, Enum, Field, FieldType, Model};
use crate::rules::{Finding, Found};
use crate::schema::{
    Catalog, Column, ConstraintKind, Generated, RelationKind, Shown, Table, TableName, TypeKind,
};
use crate::source::Span;

/// Tables that tools keep for themselves in the schemas of an application. Prisma knows the first as its own; the others
/// belong to extensions, and Prisma leaves them out as well.
const OWNED: &[&str] =
    &["_prisma_migrations", "spatial_ref_sys", "geometry_columns", "geography_columns"];

/// Every difference, in the order of the schema.
pub fn drift(datamodel: &Datamodel, catalog: &Catalog) -> Vec<Found> {
    let all = differences(datamodel, catalog);
    all.into_iter().filter_map(|it| Found::of("schema-drift", it)).collect()
}

pub(super) fn differences(datamodel: &Datamodel, catalog: &Catalog) -> Vec<Finding> {
    let mut all = Vec::new();
    for it in &datamodel.enums {
        labels(catalog, it, &mut all);
    }
    for model in datamodel.models.iter().filter(|it| it.kind == ModelKind::Model) {
        match catalog.table(&model.table) {
            Some(table) => compare(datamodel, catalog, model, &table, &mut all),
            None => {
                let message = format!(
                    "no migration makes the table `{}` of `{}`",
                    model.table,
                    Shown(&model.name)
                );
                all.push(one(&model.table.to_string(), &model.at, message, MIGRATE));
            }
        }
    }
    let known: BTreeSet<&TableName> = datamodel.models.iter().map(|it| &it.table).collect();
    for (name, table) in catalog.tables() {
        let ours = table.kind == RelationKind::Table && datamodel.schemas.contains(&name.schema);
        let child = table
            .parent
            .as_ref()
            .is_some_and(|it| catalog.table(it).is_some_and(|it| it.partitioned));
        if ours && !child && !known.contains(&name) && !OWNED.contains(&name.name.as_str()) {
            let message = format!("`{name}` has no model, so Prisma's next migration drops it");
            all.push(one(&name.to_string(), &top(datamodel), message, PULL));
        }
    }
    all
}

const MIGRATE: &str = "write the migration for it: `npx prisma migrate dev --create-only`";
const PULL: &str = "add it to the schema: `npx prisma db pull` shows how it is written";

/// Whether a difference is something that the database has and the schema has not.
pub(super) fn is_ahead_of_schema(difference: &Finding) -> bool {
    difference.help.iter().any(|it| it == PULL)
}

fn one(subject: &str, at: &Span, message: String, help: &str) -> Finding {
    let evidence = message.clone();
    Finding::new(subject, at.clone(), message).evidence(&evidence).help(help)
}

/// Where to say what stands nowhere.
fn top(datamodel: &Datamodel) -> Span {
    let provider = datamodel.provider.iter().map(|it| &it.at);
    let models = datamodel.models.iter().map(|it| &it.at);
    provider.chain(models).next().cloned().unwrap_or_else(|| Span::file("schema.prisma".into()))
}

fn labels(catalog: &Catalog, it: &Enum, all: &mut Vec<Finding>) {
    let name = it.data_type.to_string();
    let Some(found) = catalog.data_type(&it.data_type) else {
        let message = format!("no migration makes the enum `{name}`");
        all.push(one(&name, &it.at, message, MIGRATE));
        return;
    };
    let TypeKind::Enum(labels) = &found.kind else { return };
    for missing in it.values.iter().filter(|it| !labels.contains(it)) {
        let message = format!("no migration adds `{}` to the enum `{name}`", Shown(missing));
        all.push(one(&format!("{name}.{}", Shown(missing)), &it.at, message, MIGRATE));
    }
    for more in labels.iter().filter(|label| !it.values.contains(label)) {
        let message = format!("the enum `{name}` has `{}`, which the schema has not", Shown(more));
        all.push(one(&format!("{name}.{}", Shown(more)), &it.at, message, PULL));
    }
}

fn compare(
    datamodel: &Datamodel,
    catalog: &Catalog,
    model: &Model,
    table: &Table,
    all: &mut Vec<Finding>,
) {
    // Its columns are known to nobody, or always the same.
    if table.columns.is_empty() || model.implicit {
        return;
    }
    let name = &model.table;
    for field in &model.fields {
        let subject = format!("{name}.{}", Shown(&field.column));
        match table.columns.get(&field.column) {
            Some(column) => column_of(&subject, field, column, all),
            None => {
                let message = format!("no migration adds the column `{subject}`");
                all.push(one(&subject, &field.at, message, MIGRATE));
            }
        }
    }
    for column in table.columns.keys() {
        if model.fields.iter().all(|it| it.column != *column) {
            let subject = format!("{name}.{}", Shown(column));
            let message = format!("`{subject}` has no field, so Prisma's next migration drops it");
            all.push(one(&subject, &model.at, message, PULL));
        }
    }
    keys(catalog, model, table, all);
    if !datamodel.without_foreign_keys {
        references(datamodel, model, table, all);
    }
}

fn column_of(subject: &str, field: &Field, column: &Column, all: &mut Vec<Finding>) {
    let (is, should) = (plain(&column.data_type), type_of(field));
    let unsaid = is.is_empty() || matches!(field.data_type, FieldType::Unsupported(_));
    if !unsaid && !is_same_type(&is, &should) && !is_same_list(&is, &should) {
        let message = format!(
            "`{subject}` is `{}` in the database and `{}` in the schema",
            Shown(&is),
            Shown(&should)
        );
        all.push(one(subject, &field.at, message, MIGRATE));
    }
    let required = field.arity == Arity::Required;
    if field.arity != Arity::List && required != column.not_null && !unsaid {
        let (is, should) =
            if required { ("may be null", "required") } else { ("is required", "optional") };
        let message = format!("`{subject}` {is} in the database and {should} in the schema");
        all.push(one(subject, &field.at, message, MIGRATE));
    }
    // A column that is computed has a default in the schema or none, as somebody wrote it.
    let computed = matches!(column.generated, Some(Generated::Stored | Generated::Virtual));
    let filled = column.default.is_some() || column.generated.is_some();
    if filled != field.filled && !computed && !unsaid {
        let (is, should) = if filled { ("a default", "none") } else { ("no default", "one") };
        let message = format!("`{subject}` has {is} in the database and {should} in the schema");
        all.push(one(subject, &field.at, message, MIGRATE));
    }
}

/// A serial is a number with a default.
fn plain(data_type: &str) -> String {
    match data_type {
        "serial" | "serial4" => "integer".to_owned(),
        "bigserial" | "serial8" => "bigint".to_owned(),
        "smallserial" | "serial2" => "smallint".to_owned(),
        _ => data_type.to_owned(),
    }
}

/// Lists of an enum, whose name may be in quotes.
fn is_same_list(one: &str, other: &str) -> bool {
    let item = |it: &str| it.strip_suffix("[]").map(|it| it.trim_matches('"').to_owned());
    match (item(one), item(other)) {
        (Some(one), Some(other)) => is_same_type(&one, &other),
        _ => false,
    }
}

fn keys(catalog: &Catalog, model: &Model, table: &Table, all: &mut Vec<Finding>) {
    let name = &model.table;
    let id = table.primary_key().unwrap_or_default();
    let Keys { uniques, indexes, partial } = Keys::of(catalog, name, table);
    // Prisma asks for no partial index, and is content where one is in place of a whole one (measured with its engine).
    let is_there = |unique: bool, it: &Vec<String>| {
        let whole = if unique { &uniques } else { &indexes };
        whole.contains(it) || partial.contains(&(unique, it.clone()))
    };
    let list = |it: &[String]| format!("`{}`", it.join("`, `"));
    let mut say = |columns: &[String], message: String, help| {
        all.push(one(&format!("{name}.{}", columns.join(".")), &model.at, message, help));
    };
    if model.id != id {
        let shown = |it: &[String]| if it.is_empty() { "nothing".to_owned() } else { list(it) };
        say(
            &[],
            format!(
                "the primary key of `{name}` is {} in the database and {} in the schema",
                shown(id),
                shown(&model.id)
            ),
            MIGRATE,
        );
    }
    // The columns of the key are unique anyhow.
    for it in model.uniques.iter().filter(|it| !is_there(true, it) && **it != id) {
        say(it, format!("no migration makes {} unique in `{name}`", list(it)), MIGRATE);
    }
    for it in uniques.iter().filter(|it| !model.uniques.contains(it) && **it != id) {
        say(it, format!("{} is unique in `{name}`, and not in the schema", list(it)), PULL);
    }
    for it in model.indexes.iter().filter(|it| !is_there(false, it)) {
        say(it, format!("no migration makes the index on {} of `{name}`", list(it)), MIGRATE);
    }
    for it in indexes.iter().filter(|it| !model.indexes.contains(it)) {
        say(it, format!("`{name}` has an index on {}, and the schema has none", list(it)), PULL);
    }
}

fn references(datamodel: &Datamodel, model: &Model, table: &Table, all: &mut Vec<Finding>) {
    let name = &model.table;
    let there: Vec<(&[String], &str)> = table
        .constraints
        .values()
        .filter_map(|it| match &it.kind {
            ConstraintKind::ForeignKey(it) => {
                Some((it.columns.as_slice(), it.target.name.as_str()))
            }
            _ => None,
        })
        .collect();
    let table_of = |name: &str| {
        datamodel.models.iter().find(|it| it.name == name).map(|it| it.table.name.as_str())
    };
    for it in &model.references {
        let Some(target) = table_of(&it.model) else { continue };
        if !there.contains(&(it.columns.as_slice(), target)) {
            let columns = it.columns.join("`, `");
            let message = format!(
                "no migration makes the foreign key of `{columns}` in `{name}` to `{}`",
                Shown(target)
            );
            all.push(one(&format!("{name}.{}", it.columns.join(".")), &it.at, message, MIGRATE));
        }
    }
    for (columns, target) in there {
        let known = model
            .references
            .iter()
            .any(|it| it.columns == columns && table_of(&it.model) == Some(target));
        if !known {
            let message = format!(
                "`{name}` has a foreign key of `{}` to `{}`, and the schema has none",
                columns.join("`, `"),
                Shown(target)
            );
            all.push(one(&format!("{name}.{}", columns.join(".")), &model.at, message, PULL));
        }
    }
}
