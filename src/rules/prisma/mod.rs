//! What a change to `schema.prisma` makes Prisma do next: the migration that it has not written yet.
//!
//! What a migration of the same change does is judged in the migration, so here only what no migration accounts for is
//! told: the database still has it as it was.

mod apart;
mod broken_schema;
mod changed_field_type;
mod changed_id;
mod changed_map;
mod changed_provider;
mod changed_relation_action;
mod drift;
mod ignored_required_field;
mod migration_without_schema;
mod names;
mod relation_tables;
mod relation_without_index;
mod removed_enum_value;
mod removed_field;
mod removed_model;
mod required_field;
mod schema_drift;
mod schema_without_migration;
mod unique_field;
mod weakened_datasource;

use super::Rule;
use crate::parse::prisma::ast::{Arity, ModelKind};
use crate::parse::prisma::{Datamodel, Field, FieldType, Model};
use crate::schema::{Catalog, Referential, Rework, Risk, TableName, TypeChange, bare_type, quoted};
use crate::source::Span;

pub(super) use apart::apart;
pub use drift::drift;
pub(super) use names::unmapped;

pub(super) const RULES: &[&Rule] = &[
    &removed_model::RULE,
    &removed_field::RULE,
    &changed_map::RULE,
    &changed_field_type::RULE,
    &required_field::RULE,
    &removed_enum_value::RULE,
    &changed_id::RULE,
    &unique_field::RULE,
    &changed_relation_action::RULE,
    &relation_without_index::RULE,
    &ignored_required_field::RULE,
    &changed_provider::RULE,
    &weakened_datasource::RULE,
    &schema_drift::RULE,
    &schema_without_migration::RULE,
    &migration_without_schema::RULE,
    &broken_schema::RULE,
];

/// A schema as everyone has it and as it would be.
#[derive(Debug)]
pub struct SchemaChange<'a> {
    pub before: &'a Datamodel,
    pub after: &'a Datamodel,
    /// What the migrations leave behind, those of the change among them. Absent: there are none.
    pub catalog: Option<&'a Catalog>,
    /// What they leave behind without those of the change. Absent: nobody asks what is new.
    pub past: Option<&'a Catalog>,
}

impl<'a> SchemaChange<'a> {
    /// The models on both sides that are the same table. One that Prisma made for a relation follows its models.
    fn kept(&self) -> impl Iterator<Item = (&'a Model, &'a Model)> {
        let after = self.after;
        let own = self.tables().filter(|it| !it.implicit);
        own.filter_map(|old| Some((old, by_table(after, &old.table)?)))
    }

    /// The models that had a table of their own. Prisma makes no views, and takes none away.
    fn tables(&self) -> impl Iterator<Item = &'a Model> {
        self.before.models.iter().filter(|it| it.kind == ModelKind::Model)
    }

    /// Whether the migrations show the tables of this schema: then one that they do not show is not there.
    fn is_migrated(&self) -> bool {
        let Some(catalog) = self.catalog else { return false };
        let models = self.before.models.iter().filter(|it| !it.implicit);
        let known = models.clone().filter(|it| catalog.table_or_gone(&it.table).is_some()).count();
        known * 2 >= models.count() && known > 0
    }

    /// Whether the database still has the table.
    fn has_table(&self, table: &TableName) -> bool {
        !self.is_migrated() || self.catalog.is_some_and(|it| it.table(table).is_some())
    }

    /// Whether the database still has the column.
    fn has_column(&self, table: &TableName, column: &str) -> bool {
        let known = self.catalog.and_then(|it| it.table_or_gone(table));
        let Some(known) = known else { return self.has_table(table) };
        // Of a table that `LIKE` or a query filled nobody knows the columns.
        known.columns.is_empty() || known.columns.contains_key(column)
    }

    /// Where in the new text something is missing that stood in the old one: at what stood before it.
    fn gap(&self, gone: &Model) -> Span {
        let earlier = self.before.models.iter().take_while(|it| it.table != gone.table);
        let same = |it: &&Model| it.at.path == gone.at.path;
        let kept = earlier.filter_map(|it| by_table(self.after, &it.table)).filter(same).last();
        let first = || self.after.models.iter().find(same);
        let provider = || self.after.provider.as_ref().map(|it| it.at.clone());
        let found = kept.or_else(first).map(|it| it.at.clone()).or_else(provider);
        found.unwrap_or_else(|| Span::file(gone.at.path.clone()))
    }
}

/// The model that has the table. A view that is called like it has none.
fn by_table<'a>(datamodel: &'a Datamodel, table: &TableName) -> Option<&'a Model> {
    datamodel.models.iter().find(|it| it.table == *table && it.kind == ModelKind::Model)
}

fn by_column<'a>(model: &'a Model, column: &str) -> Option<&'a Field> {
    model.fields.iter().find(|it| it.column == column)
}

/// The type as Postgres has it, to be shown.
fn type_of(field: &Field) -> String {
    let base = match &field.data_type {
        FieldType::Scalar(name) | FieldType::Unsupported(name) | FieldType::Enum(name) => name,
    };
    if field.arity == Arity::List { format!("{base}[]") } else { base.clone() }
}

/// Two spellings of one type lose nothing either way.
fn is_same_type(one: &str, other: &str) -> bool {
    let same = TypeChange { rework: Rework::Nothing, risk: Risk::None };
    let both = [TypeChange::of(one, other, "", None), TypeChange::of(other, one, "", None)];
    one == other || bare_type(one) == other || both == [same, same]
}

/// The way out where somebody wants the new name in the database too: Prisma never writes it.
fn rename_by_hand(sql: &str) -> String {
    format!(
        "to rename it in the database too, write the migration by hand, in a change that nothing else depends on: `{sql}`"
    )
}

fn rename_column(table: &TableName, from: &str, to: &str) -> String {
    let (from, to) = (quoted(from), quoted(to));
    rename_by_hand(&format!("alter table {} rename column {from} to {to};", table.sql()))
}

fn rename_table(from: &TableName, to: &TableName) -> String {
    let moved = from.schema != to.schema;
    let moved = if moved {
        let (schema, name) = (quoted(&from.schema), quoted(&to.name));
        format!(" alter table {schema}.{name} set schema {};", quoted(&to.schema))
    } else {
        String::new()
    };
    let to = quoted(&to.name);
    rename_by_hand(&format!("alter table {} rename to {to};{moved}", from.sql()))
}

/// What the database has for it: `on delete set null`.
fn words(it: Referential) -> &'static str {
    match it {
        Referential::Unsaid | Referential::NoAction => "no action",
        Referential::Restrict => "restrict",
        Referential::Cascade => "cascade",
        Referential::SetNull => "set null",
        Referential::SetDefault => "set default",
    }
}
