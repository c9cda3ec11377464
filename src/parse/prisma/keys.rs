//! Indexes and unique keys of a model, and what the database calls them and other constraints.

use std::collections::BTreeMap;

use super::arguments::{argument, first, string};
use super::ast::{Attribute, Value, ValueKind};
use crate::schema::NAME_LIMIT;

/// `@unique`, `@@unique` or `@@index`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub columns: Vec<String>,
    /// How it is sorted by each of them.
    pub order: Vec<Order>,
    /// `btree` where nothing is said.
    pub method: String,
    /// What the database calls it.
    pub name: String,
    /// `where: …`: it holds for some rows only.
    pub partial: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    pub descending: bool,
    /// The operator class, where one is named: `jsonb_path_ops`.
    pub class: Option<String>,
}

/// The names that the database has for the fields of a model.
pub(super) type Columns<'a> = BTreeMap<&'a str, String>;

impl Key {
    /// Of one column, as `@unique` or an index that Prisma makes by itself.
    pub fn plain(column: &str, name: String) -> Key {
        let (columns, order) = (vec![column.to_owned()], vec![Order::default()]);
        Key { columns, order, method: "btree".to_owned(), name, partial: false }
    }

    /// `suffix` ends a name that Prisma makes.
    pub(super) fn read(it: &Attribute, table: &str, columns: &Columns<'_>, suffix: &str) -> Key {
        let list = argument(it, "fields").or_else(|| first(it));
        let parts: Vec<(String, Order)> = list.map(|it| parts(it, columns)).unwrap_or_default();
        let (columns, order): (Vec<String>, Vec<Order>) = parts.into_iter().unzip();
        let method = match argument(it, "type").map(|it| &it.kind) {
            Some(ValueKind::Constant(name)) => name.to_ascii_lowercase(),
            _ => "btree".to_owned(),
        };
        // Of an index `name` is an older word for `map`; of a unique key it is the client's.
        let older = || argument(it, "name").filter(|_| suffix == "_idx");
        let name = argument(it, "map")
            .or_else(older)
            .and_then(string)
            .map_or_else(|| derived(table, &columns, suffix), str::to_owned);
        Key { columns, order, method, name, partial: argument(it, "where").is_some() }
    }
}

/// The name that Prisma gives a constraint or an index, as long as Postgres takes it (`psl`, `ConstraintNames`).
pub fn derived(table: &str, columns: &[String], suffix: &str) -> String {
    let mut name = table.to_owned();
    for column in columns {
        name.push('_');
        name.push_str(column);
    }
    name.truncate(name.floor_char_boundary(NAME_LIMIT - suffix.len()));
    name + suffix
}

/// The columns of `[a, b(sort: Desc, ops: raw("…"))]`, or of one alone.
fn parts(list: &Value, columns: &Columns<'_>) -> Vec<(String, Order)> {
    let items = match &list.kind {
        ValueKind::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(list),
    };
    let column =
        |name: &String| columns.get(name.as_str()).cloned().unwrap_or_else(|| name.clone());
    let part = |it: &Value| match &it.kind {
        ValueKind::Constant(name) => Some((column(name), Order::default())),
        ValueKind::Function(name, arguments) => {
            let named = |wanted: &str| {
                let found = arguments
                    .iter()
                    .find(|it| it.name.as_ref().is_some_and(|it| it.text == wanted));
                found.map(|it| &it.value.kind)
            };
            let descending = matches!(named("sort"), Some(ValueKind::Constant(it)) if it == "Desc");
            let class = match named("ops") {
                Some(ValueKind::Constant(name)) => Some(words(name)),
                Some(ValueKind::Function(_, inside)) => {
                    inside.first().and_then(|it| string(&it.value)).map(str::to_owned)
                }
                _ => None,
            };
            Some((column(name), Order { descending, class }))
        }
        _ => None,
    };
    items.iter().filter_map(part).collect()
}

/// `jsonb_path_ops` of `JsonbPathOps`.
fn words(name: &str) -> String {
    let mut words = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !words.is_empty() {
            words.push('_');
        }
        words.push(c.to_ascii_lowercase());
    }
    words
}
