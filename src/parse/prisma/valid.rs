//! What every word of a schema may say for itself, and Prisma does not read all the same (`psl`, its validations).
//!
//! Only what no version of Prisma takes is told: a schema that is broken is not compared with anything.

use std::collections::{BTreeMap, BTreeSet};

use super::arguments::{argument, attribute, first, name_in, names};
use super::ast::{self, Arity, ModelKind, Name};
use super::datamodel::Broken;
use super::reading::Parsed;
use super::relations::{Side, Sides};
use crate::source::{RepoPath, Span};

pub(super) fn broken(files: &[Parsed], models: &BTreeSet<&str>) -> Vec<Broken> {
    let mut it = Validation { files, models, broken: Vec::new() };
    it.blocks();
    it.tables();
    for (path, file) in files {
        for model in &file.models {
            it.fields(path, model);
        }
        for one in &file.enums {
            let values = one.values.iter().map(|it| (&it.name, it.name.text.clone()));
            it.once(path, values, &|name| {
                format!("`{}` has the value `{name}` twice", one.name.text)
            });
            if one.values.is_empty() {
                it.say(path, &one.name, format!("the enum `{}` has no value", one.name.text));
            }
        }
    }
    it.relations();
    it.broken
}

struct Validation<'a> {
    files: &'a [Parsed],
    /// The names of all models, views and types.
    models: &'a BTreeSet<&'a str>,
    broken: Vec<Broken>,
}

impl<'a> Validation<'a> {
    fn say(&mut self, path: &RepoPath, name: &Name, message: String) {
        self.broken.push(Broken { message, at: Span::new(path.clone(), name.at.clone()) });
    }

    /// Says of every name but the first that it is there again.
    fn once<'n>(
        &mut self,
        path: &RepoPath,
        names: impl Iterator<Item = (&'n Name, String)>,
        message: &dyn Fn(&str) -> String,
    ) {
        let mut known = BTreeSet::new();
        for (at, name) in names {
            if !known.insert(name.clone()) {
                self.say(path, at, message(&name));
            }
        }
    }

    fn blocks(&mut self) {
        let mut known = BTreeSet::new();
        for (path, file) in self.files {
            let models = file.models.iter().map(|it| &it.name);
            for name in models.chain(file.enums.iter().map(|it| &it.name)) {
                if !known.insert(name.text.as_str()) {
                    let message = format!("two blocks are called `{}`", name.text);
                    self.say(path, name, message);
                }
            }
        }
    }

    /// Two models cannot have one table, nor two enums one type.
    fn tables(&mut self) {
        let mut known: BTreeMap<(bool, Option<&str>, &str), &str> = BTreeMap::new();
        for (path, file) in self.files {
            let models = file.models.iter().filter(|it| it.kind != ModelKind::Type);
            let models = models.map(|it| (true, &it.name, &it.attributes));
            let enums = file.enums.iter().map(|it| (false, &it.name, &it.attributes));
            for (is_model, name, attributes) in models.chain(enums) {
                let schema = attribute(attributes, "schema").and_then(name_in);
                let map = attribute(attributes, "map").and_then(name_in).unwrap_or(&name.text);
                let first = *known.entry((is_model, schema, map)).or_insert(&name.text);
                if first != name.text {
                    let what = if is_model { "the table" } else { "the type" };
                    let message = format!("`{first}` and `{}` are both {what} `{map}`", name.text);
                    self.say(path, name, message);
                }
            }
        }
    }

