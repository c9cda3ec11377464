//! Files of a schema to what they say of the database.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::arguments::{argument, attribute, first, name_in, names, string};
use super::ast::{self, Arity, Attribute, SourceKind, Value, ValueKind};
use super::datamodel::{
    Broken, Datamodel, Enum, Field, FieldType, Fill, Literal, Model, Provider, Reference, Settings,
};
use super::keys::{Columns, Key, Order, derived};
use super::{parse, relations, types, valid};
use crate::schema::{self, Referential, TableName};
use crate::source::{RepoPath, Span};

/// A file with what is written in it.
pub(super) type Parsed = (RepoPath, ast::Document);

impl Datamodel {
    /// Reads the files of one schema, which are as good as one file (Prisma manual, "Multi-file Prisma schema").
    pub fn read(files: &[(RepoPath, Arc<str>)]) -> Datamodel {
        let parsed: Vec<Parsed> =
            files.iter().map(|(path, text)| (path.clone(), parse(text))).collect();
        let mut it = Datamodel::default();
        for (path, file) in &parsed {
            it.source(path, file);
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
        it.name_targets();
        it.models.extend(relations::join_tables(&parsed, &it.models));
        it.broken.extend(valid::broken(&parsed, &names));
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

    /// What the `datasource` says. The first that says something wins.
    fn source(&mut self, path: &RepoPath, file: &ast::Document) {
        let span = |value: &Value| Span::new(path.clone(), value.at.clone());
        self.provider = self.provider.take().or_else(|| provider(path, file));
        let Settings { url, relation_mode, schemas } = &mut self.settings;
        if let Some(value) = property(file, "url") {
            let text = string(value).map(|it| (it.to_owned(), span(value)));
            *url = url.take().or(text);
        }
        if let Some(value) = property(file, "relationMode") {
            self.without_foreign_keys |= string(value) == Some("prisma");
            relation_mode.get_or_insert_with(|| span(value));
        }
        if let Some(value) = property(file, "schemas") {
            let items = match &value.kind {
                ValueKind::Array(items) => items.as_slice(),
                _ => &[],
            };
            self.schemas.extend(items.iter().filter_map(string).map(str::to_owned));
            schemas.get_or_insert_with(|| span(value));
        }
    }

    fn model(&mut self, path: &RepoPath, model: &ast::Model, models: &BTreeSet<&str>) -> Model {
        let mut fields = Vec::new();
        let mut columns = Columns::new();
        for field in &model.fields {
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
            let column = map.unwrap_or(&field.name.text).to_owned();
            columns.insert(field.name.text.as_str(), column.clone());
            fields.push(Field {
                name: field.name.text.clone(),
                column,
                mapped: map.is_some(),
                default: self.fill(field),
                data_type,
                arity: field.arity,
                ignored: attribute(&field.attributes, "ignore").is_some(),
                at: Span::new(path.clone(), field.at.clone()),
            });
        }
        let map = attribute(&model.attributes, "map").and_then(name_in);
        let table = in_schema(&model.attributes, map.unwrap_or(&model.name.text));
        let listed = |what: &'static str, suffix: &'static str| {
            let blocks = model.attributes.iter().filter(move |it| it.name.text == what);
            let (table, columns) = (&table.name, &columns);
            blocks.map(move |it| Key::read(it, table, columns, suffix))
        };
        let own = |what: &'static str| {
            let found = model
                .fields
                .iter()
                .filter_map(move |field| Some((field, attribute(&field.attributes, what)?)));
            found.map(|(field, it)| {
                let column = columns.get(field.name.text.as_str()).unwrap_or(&field.name.text);
                let name = argument(it, "map").and_then(string).map_or_else(
                    || derived(&table.name, std::slice::from_ref(column), "_key"),
                    str::to_owned,
                );
                let descending = matches!(
                    argument(it, "sort").map(|it| &it.kind),
                    Some(ValueKind::Constant(it)) if it == "Desc"
                );
                Key { order: vec![Order { descending, class: None }], ..Key::plain(column, name) }
            })
        };
        let of_fields = model.fields.iter().filter_map(|it| attribute(&it.attributes, "id"));
        let id_at = attribute(&model.attributes, "id").or_else(|| { of_fields }.next());
        let id_name = id_at.and_then(|it| argument(it, "map")).and_then(string);
        let id = listed("id", "").chain(own("id")).next();
        Model {
            name: model.name.text.clone(),
            mapped: map.is_some(),
            kind: model.kind,
            implicit: false,
            ignored: attribute(&model.attributes, "ignore").is_some(),
            id: id.map(|it| it.columns).unwrap_or_default(),
            id_name: id_name.map_or_else(|| derived(&table.name, &[], "_pkey"), str::to_owned),
            uniques: own("unique").chain(listed("unique", "_key")).collect(),
            indexes: listed("index", "_idx").collect(),
            references: references(path, model, &table.name, &columns),
            fields,
            at: Span::new(path.clone(), model.name.at.clone()),
            table,
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

    fn fill(&self, field: &ast::Field) -> Option<Fill> {
        let Some(default) = attribute(&field.attributes, "default") else {
            let updated = attribute(&field.attributes, "updatedAt")?;
            return Some(Fill::Client(format!("@{}", updated.name.text)));
        };
        let value = argument(default, "value").or_else(|| first(default))?;
        Some(match &value.kind {
            ValueKind::Function(name, inside) => match name.as_str() {
                "now" => Fill::Now,
                "autoincrement" | "sequence" => Fill::Sequence,
                "dbgenerated" => Fill::Expression(
                    inside.first().and_then(|it| string(&it.value)).map(str::to_owned),
                ),
                _ => Fill::Client(format!("{name}()")),
            },
            ValueKind::Array(items) => {
                Fill::List(items.iter().filter_map(|it| self.literal(field, it)).collect())
            }
            _ => Fill::Value(self.literal(field, value)?),
        })
    }

    fn literal(&self, field: &ast::Field, value: &Value) -> Option<Literal> {
        Some(match &value.kind {
            ValueKind::Number(text) => Literal::Number(text.clone()),
            ValueKind::String(text) => Literal::Text(text.clone()),
            ValueKind::Constant(word) => {
                let found = self.enums.iter().find(|it| it.name == field.data_type.text);
                match (found, word.as_str()) {
                    (Some(it), _) => Literal::Text(it.label(word).to_owned()),
                    (None, "true") => Literal::Boolean(true),
                    (None, "false") => Literal::Boolean(false),
                    (None, _) => Literal::Text(word.clone()),
                }
            }
            _ => return None,
        })
    }

    /// What relations refer to, as the database calls it: a model may stand behind the one that refers to it.
    fn name_targets(&mut self) {
        let columns: BTreeMap<(String, String), String> = self
            .models
            .iter()
            .flat_map(|it| it.fields.iter().map(move |field| (it, field)))
            .map(|(it, field)| ((it.name.clone(), field.name.clone()), field.column.clone()))
            .collect();
        for it in self.models.iter_mut().flat_map(|it| &mut it.references) {
            for target in &mut it.targets {
                if let Some(column) = columns.get(&(it.model.clone(), target.clone())) {
                    target.clone_from(column);
                }
            }
        }
    }
}

fn references(
    path: &RepoPath,
    model: &ast::Model,
    table: &str,
    columns: &Columns<'_>,
) -> Vec<Reference> {
    let one = |field: &ast::Field| {
        let relation = attribute(&field.attributes, "relation")?;
        let fields = names(argument(relation, "fields")?);
        let column = |it: &&str| columns.get(*it).cloned().unwrap_or_else(|| (*it).to_owned());
        let own: Vec<String> = fields.iter().map(column).collect();
        let action = |what: &str| match argument(relation, what).map(|it| &it.kind) {
            Some(ValueKind::Constant(name)) => action(name),
            _ => None,
        };
        // One that must be there keeps what it refers to, whatever the field of the relation says (`psl`,
        // `default_on_delete_action`).
        let required = field.arity == Arity::Required
            || model
                .fields
                .iter()
                .any(|it| fields.contains(&it.name.text.as_str()) && it.arity == Arity::Required);
        let usual = if required { Referential::Restrict } else { Referential::SetNull };
        let targets = argument(relation, "references").map(names).unwrap_or_default();
        Some(Reference {
            field: field.name.text.clone(),
            name: argument(relation, "map")
                .and_then(string)
                .map_or_else(|| derived(table, &own, "_fkey"), str::to_owned),
            columns: own,
            model: field.data_type.text.clone(),
            targets: targets.into_iter().map(str::to_owned).collect(),
            on_delete: action("onDelete").unwrap_or(usual),
            on_update: action("onUpdate").unwrap_or(Referential::Cascade),
            at: Span::new(path.clone(), field.at.clone()),
        })
    };
    model.fields.iter().filter_map(one).collect()
}

fn action(name: &str) -> Option<Referential> {
    Some(match name {
        "Cascade" => Referential::Cascade,
        "Restrict" => Referential::Restrict,
        "NoAction" => Referential::NoAction,
        "SetNull" => Referential::SetNull,
        "SetDefault" => Referential::SetDefault,
        _ => return None,
    })
}

/// A property of the `datasource`.
fn property<'a>(file: &'a ast::Document, name: &str) -> Option<&'a Value> {
    let sources = file.sources.iter().filter(|it| it.kind == SourceKind::Datasource);
    let mut properties = sources.flat_map(|it| &it.properties);
    properties.find(|it| it.0.text == name).map(|it| &it.1)
}

fn provider(path: &RepoPath, file: &ast::Document) -> Option<Provider> {
    let value = property(file, "provider")?;
    // What Prisma took before 2.27.
    let name = string(value).map(|it| if it == "postgres" { "postgresql" } else { it })?;
    Some(Provider { name: name.to_owned(), at: Span::new(path.clone(), value.at.clone()) })
}

fn read_enum(path: &RepoPath, it: &ast::Enum) -> Enum {
    let map = attribute(&it.attributes, "map").and_then(name_in);
    let label = |it: &ast::EnumValue| {
        let map = attribute(&it.attributes, "map").and_then(name_in);
        map.unwrap_or(&it.name.text).to_owned()
    };
    Enum {
        name: it.name.text.clone(),
        data_type: in_schema(&it.attributes, map.unwrap_or(&it.name.text)),
        values: it.values.iter().map(label).collect(),
        names: it.values.iter().map(|it| it.name.text.clone()).collect(),
        at: Span::new(path.clone(), it.name.at.clone()),
    }
}

fn in_schema(attributes: &[Attribute], name: &str) -> TableName {
    let schema = attribute(attributes, "schema").and_then(name_in).unwrap_or("public");
    TableName::new(schema, name)
}
