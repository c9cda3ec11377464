//! The tables that nobody wrote down: Prisma makes one for a relation that is a list on both sides.

use std::collections::{BTreeMap, BTreeSet};

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
    fn of(path: &'a RepoPath, model: &'a ast::Model, field: &'a ast::Field) -> Side<'a> {
        let name = attribute(&field.attributes, "relation").and_then(name_in);
        Side { path, model, field, name }
    }

    pub(super) fn is_list(&self) -> bool {
        self.field.arity == Arity::List
    }

    /// Whether the key lies in its model: `@relation(fields: […])`.
    pub(super) fn has_key(&self) -> bool {
        let relation = attribute(&self.field.attributes, "relation");
        relation.is_some_and(|it| argument(it, "fields").is_some())
    }
}

/// The fields of all relations, found by what they tie.
pub(super) struct Sides<'a> {
    pub(super) all: Vec<Side<'a>>,
    by: BTreeMap<Tie<'a>, Vec<usize>>,
}

/// From which model to which, and the relation's name.
type Tie<'a> = (&'a str, &'a str, Option<&'a str>);

impl<'a> Sides<'a> {
    pub(super) fn of(files: &'a [Parsed]) -> Sides<'a> {
        let tables = files.iter().flat_map(|(path, it)| it.models.iter().map(move |it| (path, it)));
        let tables = tables.filter(|it| it.1.kind != ModelKind::Type);
        let names: BTreeSet<&str> = tables.clone().map(|it| it.1.name.text.as_str()).collect();
        let fields = tables.flat_map(|(path, model)| {
            model.fields.iter().map(move |field| Side::of(path, model, field))
        });
        let all: Vec<Side<'_>> =
            fields.filter(|it| names.contains(it.field.data_type.text.as_str())).collect();
        let mut by: BTreeMap<Tie<'_>, Vec<usize>> = BTreeMap::new();
        for (at, it) in all.iter().enumerate() {
            let tie = (it.model.name.text.as_str(), it.field.data_type.text.as_str(), it.name);
            by.entry(tie).or_default().push(at);
        }
        Sides { all, by }
    }

    /// Those that go the same way under the same name, itself among them, in order.
    pub(super) fn alike(&self, side: &Side<'a>) -> &[usize] {
        let (from, to) = (side.model.name.text.as_str(), side.field.data_type.text.as_str());
        self.by.get(&(from, to, side.name)).map_or(&[], Vec::as_slice)
    }

    /// The first that goes back under the same name.
    pub(super) fn opposite(&self, side: &Side<'a>) -> Option<(usize, &Side<'a>)> {
        let (from, to) = (side.model.name.text.as_str(), side.field.data_type.text.as_str());
        let back = self.by.get(&(to, from, side.name))?;
        let sides = back.iter().filter_map(|&at| Some((at, self.all.get(at)?)));
        { sides }.find(|(_, it)| !std::ptr::eq(it.field, side.field))
    }
}

/// The join tables of all implicit many-to-many relations, `_AToB` or `_Name` (Prisma manual, "Many-to-many
/// relations").
pub(super) fn join_tables(files: &[Parsed], models: &[Model]) -> Vec<Model> {
    let sides = Sides::of(files);
    let mut tables: Vec<Model> = Vec::new();
    // Prisma makes none for a view.
    let keyless =
        |it: &&Side<'_>| it.is_list() && !it.has_key() && it.model.kind == ModelKind::Model;
    let by_name: BTreeMap<&str, &Model> = models.iter().map(|it| (it.name.as_str(), it)).collect();
    let mut known = BTreeSet::new();
    for side in sides.all.iter().filter(keyless) {
        let (from, to) = (side.model.name.text.as_str(), side.field.data_type.text.as_str());
        let back = sides.opposite(side).map(|it| it.1);
        // The first by the alphabet is `A`, whatever their tables are called.
        if from > to || back.as_ref().is_none_or(|it| !keyless(it)) {
            continue;
        }
        let mut name = match side.name {
            Some(name) => format!("_{name}"),
            None => format!("_{from}To{to}"),
        };
        name.truncate(name.floor_char_boundary(NAME_LIMIT));
        let ends = [by_name.get(from).copied(), by_name.get(to).copied()];
        let schema = ends[0].map_or("public", |it| it.table.schema.as_str());
        let table = TableName::new(schema, name.as_str());
        if known.insert(table.clone()) {
            let at = Span::new(side.path.clone(), side.field.at.clone());
            tables.push(join_table(name, table, ends, &at));
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