    fn fields(&mut self, path: &RepoPath, model: &ast::Model) {
        let own = &model.name.text;
        let named = model.fields.iter().map(|it| (&it.name, it.name.text.clone()));
        self.once(path, named, &|name| format!("`{own}` has the field `{name}` twice"));
        let mut known: BTreeMap<&str, &str> = BTreeMap::new();
        for field in &model.fields {
            // A field of a relation is no column.
            if self.models.contains(field.data_type.text.as_str()) {
                continue;
            }
            let name = &field.name.text;
            let column = attribute(&field.attributes, "map").and_then(name_in).unwrap_or(name);
            let first = *known.entry(column).or_insert(name);
            if first != name {
                let message =
                    format!("`{own}.{first}` and `{own}.{name}` are both the column `{column}`");
                self.say(path, &field.name, message);
            }
        }
        for block in &model.attributes {
            let listed = argument(block, "fields").or_else(|| first(block));
            let lists = matches!(block.name.text.as_str(), "id" | "unique" | "index");
            for name in listed.filter(|_| lists).map(names).unwrap_or_default() {
                // `MongoDB` has fields in fields.
                if !name.contains('.') && model.fields.iter().all(|it| it.name.text != name) {
                    let what = &block.name;
                    let message = format!(
                        "`@@{}` of `{own}` speaks of `{name}`, which is no field",
                        what.text
                    );
                    self.say(path, what, message);
                }
            }
        }
        let keyed = |it: &ast::Attribute| matches!(it.name.text.as_str(), "id" | "unique");
        let ids = model.fields.iter().flat_map(|it| &it.attributes).chain(&model.attributes);
        let ignored = attribute(&model.attributes, "ignore").is_some();
        if model.kind == ModelKind::Model && !ignored && !{ ids }.any(keyed) {
            let message = format!("`{own}` has neither an `@id` nor a `@unique` field");
            self.say(path, &model.name, message);
        }
    }

    fn relations(&mut self) {
        let models = self.files.iter().flat_map(|it| &it.1.models);
        let models: BTreeMap<&str, &ast::Model> =
            models.map(|it| (it.name.text.as_str(), it)).collect();
        let sides = Sides::of(self.files);
        for (at, side) in sides.all.iter().enumerate() {
            if let Some(other) = models.get(side.field.data_type.text.as_str()) {
                self.key(side, other);
            }
            self.ends(at, side, &sides);
        }
    }

    /// `fields` and `references`.
    fn key(&mut self, side: &Side<'_>, other: &ast::Model) {
        let Some(relation) = attribute(&side.field.attributes, "relation") else { return };
        let listed = |what: &str| argument(relation, what).map(names).unwrap_or_default();
        let (fields, references) = (listed("fields"), listed("references"));
        let (model, field) = (&side.model.name.text, &side.field.name.text);
        for (names, of) in [(&fields, side.model), (&references, other)] {
            for name in names {
                if of.fields.iter().all(|it| it.name.text != *name) {
                    let message = format!(
                        "`{model}.{field}` speaks of `{}.{name}`, which is no field",
                        of.name.text
                    );
                    self.say(side.path, &side.field.name, message);
                }
            }
        }
        if !fields.is_empty() && !references.is_empty() && fields.len() != references.len() {
            let message = format!(
                "`{model}.{field}` has {} `fields` and {} `references`",
                fields.len(),
                references.len()
            );
            self.say(side.path, &side.field.name, message);
        }
        let optional = side
            .model
            .fields
            .iter()
            .find(|it| fields.contains(&it.name.text.as_str()) && it.arity == Arity::Optional);
        if let Some(optional) = optional.filter(|_| side.field.arity == Arity::Required) {
            let name = &optional.name.text;
            let message = format!("`{model}.{field}` is required and `{model}.{name}` is optional");
            self.say(side.path, &side.field.name, message);
        }
    }

    /// A relation has two ends, one of which holds the key, and can be told from others.
    fn ends(&mut self, at: usize, side: &Side<'a>, sides: &Sides<'a>) {
        let (model, field) = (&side.model.name.text, &side.field.name.text);
        let target = &side.field.data_type.text;
        // Both ends of a relation to its own model may have its name.
        let both = usize::from(model == target && side.name.is_some());
        let alike = sides.alike(side);
        let before = alike.get(both).filter(|&&it| it < at).and_then(|&it| sides.all.get(it));
        let message = match (before, sides.opposite(side)) {
            (Some(other), _) => format!(
                "`{model}.{}` and `{model}.{field}` are relations to `{target}` that no name tells apart",
                other.field.name.text
            ),
            // That is said of the other one.
            (None, None) if alike.len() > 1 + both => return,
            (None, None) => {
                format!("`{model}.{field}` has no field for the way back in `{target}`")
            }
            (None, Some((back, other))) => {
                let keyless = !side.is_list() && !side.has_key();
                // Of two that are no list it is said once.
                let either = back < at && !other.has_key();
                if !keyless || !other.is_list() && !either {
                    return;
                }
                format!("`{model}.{field}` says no `fields` and no `references`")
            }
        };
        self.say(side.path, &side.field.name, message);
    }
}
