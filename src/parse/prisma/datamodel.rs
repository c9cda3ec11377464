//! All files of a schema, with the names that the database has for what is in them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::ast::{self, Arity, Attribute, ModelKind, SourceKind, Value, ValueKind};
use super::{parse, relations, types};
use crate::schema::{self, TableName};
use crate::source::{RepoPath, Span};

/// What Prisma believes the database looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Datamodel {
    /// The first that a `datasource` names.
    pub provider: Option<Provider>,
    /// `relationMode = "prisma"`: the database has no foreign keys.
    pub without_foreign_keys: bool,
    /// The schemas that it is about: those of the `datasource`, else `public`.
    pub schemas: Vec<String>,
    pub models: Vec<Model>,
    pub enums: Vec<Enum>,
    /// What Prisma would not read.
    pub broken: Vec<Broken>,
    /// Types that fields have and that nothing in the files is called by. They are among what is broken.
    pub unknown: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// `postgresql`, `mysql`; `postgres` is read as the first.
    pub name: String,
    pub at: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub message: String,
    pub at: Span,
}

/// A model with its table, a view, or the table of an implicit many-to-many relation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// What the client calls it.
    pub name: String,
    pub table: TableName,
    /// `@@map` says the table's name.
    pub mapped: bool,
    pub kind: ModelKind,
    /// Prisma made the table for a relation.
    pub implicit: bool,
    /// Those that are columns.
    pub fields: Vec<Field>,
    /// The columns of `@id` or `@@id`.
    pub id: Vec<String>,
    /// The columns of each `@unique` and `@@unique`.
    pub uniques: Vec<Vec<String>>,
    /// The columns of each `@@index`.
    pub indexes: Vec<Vec<String>>,
    pub references: Vec<Reference>,
    /// Its name.
    pub at: Span,
}

