//! Tables, views, types and functions: which there are.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::touched::function;
use super::{Differences, Kind, Verification, access, columns, keys};
use crate::schema::{Catalog, RelationKind, Shown, Table, TableName, TypeKind};

/// Schemas that platforms and extensions keep for themselves.
const PLATFORM: &[&str] = &[
    "auth",
    "storage",
    "realtime",
    "_realtime",
    "_analytics",
    "extensions",
    "graphql",
    "graphql_public",
    "vault",
    "pgbouncer",
    "supabase_functions",
    "supabase_migrations",
    "net",
    "cron",
    "pgmq",
    "pgsodium",
    "pgsodium_masks",
    "pgtle",
    "tiger",
    "tiger_data",
    "topology",
    "neon",
    "neon_auth",
    "drizzle",
    "hdb_catalog",
    "information_schema",
];

/// Tables that tools keep for themselves among those of the application.
const OWNED: &[&str] = &[
    "_prisma_migrations",
    "__drizzle_migrations",
    "schema_migrations",
    "spatial_ref_sys",
    "geometry_columns",
    "geography_columns",
    "pg_stat_statements",
    "pg_stat_statements_info",
];

/// Whether a platform or an extension keeps the schema for itself.
pub fn is_platform(schema: &str) -> bool {
    PLATFORM.contains(&schema) || schema.starts_with('_') || schema.starts_with("pg_")
}

pub(super) fn is_table(table: &Table) -> bool {
    table.kind == RelationKind::Table
}

/// The relation of that name; of one whose schema the migrations do not tell, whichever there is.
pub(super) fn find<'a>(
    is: &'a Catalog,
    name: &TableName,
    table: &Table,
) -> Option<(TableName, Cow<'a, Table>)> {
    if let Some(found) = is.table(name) {
        return Some((name.clone(), found));
    }
    table.somewhere.then(|| is.tables().find(|(it, _)| it.name == name.name)).flatten()
}

pub(super) fn compare(should: &Catalog, it: &Verification<'_>) -> Differences {
    let mut out = Differences::default();
    let mut known: BTreeSet<TableName> = BTreeSet::new();
    for (name, table) in should.tables() {
        // Tables of the platform that a migration only alters are not all there to see.
        let word = word(table.kind);
        let there = find(it.is, &name, &table);
        let Some((is_name, is)) = there else {
            // Whatever is asked of it, it is not there.
            if it.asks_in(&name) {
                let message = format!("the {word} `{name}` is not in the database");
                out.say(Kind::Missing, &name.to_string(), message, table.born.at.as_ref());
                tag(&mut out, 1, &name);
            }
            continue;
        };
        known.insert(is_name.clone());
        if is.kind != table.kind {
            if it.asks_in(&name) {
                let message = format!("`{name}` is a {} in the database", self::word(is.kind));
                out.say(Kind::Different, &name.to_string(), message, table.born.at.as_ref());
            }
            continue;
        }
        if is_table(&table) {
            let before = out.all.len();
            columns::compare(it, &name, (&table, &is), &mut out);
            keys::compare(it, (&name, &table, should), (&is_name, &is), &mut out);
            access::compare(it, &name, (&table, &is), &mut out);
            let new = out.all.len() - before;
            tag(&mut out, new, &name);
        }
    }
    types(should, it, &mut out);
    functions(should, it, &mut out);
    more(should, it, &known, &mut out);
    out
}

/// The last ones are about this table.
fn tag(out: &mut Differences, last: usize, name: &TableName) {
    out.all.iter_mut().rev().take(last).for_each(|it| it.table = Some(name.clone()));
}

fn word(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::Table => "table",
        RelationKind::ForeignTable => "foreign table",
        RelationKind::View => "view",
        RelationKind::MaterializedView => "materialized view",
    }
}

