//! The tables that nobody wrote down: Prisma makes one for a relation that is a list on both sides.

use super::arguments::{argument, attribute, name_in};
use super::ast::{self, Arity, ModelKind};
use super::datamodel::{Field, Model, Reference};
use super::keys::{Key, derived};
use super::reading::Parsed;
use crate::schema::{NAME_LIMIT, Referential, TableName};
use crate::source::{RepoPath, Span};

/// A field that is no column: it has rows of another model.
pub(super) struct Side<'a> {
    pub(super) path: &'a RepoPath,
    pub(super) model: &'a ast::Model,
    pub(super) field: &'a ast::Field,
    /// Of the relation.
    pub(super) name: Option<&'a str>,
}

impl<'a> Side<'a> {
    pub(super) fn of(path: &'a RepoPath, model: &'a ast::Model, field: &'a ast::Field) -> Side<'a> {
        let name = attribute(&field.attributes, "relation").and_then(name_in);
        Side { path, model, field, name }
    }

    /// Whether the two fields are both ends of one relation.
    pub(super) fn meets(&self, other: &Side<'_>) -> bool {
        !std::ptr::eq(self.field, other.field)
            && self.name == other.name
            && other.model.name.text == self.field.data_type.text
            && self.model.name.text == other.field.data_type.text
    }
}

/// The join tables of all implicit many-to-many relations, `_AToB` or `_Name` (Prisma manual, "Many-to-many
/// relations").
pub(super) fn join_tables(files: &[Parsed], models: &[Model]) -> Vec<Model> {
    let sides: Vec<Side<'_>> = files.iter().flat_map(|(path, it)| lists(path, it)).collect();
    let mut tables: Vec<Model> = Vec::new();
    for side in &sides {
        let (from, to) = (side.model.name.text.as_str(), side.field.data_type.text.as_str());
        // The first by the alphabet is `A`, whatever their tables are called.
        if from > to || !sides.iter().any(|it| side.meets(it)) {
            continue;
        }
        let mut name = match side.name {
            Some(name) => format!("_{name}"),
            None => format!("_{from}To{to}"),
        };
        name.truncate(name.floor_char_boundary(NAME_LIMIT));
        let of = |wanted: &str| models.iter().find(|it| it.name == wanted);
        let schema = of(from).map_or("public", |it| it.table.schema.as_str());
        let table = TableName::new(schema, name.as_str());
        if tables.iter().all(|it| it.table != table) {
            let at = Span::new(side.path.clone(), side.field.at.clone());
            tables.push(join_table(name, table, [of(from), of(to)], &at));
        }
    }
    tables
}

fn join_table(name: String, table: TableName, ends: [Option<&Model>; 2], at: &Span) -> Model {
    let ends = ["A", "B"].into_iter().zip(ends);
    // A key of more than one column is refused by Prisma.
    let found = ends.filter_map(|(column, model)| {
        let model = model?;
        let [id] = model.id.as_slice() else { return None };
        let id = model.fields.iter().find(|it| it.column == *id)?;
        let field = Field {
            name: column.to_owned(),
            column: column.to_owned(),
            mapped: true,
            data_type: id.data_type.clone(),
            arity: Arity::Required,
            default: None,
            ignored: false,
            at: at.clone(),
        };
        let reference = Reference {
            field: column.to_owned(),
            columns: vec![column.to_owned()],
            model: model.name.clone(),
            targets: vec![id.column.clone()],
            on_delete: Referential::Cascade,
            on_update: Referential::Cascade,
            name: derived(&name, &[column.to_owned()], "_fkey"),
            at: at.clone(),
        };
        Some((field, reference))
    });
    let (fields, references): (Vec<Field>, Vec<Reference>) = found.unzip();
    let whole = fields.len() == 2;
    Model {
        kind: ModelKind::Model,
        mapped: true,
        implicit: true,
        ignored: false,
        id: if whole { vec!["A".to_owned(), "B".to_owned()] } else { Vec::new() },
        id_name: derived(&name, &[], "_AB_pkey"),
        uniques: Vec::new(),
        indexes: vec![Key::plain("B", derived(&name, &[], "_B_index"))],
        fields: if whole { fields } else { Vec::new() },
        references,
        at: at.clone(),
        name,
        table,
    }
}

/// Fields that list rows of another model and hold no key.
fn lists<'a>(path: &'a RepoPath, file: &'a ast::Document) -> Vec<Side<'a>> {
    let all = file.models.iter().flat_map(|model| {
        let lists = model.fields.iter().filter(|it| it.arity == Arity::List);
        lists.map(move |field| Side::of(path, model, field))
    });
    let keyless = |it: &Side<'_>| {
        let relation = attribute(&it.field.attributes, "relation");
        // Prisma makes no table for a view.
        it.model.kind == ModelKind::Model
            && relation.is_none_or(|it| argument(it, "fields").is_none())
    };
    all.filter(keyless).collect()
}