/// `@relation(fields: […], references: […])`, which is a foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    pub columns: Vec<String>,
    /// What the client calls the model that is referred to.
    pub model: String,
    pub at: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What the client calls it.
    pub name: String,
    pub column: String,
    /// `@map` says the column's name.
    pub mapped: bool,
    pub data_type: FieldType,
    pub arity: Arity,
    /// Postgres fills it in where an `INSERT` leaves it out. `uuid()`, `cuid()` and `@updatedAt` are the client's.
    pub filled: bool,
    /// From its name to its last attribute.
    pub at: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// As Postgres calls it: `varchar(100)`.
    Scalar(String),
    /// As the database calls it.
    Enum(String),
    /// What stands in `Unsupported("…")`.
    Unsupported(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enum {
    pub name: String,
    pub data_type: TableName,
    /// As the database has them.
    pub values: Vec<String>,
    /// Its name.
    pub at: Span,
}

impl Datamodel {
    /// Reads the files of one schema, which are as good as one file (Prisma manual, "Multi-file Prisma schema").
    pub fn read(files: &[(RepoPath, Arc<str>)]) -> Datamodel {
        let parsed: Vec<(RepoPath, ast::Document)> =
            files.iter().map(|(path, text)| (path.clone(), parse(text))).collect();
        let mut it = Datamodel::default();
        for (path, file) in &parsed {
            it.provider = it.provider.take().or_else(|| provider(path, file));
            it.schemas.extend(schemas(file));
            it.without_foreign_keys |= property(file, "relationMode")
                .is_some_and(|it| matches!(&it.kind, ValueKind::String(mode) if mode == "prisma"));
            it.broken.extend(file.errors.iter().map(|error| Broken {
                message: error.message.clone(),
                at: Span::new(path.clone(), error.at.clone()),
            }));
            it.enums.extend(file.enums.iter().map(|it| read_enum(path, it)));
        }
        if it.schemas.is_empty() {
            it.schemas.push("public".to_owned());
        }
        let names: BTreeSet<&str> =
            parsed.iter().flat_map(|it| &it.1.models).map(|it| it.name.text.as_str()).collect();
        for (path, file) in &parsed {
            for model in &file.models {
                let read = it.model(path, model, &names);
                it.models.push(read);
            }
        }
        it.models.extend(relations::join_tables(&parsed, &it.models));
        it.in_own_schema();
        it
    }

    /// What no `@@schema` places is in `public` on Postgres alone.
    fn in_own_schema(&mut self) {
        let provider = self.provider.as_ref();
        let provider = provider.and_then(|it| schema::Provider::from_name(&it.name));
        let own = provider.unwrap_or_default().own_schema();
        let tables = self.models.iter_mut().map(|it| &mut it.table);
        let names = tables.chain(self.enums.iter_mut().map(|it| &mut it.data_type));
        for name in names.filter(|it| it.schema == "public") {
            own.clone_into(&mut name.schema);
        }
    }

    fn model(&mut self, path: &RepoPath, model: &ast::Model, models: &BTreeSet<&str>) -> Model {
        let mut fields = Vec::new();
        let mut columns = Vec::new();
        for field in &model.fields {
            let span = || Span::new(path.clone(), field.at.clone());
            let data_type = match self.type_of(field) {
                Some(found) => found,
                None if models.contains(field.data_type.text.as_str()) => continue,
                None => {
                    let message = format!("nothing is called `{}`", field.data_type.text);
                    let at = Span::new(path.clone(), field.data_type.at.clone());
                    self.broken.push(Broken { message, at });
                    self.unknown.push(field.data_type.text.clone());
                    continue;
                }
            };
            let map = attribute(&field.attributes, "map").and_then(name_in);
            let column = map.clone().unwrap_or_else(|| field.name.text.clone());
            columns.push((field.name.text.as_str(), column.clone()));
            fields.push(Field {
                name: field.name.text.clone(),
                column,
                mapped: map.is_some(),
                data_type,
                arity: field.arity,
                filled: attribute(&field.attributes, "default").is_some_and(is_filled),
                at: span(),
            });
        }
        let column = |name: &str| {
            let found = columns.iter().find(|it| it.0 == name);
            found.map_or_else(|| name.to_owned(), |it| it.1.clone())
        };
        let own = |what: &str| {
            let marked = model.fields.iter().filter(|it| attribute(&it.attributes, what).is_some());
            marked.map(|it| vec![column(&it.name.text)]).collect::<Vec<_>>()
        };
        let listed = |what: &str| {
            let blocks = model.attributes.iter().filter(|it| it.name.text == what);
            let lists = blocks.filter_map(|it| argument(it, "fields").or_else(|| first(it)));
            lists.map(|it| names(it).iter().map(|it| column(it)).collect()).collect::<Vec<_>>()
        };
        let references = model.fields.iter().filter_map(|field| {
            let fields = argument(attribute(&field.attributes, "relation")?, "fields")?;
            Some(Reference {
                columns: names(fields).iter().map(|it| column(it)).collect(),
                model: field.data_type.text.clone(),
                at: Span::new(path.clone(), field.at.clone()),
            })
        });
        let map = attribute(&model.attributes, "map").and_then(name_in);
        Model {
            name: model.name.text.clone(),
            table: in_schema(&model.attributes, map.as_deref().unwrap_or(&model.name.text)),
            mapped: map.is_some(),
            kind: model.kind,
            implicit: false,
            fields,
            id: listed("id").into_iter().chain(own("id")).next().unwrap_or_default(),
            uniques: own("unique").into_iter().chain(listed("unique")).collect(),
            indexes: listed("index"),
            references: references.collect(),
            at: Span::new(path.clone(), model.name.at.clone()),
        }
    }

    fn type_of(&self, field: &ast::Field) -> Option<FieldType> {
        if let Some(text) = &field.unsupported {
            return Some(FieldType::Unsupported(text.clone()));
        }
        let name = &field.data_type.text;
        if let Some(found) = self.enums.iter().find(|it| it.name == *name) {
            return Some(FieldType::Enum(found.data_type.name.clone()));
        }
        types::of(name, &field.attributes).map(FieldType::Scalar)
    }
}

/// A property of the `datasource`.
fn property<'a>(file: &'a ast::Document, name: &str) -> Option<&'a Value> {
    let sources = file.sources.iter().filter(|it| it.kind == SourceKind::Datasource);
    let mut properties = sources.flat_map(|it| &it.properties);
    properties.find(|it| it.0.text == name).map(|it| &it.1)
}