fn types(should: &Catalog, it: &Verification<'_>, out: &mut Differences) {
    for (name, found) in should.data_types() {
        let at = found.born.at.as_ref();
        if !it.asks(&name.to_string()) {
            continue;
        }
        let is = it.is.data_type(&name);
        out.compared += 1;
        match (&found.kind, is.as_ref().map(|it| &it.kind)) {
            // A range, a base type: the server tells them otherwise.
            (TypeKind::Other, _) => {}
            (TypeKind::Enum(labels), Some(TypeKind::Enum(there))) => {
                for label in labels.iter().filter(|it| !there.contains(it)) {
                    let message =
                        format!("the enum `{name}` has no `{}` in the database", Shown(label));
                    out.say(Kind::Missing, &format!("{name}.{}", Shown(label)), message, at);
                }
                for label in there.iter().filter(|it| !labels.contains(it)) {
                    let message = format!(
                        "the enum `{name}` has `{}` in the database, which no migration adds",
                        Shown(label)
                    );
                    out.say(Kind::Only, &format!("{name}.{}", Shown(label)), message, at);
                }
            }
            (_, None) => {
                let message = format!("the type `{name}` is not in the database");
                out.say(Kind::Missing, &name.to_string(), message, at);
            }
            _ => {}
        }
    }
}

/// By their names.
fn functions(should: &Catalog, it: &Verification<'_>, out: &mut Differences) {
    let there: BTreeSet<TableName> =
        it.live.of("function").filter_map(|(name, _)| TableName::of_server(name)).collect();
    let mut told = BTreeSet::new();
    for (name, found) in should.routines() {
        let (name, at) = (function(&name), found.born.at.as_ref());
        if !it.asks(&name.to_string()) {
            continue;
        }
        out.compared += 1;
        if !there.contains(&name) && told.insert(name.clone()) {
            let message = format!("the function `{name}` is not in the database");
            out.say(Kind::Missing, &name.to_string(), message, at);
        }
    }
}

/// What the database has and no migration makes.
fn more(
    should: &Catalog,
    it: &Verification<'_>,
    known: &BTreeSet<TableName>,
    out: &mut Differences,
) {
    let mut schemas: BTreeSet<String> = should.tables().map(|it| it.0.schema).collect();
    schemas.extend(should.data_types().map(|it| it.0.schema));
    schemas.insert("public".to_owned());
    let children: BTreeSet<TableName> = it
        .live
        .of("table")
        .filter(|it| it.1.is.contains_key("partbound"))
        .filter_map(|it| TableName::of_server(it.0))
        .collect();
    let mut foreign: BTreeMap<String, usize> = BTreeMap::new();
    for (name, table) in it.is.tables() {
        let owned = OWNED.contains(&name.name.as_str());
        if known.contains(&name) || owned || children.contains(&name) || is_platform(&name.schema) {
            continue;
        }
        if !schemas.contains(&name.schema) && it.only.is_none() {
            *foreign.entry(name.schema.clone()).or_default() += 1;
            continue;
        }
        if !it.asks(&name.to_string()) {
            continue;
        }
        let message = format!("no migration makes the {} `{name}`", word(table.kind));
        out.say(Kind::Only, &name.to_string(), message, None);
    }
    for (schema, count) in foreign {
        let plural = if count == 1 { "table or view" } else { "tables and views" };
        let message = format!(
            "no migration makes anything in the schema `{}`, which has {count} {plural}",
            Shown(&schema)
        );
        out.say(Kind::Only, &schema, message, None);
    }
    for (name, found) in it.is.data_types() {
        let is_enum = matches!(found.kind, TypeKind::Enum(_));
        if is_enum
            && schemas.contains(&name.schema)
            && !is_platform(&name.schema)
            && should.data_type(&name).is_none()
            && it.asks(&name.to_string())
        {
            let message = format!("no migration makes the enum `{name}`");
            out.say(Kind::Only, &name.to_string(), message, None);
        }
    }
}
