//! Where the database that the migrations leave behind is not the one that the schema describes.

mod column;
mod default;
mod keys;
mod references;

use std::collections::BTreeSet;

use crate::parse::prisma::ast::ModelKind;
use crate::parse::prisma::{Datamodel, Enum, Model};
use crate::rules::{Finding, Found};
use crate::schema::{Catalog, RelationKind, Shown, Table, TableName, TypeKind};
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
    enums(datamodel, catalog, &mut all);
    let keyed = |it: &Model| catalog.table(&it.table).is_some_and(|it| it.primary_key().is_some());
    let is_six = datamodel.models.iter().any(|it| it.implicit && keyed(it));
    for model in datamodel.models.iter().filter(|it| it.kind == ModelKind::Model) {
        match catalog.table(&model.table) {
            Some(table) if model.implicit && !is_six => {
                compare(datamodel, catalog, &keys::as_before_six(model), &table, &mut all);
            }
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

/// Enums that nothing in the schema is.
fn enums(datamodel: &Datamodel, catalog: &Catalog, all: &mut Vec<Finding>) {
    for (name, it) in catalog.data_types() {
        let is_enum = matches!(it.kind, TypeKind::Enum(_));
        let known = datamodel.enums.iter().any(|it| it.data_type == name);
        if is_enum && !known && datamodel.schemas.contains(&name.schema) {
            let message = format!(
                "the enum `{name}` is not in the schema, so Prisma's next migration drops it"
            );
            all.push(one(&name.to_string(), &top(datamodel), message, PULL));
        }
    }
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
    // Its columns are known to nobody.
    if table.columns.is_empty() || model.fields.is_empty() {
        return;
    }
    let name = &model.table;
    for field in &model.fields {
        let subject = format!("{name}.{}", Shown(&field.column));
        match table.columns.get(&field.column) {
            Some(column) => column::compare(&subject, field, column, all),
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
    keys::compare(catalog, model, table, all);
    if !datamodel.without_foreign_keys {
        references::compare(datamodel, model, table, all);
    }
}
