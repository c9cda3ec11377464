//! Constraints and indexes: what they are of, and what they are called.

use std::collections::{BTreeMap, BTreeSet};

use super::{Differences, Kind, Verification};
use crate::schema::{
    Catalog, Constraint, ConstraintKind, ForeignKey, Index, Referential, Shown, Table, TableName,
};
use crate::source::Span;

/// A constraint or an index.
pub(super) struct Key {
    word: &'static str,
    /// What it is of: two with the same are the same.
    pub(super) shape: String,
    at: Option<Span>,
}

pub(super) fn compare(
    it: &Verification<'_>,
    (name, should, catalog): (&TableName, &Table, &Catalog),
    (is_name, is): (&TableName, &Table),
    out: &mut Differences,
) {
    let wanted = keys(catalog, name, should, &BTreeSet::new());
    let invalid: BTreeSet<TableName> = it
        .live
        .of("index")
        .filter(|it| it.1.is.get("valid").is_some_and(|it| it == "false"))
        .filter_map(|it| TableName::of_server(it.0))
        .collect();
    let found = keys(it.is, is_name, is, &invalid);
    let mut renamed: BTreeSet<&String> = BTreeSet::new();
    for (own, key) in &wanted {
        let subject = format!("{name}.{}", Shown(own));
        if !it.asks(&subject) {
            continue;
        }
        out.compared += 1;
        let Key { word, shape, at } = key;
        if let Some(there) = found.get(own) {
            if there.shape != *shape {
                let message = format!(
                    "the {word} `{}` of `{name}` is {} in the database and {shape} by the migrations",
                    Shown(own),
                    there.shape
                );
                out.say(Kind::Different, &subject, message, at.as_ref());
            }
            continue;
        }
        let free = |it: &(&String, &Key)| {
            it.1.shape == *shape && !wanted.contains_key(it.0) && !renamed.contains(it.0)
        };
        if let Some((other, _)) = found.iter().find(free) {
            renamed.insert(other);
            let message = format!(
                "the {word} `{}` of `{name}` is called `{}` in the database",
                Shown(own),
                Shown(other)
            );
            out.say(Kind::Different, &subject, message, at.as_ref());
            continue;
        }
        let message =
            format!("the {word} `{}` of `{name}` is not in the database: {shape}", Shown(own));
        out.say(Kind::Missing, &subject, message, at.as_ref());
    }
    for (own, key) in
        found.iter().filter(|it| !wanted.contains_key(it.0) && !renamed.contains(it.0))
    {
        let subject = format!("{name}.{}", Shown(own));
        if !it.asks(&subject) {
            continue;
        }
        let message = format!(
            "no migration makes the {} `{}` of `{name}`: {}",
            key.word,
            Shown(own),
            key.shape
        );
        out.say(Kind::Only, &subject, message, should.born.at.as_ref());
    }
}

pub(super) fn keys(
    catalog: &Catalog,
    name: &TableName,
    table: &Table,
    invalid: &BTreeSet<TableName>,
) -> BTreeMap<String, Key> {
    let constraints =
        table.constraints.iter().filter_map(|(own, it)| Some((own.clone(), constraint(it)?)));
    let indexes = catalog.indexes_of(name, table).into_iter().map(|(own, it)| {
        let broken = invalid.contains(&TableName::new(name.schema.as_str(), own.as_str()));
        (own, index(&it, broken))
    });
    constraints.chain(indexes).collect()
}

fn constraint(it: &Constraint) -> Option<Key> {
    let listed = |columns: &[String]| listed(columns.iter().map(String::as_str));
    let shape = match &it.kind {
        ConstraintKind::PrimaryKey { columns } => format!("the primary key {}", listed(columns)),
        ConstraintKind::Unique { columns, nulls_not_distinct } => {
            unique(&listed(columns), *nulls_not_distinct)
        }
        ConstraintKind::ForeignKey(key) => foreign(key, &listed(&key.columns)),
        // How the server writes an expression is its own business.
        ConstraintKind::Check(_) => "a check".to_owned(),
        ConstraintKind::Exclude { .. } => "an exclusion".to_owned(),
        ConstraintKind::NotNull { .. } | ConstraintKind::Default { .. } => return None,
    };
    let shape = if it.validated { shape } else { format!("{shape}, not validated") };
    Some(Key { word: "constraint", shape, at: it.born.at.clone() })
}

fn unique(columns: &str, nulls_not_distinct: bool) -> String {
    format!("unique {columns}{}", if nulls_not_distinct { " nulls not distinct" } else { "" })
}

/// The columns that it refers to are left out: none written means the primary key.
fn foreign(key: &ForeignKey, columns: &str) -> String {
    let action = |it| match it {
        Referential::Unsaid | Referential::NoAction => "no action",
        Referential::Restrict => "restrict",
        Referential::Cascade => "cascade",
        Referential::SetNull => "set null",
        Referential::SetDefault => "set default",
    };
    format!(
        "a foreign key {columns} to `{}` on delete {} on update {}",
        key.target,
        action(key.on_delete),
        action(key.on_update)
    )
}

fn index(it: &Index, invalid: bool) -> Key {
    let keys: Vec<String> = it
        .keys
        .iter()
        .map(|key| {
            let down = key.text.to_ascii_lowercase();
            let order = if down.split_whitespace().any(|it| it == "desc") { " desc" } else { "" };
            let column = key.column.as_deref().unwrap_or("an expression");
            format!("{}{order}", Shown(column))
        })
        .collect();
    let plain = it.method == "btree" && it.include.is_empty() && it.predicate.is_none();
    let columns = listed(keys.iter().map(String::as_str));
    let mut shape = if it.unique && plain {
        unique(&columns, it.nulls_not_distinct)
    } else {
        let unique = if it.unique { "unique " } else { "" };
        let method = if it.method == "btree" { String::new() } else { format!("{} ", it.method) };
        let partial = if it.predicate.is_some() { " where" } else { "" };
        let include = it.include.iter().map(String::as_str);
        let include = if it.include.is_empty() {
            String::new()
        } else {
            format!(" include {}", listed(include))
        };
        let article = if unique.is_empty() && method.is_empty() { "an" } else { "a" };
        format!("{article} {unique}{method}index {columns}{include}{partial}")
    };
    if invalid {
        shape.push_str(", and invalid: it was not built to its end");
    }
    Key { word: "index", shape, at: it.born.at.clone() }
}

fn listed<'a>(columns: impl Iterator<Item = &'a str>) -> String {
    format!("({})", columns.collect::<Vec<_>>().join(", "))
}
