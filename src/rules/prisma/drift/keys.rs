//! Where primary keys, unique keys and indexes are not those of the model.
//!
//! Two indexes are the same for Prisma where they have the same columns in the same order, sorted alike, of one type and
//! with the same operator classes, whatever their names; then it gives the one the name of the other (`schema-engine`,
//! `sql_schema_differ::table::indexes_match`).

use super::{MIGRATE, PULL, one};
use crate::parse::prisma::{Key, Model, Order, derived};
use crate::rules::Finding;
use crate::schema::{Catalog, ConstraintKind, Shown, Table};

pub(super) fn compare(catalog: &Catalog, model: &Model, table: &Table, all: &mut Vec<Finding>) {
    primary(model, table, all);
    let there = indexes(catalog, model, table);
    let (name, wanted) = (&model.table, wanted(model));
    let mut say = |columns: &[String], message: String, help: &str| {
        all.push(one(&format!("{name}.{}", columns.join(".")), &model.at, message, help));
    };
    for (unique, key) in &wanted {
        // Prisma asks for no partial index, and is content where one is in place of a whole one (measured with its
        // engine).
        let is_there = there.iter().any(|it| it.unique == *unique && it.stands_for(key));
        if is_there || key.partial {
            continue;
        }
        let columns = shown(key);
        let message = if *unique {
            format!("no migration makes {columns} unique in `{name}`")
        } else {
            format!("no migration makes the index on {columns} of `{name}`")
        };
        say(&key.columns, message, MIGRATE);
    }
    for it in &there {
        let same = |(unique, key): &&(bool, &Key)| it.unique == *unique && it.stands_for(key);
        let columns = shown(&it.key);
        match wanted.iter().find(same) {
            None if it.key.partial => {}
            None if it.unique => {
                let message = format!("{columns} is unique in `{name}`, and not in the schema");
                say(&it.key.columns, message, PULL);
            }
            None => {
                let message =
                    format!("`{name}` has an index on {columns}, and the schema has none");
                say(&it.key.columns, message, PULL);
            }
            Some((_, key)) => {
                // Which of two it means, Prisma does not try to tell.
                let twice = there.iter().filter(|other| {
                    other.unique == it.unique && other.key.columns == it.key.columns
                });
                if twice.count() == 1 && key.name != it.key.name {
                    let (is, should) = (Shown(&it.key.name), Shown(&key.name));
                    let message = format!(
                        "the index on {columns} of `{name}` is called `{is}` in the database and `{should}` in the schema"
                    );
                    say(
                        &it.key.columns,
                        message,
                        &format!(
                            "write `map: \"{is}\"` into it, or rename the index in a migration"
                        ),
                    );
                }
            }
        }
    }
}

fn primary(model: &Model, table: &Table, all: &mut Vec<Finding>) {
    let name = &model.table;
    let id = table.primary_key().unwrap_or_default();
    let shown = |it: &[String]| if it.is_empty() { "nothing".to_owned() } else { list(it) };
    let mut say = |message: String, help: &str| {
        all.push(one(&name.to_string(), &model.at, message, help));
    };
    if model.id != id {
        let message = format!(
            "the primary key of `{name}` is {} in the database and {} in the schema",
            shown(id),
            shown(&model.id)
        );
        say(message, MIGRATE);
        return;
    }
    let called = table
        .constraints
        .iter()
        .find(|(_, it)| matches!(it.kind, ConstraintKind::PrimaryKey { .. }))
        .map(|it| it.0);
    if let Some(is) = called.filter(|it| **it != model.id_name) {
        let (is, should) = (Shown(is), Shown(&model.id_name));
        let message = format!(
            "the primary key of `{name}` is called `{is}` in the database and `{should}` in the schema"
        );
        say(
            message,
            &format!("write `map: \"{is}\"` into it, or rename the constraint in a migration"),
        );
    }
}

/// The table of a relation as Prisma made it before its version 6: with a unique index in place of a primary key.
pub(super) fn as_before_six(model: &Model) -> Model {
    let name = derived(&model.table.name, &[], "_AB_unique");
    let order = vec![Order::default(); model.id.len()];
    let key = Key { columns: model.id.clone(), order, ..Key::plain("A", name) };
    Model { id: Vec::new(), uniques: vec![key], ..model.clone() }
}