fn schemas(file: &ast::Document) -> Vec<String> {
    let Some(ValueKind::Array(items)) = property(file, "schemas").map(|it| &it.kind) else {
        return Vec::new();
    };
    let names = items.iter().filter_map(|it| match &it.kind {
        ValueKind::String(name) => Some(name.clone()),
        _ => None,
    });
    names.collect()
}

fn provider(path: &RepoPath, file: &ast::Document) -> Option<Provider> {
    let value = property(file, "provider")?;
    let ValueKind::String(name) = &value.kind else { return None };
    // What Prisma took before 2.27.
    let name = if name == "postgres" { "postgresql" } else { name };
    Some(Provider { name: name.to_owned(), at: Span::new(path.clone(), value.at.clone()) })
}

fn read_enum(path: &RepoPath, it: &ast::Enum) -> Enum {
    let map = attribute(&it.attributes, "map").and_then(name_in);
    let values = it.values.iter().map(|it| {
        let map = attribute(&it.attributes, "map").and_then(name_in);
        map.unwrap_or_else(|| it.name.text.clone())
    });
    Enum {
        name: it.name.text.clone(),
        data_type: in_schema(&it.attributes, map.as_deref().unwrap_or(&it.name.text)),
        values: values.collect(),
        at: Span::new(path.clone(), it.name.at.clone()),
    }
}

fn in_schema(attributes: &[Attribute], name: &str) -> TableName {
    let schema = attribute(attributes, "schema").and_then(name_in);
    TableName::new(schema.unwrap_or_else(|| "public".to_owned()), name)
}

pub(super) fn attribute<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a Attribute> {
    attributes.iter().find(|it| it.name.text == name)
}

pub(super) fn argument<'a>(attribute: &'a Attribute, name: &str) -> Option<&'a Value> {
    let named = |it: &&ast::Argument| it.name.as_ref().is_some_and(|it| it.text == name);
    attribute.arguments.iter().find(named).map(|it| &it.value)
}

fn first(attribute: &Attribute) -> Option<&Value> {
    attribute.arguments.iter().find(|it| it.name.is_none()).map(|it| &it.value)
}

/// The text of `@map("…")` and the like.
fn name_in(attribute: &Attribute) -> Option<String> {
    match &argument(attribute, "name").or_else(|| first(attribute))?.kind {
        ValueKind::String(name) => Some(name.clone()),
        _ => None,
    }
}

/// The fields of `[a, b(sort: Desc)]`, or of one alone.
fn names(list: &Value) -> Vec<String> {
    let items = match &list.kind {
        ValueKind::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(list),
    };
    let name = |it: &'_ Value| match &it.kind {
        ValueKind::Constant(name) | ValueKind::Function(name, _) => Some(name.clone()),
        _ => None,
    };
    items.iter().filter_map(name).collect()
}

/// Whether a default is the database's (Prisma manual, "Prisma schema API", `@default`).
fn is_filled(default: &Attribute) -> bool {
    let clients = ["uuid", "cuid", "nanoid", "ulid", "auto"];
    match argument(default, "value").or_else(|| first(default)).map(|it| &it.kind) {
        Some(ValueKind::Function(name, _)) => !clients.contains(&name.as_str()),
        Some(_) => true,
        None => false,
    }
}
