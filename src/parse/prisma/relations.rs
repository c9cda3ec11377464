//! The tables that nobody wrote down: Prisma makes one for a relation that is a list on both sides.

use super::ast::{self, Arity, ModelKind, ValueKind};
use super::datamodel::{Model, argument, attribute};
use crate::schema::TableName;
use crate::source::{RepoPath, Span};

/// The join tables of all implicit many-to-many relations, `_AToB` or `_Name` (Prisma manual, "Many-to-many
/// relations").
pub(super) fn join_tables(files: &[(RepoPath, ast::Document)], models: &[Model]) -> Vec<Model> {
    let sides: Vec<Side<'_>> = files.iter().flat_map(|(path, it)| sides(path, it)).collect();
    let mut tables: Vec<Model> = Vec::new();
    for (index, side) in sides.iter().enumerate() {
        let (from, to) = (side.model, side.field.data_type.text.as_str());
        let back = sides.iter().enumerate().any(|(other, it)| {
            other != index
                && it.model == to
                && it.field.data_type.text == from
                && it.name == side.name
        });
        if !back || from > to {
            continue;
        }
        let name = match &side.name {
            Some(name) => format!("_{name}"),
            None => format!("_{from}To{to}"),
        };
        let schema = models.iter().find(|it| it.name == from).map(|it| it.table.schema.clone());
        let table = TableName::new(schema.unwrap_or_else(|| "public".to_owned()), name.as_str());
        if tables.iter().all(|it| it.table != table) {
            tables.push(Model {
                name,
                table,
                mapped: true,
                kind: ModelKind::Model,
                implicit: true,
                fields: Vec::new(),
                id: Vec::new(),
                uniques: Vec::new(),
                indexes: Vec::new(),
                references: Vec::new(),
                at: Span::new(side.path.clone(), side.field.at.clone()),
            });
        }
    }
    tables
}

/// A field that lists rows of another model and holds no key.
struct Side<'a> {
    path: &'a RepoPath,
    model: &'a str,
    field: &'a ast::Field,
    /// Of the relation.
    name: Option<&'a str>,
}

fn sides<'a>(path: &'a RepoPath, file: &'a ast::Document) -> Vec<Side<'a>> {
    let mut found = Vec::new();
    for model in &file.models {
        for field in model.fields.iter().filter(|it| it.arity == Arity::List) {
            let relation = attribute(&field.attributes, "relation");
            if relation.is_some_and(|it| argument(it, "fields").is_some()) {
                continue;
            }
            let name = relation.and_then(|it| {
                let unnamed = it.arguments.iter().find(|it| it.name.is_none());
                match &argument(it, "name").or(unnamed.map(|it| &it.value))?.kind {
                    ValueKind::String(name) => Some(name.as_str()),
                    _ => None,
                }
            });
            found.push(Side { path, model: &model.name.text, field, name });
        }
    }
    found
}