fn list(columns: &[String]) -> String {
    format!("`{}`", columns.join("`, `"))
}

/// The columns, and how it is not as others are.
fn shown(key: &Key) -> String {
    let columns = key.columns.iter().zip(&key.order).map(|(column, order)| {
        let class = order.class.as_ref().filter(|it| is_special(it));
        let class = class.map(|it| format!(" (`{}`)", Shown(it))).unwrap_or_default();
        format!("`{column}`{}{class}", if order.descending { " descending" } else { "" })
    });
    let columns = columns.collect::<Vec<_>>().join(", ");
    if key.method == "btree" { columns } else { format!("{columns} by {}", key.method) }
}

/// An index as the database has it.
struct Index {
    unique: bool,
    key: Key,
}

impl Index {
    fn stands_for(&self, key: &Key) -> bool {
        let same = |(is, should): (&Order, &Order)| {
            // That of a btree in the database Prisma does not see.
            let unseen = self.key.method == "btree" && should.class.is_none();
            is.descending == should.descending && (unseen || is_same_class(is, should))
        };
        self.key.columns == key.columns
            && self.key.method == key.method
            && self.key.order.iter().zip(&key.order).all(same)
    }
}

fn is_same_class(one: &Order, other: &Order) -> bool {
    match (&one.class, &other.class) {
        (Some(one), Some(other)) => one == other,
        (Some(class), None) | (None, Some(class)) => !is_special(class),
        (None, None) => true,
    }
}

/// Whether an operator class is the usual one of no type (Postgres manual, 11.10).
fn is_special(class: &str) -> bool {
    let ends = ["_pattern_ops", "_trgm_ops", "_path_ops", "_bloom_ops", "_multi_ops"];
    ends.iter().any(|it| class.ends_with(it))
}

fn wanted(model: &Model) -> Vec<(bool, &Key)> {
    let uniques = model.uniques.iter().map(|it| (true, it));
    uniques.chain(model.indexes.iter().map(|it| (false, it))).collect()
}

/// Those of a table, its primary key and what has an expression in it aside: Prisma does not see such.
fn indexes(catalog: &Catalog, model: &Model, table: &Table) -> Vec<Index> {
    let constraints = table.constraints.iter().filter_map(|(name, it)| match &it.kind {
        ConstraintKind::Unique { columns, .. } => {
            let order = vec![Order::default(); columns.len()];
            let (columns, method) = (columns.clone(), "btree".to_owned());
            let key = Key { columns, order, method, name: name.clone(), partial: false };
            Some(Index { unique: true, key })
        }
        _ => None,
    });
    let own = catalog.indexes_of(&model.table, table).into_iter().filter_map(|(name, it)| {
        let columns: Option<Vec<String>> = it.keys.iter().map(|it| it.column.clone()).collect();
        let order = it.keys.iter().map(|it| order(&it.text));
        // Prisma takes those that it carries along for sorted by (measured with its engine).
        let carried = it.include.iter().map(|_| Order::default());
        let (method, partial) = (it.method.clone(), it.predicate.is_some());
        let columns = [columns?, it.include.clone()].concat();
        let key = Key { columns, order: order.chain(carried).collect(), method, name, partial };
        Some(Index { unique: it.unique, key })
    });
    constraints.chain(own).collect()
}

/// Of `"createdAt" DESC`, of `title gin_trgm_ops`: what follows the column.
fn order(text: &str) -> Order {
    let after = match text.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').map_or("", |it| it.1),
        None => text.find(' ').map_or("", |at| &text[at..]),
    };
    let mut order = Order::default();
    let mut words = after.split_whitespace();
    while let Some(word) = words.next() {
        match word.to_ascii_lowercase().as_str() {
            "asc" => {}
            "desc" => order.descending = true,
            "collate" | "nulls" => drop(words.next()),
            class => {
                let bare = class.split('(').next().unwrap_or(class);
                let bare = bare.rsplit('.').next().unwrap_or(bare).trim_matches('"');
                order.class = Some(bare.to_owned());
            }
        }
    }
    order
}
