//! What to look at when a migration has been applied: the queries of a careful reader, with real names.

use super::{Expected, Query, pairs};
use crate::schema::{Catalog, RelationKind, Shown, TableName, literal};

/// Whether everything is there that a migration makes. `before` and `after` are the catalogs around it.
pub fn after(before: &Catalog, after: &Catalog) -> Vec<Query> {
    let mut all = Vec::new();
    let mut tables: Vec<TableName> = after
        .tables()
        .filter(|it| it.1.kind == RelationKind::Table && before.table(&it.0).is_none())
        .map(|it| it.0)
        .collect();
    tables.sort();
    if !tables.is_empty() {
        all.push(Query {
            about: "The tables exist".to_owned(),
            sql: format!(
                "SELECT table_schema, table_name FROM information_schema.tables\nWHERE (table_schema, table_name) IN ({})\n\
                 ORDER BY 1, 2",
                pairs(tables.iter())
            ),
            expected: rows(tables.iter().map(|it| vec![it.schema.clone(), it.name.clone()])),
        });
        let protected = tables.iter().map(|it| {
            let on = after.table(it).is_some_and(|it| it.rls);
            vec![it.schema.clone(), it.name.clone(), if on { "t" } else { "f" }.to_owned()]
        });
        all.push(Query {
            about: "Row level security is on".to_owned(),
            sql: format!(
                "SELECT schemaname, tablename, rowsecurity FROM pg_tables\nWHERE (schemaname, tablename) IN ({})\nORDER BY 1, 2",
                pairs(tables.iter())
            ),
            expected: rows(protected),
        });
    }
    all.extend(columns(before, after));
    all.extend(indexes(before, after));
    all.extend(policies(before, after));
    all
}

fn rows(all: impl Iterator<Item = Vec<String>>) -> Expected {
    let mut all: Vec<String> = all.map(|it| it.join(" | ")).collect();
    all.sort();
    Expected::Rows(all)
}

/// The columns of each table that is new or has new ones.
fn columns(before: &Catalog, after: &Catalog) -> Vec<Query> {
    let mut all = Vec::new();
    for (name, table) in after.tables() {
        if table.kind != RelationKind::Table {
            continue;
        }
        let was = before.table(&name);
        let is_new = |it: &String| was.as_ref().is_none_or(|was| !was.columns.contains_key(it));
        let new: Vec<_> = table.columns.iter().filter(|it| is_new(it.0)).collect();
        if new.is_empty() {
            continue;
        }
        let names: Vec<String> = new.iter().map(|it| literal(it.0)).collect();
        let expected = new.iter().map(|(name, it)| {
            let null = if it.not_null { "NO" } else { "YES" };
            vec![(*name).clone(), null.to_owned()]
        });
        all.push(Query {
            about: format!("The columns of {}", Shown(&name.to_string())),
            sql: format!(
                "SELECT column_name, is_nullable, data_type, column_default FROM information_schema.columns\n\
                 WHERE table_schema = {} AND table_name = {} AND column_name IN ({})\nORDER BY 1",
                literal(&name.schema),
                literal(&name.name),
                names.join(", ")
            ),
            expected: rows(expected),
        });
    }
    all.sort_by(|a, b| a.about.cmp(&b.about));
    all
}

fn indexes(before: &Catalog, after: &Catalog) -> Option<Query> {
    let mut new = Vec::new();
    for (name, table) in after.tables() {
        let was = before.table(&name);
        let known = |it: &String| was.as_ref().is_some_and(|was| was.indexes.contains(it));
        let own = table.indexes.iter().filter(|it| !known(it));
        new.extend(own.map(|it| TableName::new(name.schema.as_str(), it.as_str())));
    }
    new.sort();
    if new.is_empty() {
        return None;
    }
    Some(Query {
        about: "The indexes are there, and whole: one that failed half-way is not valid".to_owned(),
        sql: format!(
            "SELECT n.nspname, c.relname, i.indisvalid FROM pg_index i\n  JOIN pg_class c ON c.oid = i.indexrelid \
             JOIN pg_namespace n ON n.oid = c.relnamespace\nWHERE (n.nspname, c.relname) IN ({})\nORDER BY 1, 2",
            pairs(new.iter())
        ),
        expected: rows(
            new.iter().map(|it| vec![it.schema.clone(), it.name.clone(), "t".to_owned()]),
        ),
    })
}

fn policies(before: &Catalog, after: &Catalog) -> Option<Query> {
    let mut on: Vec<TableName> = Vec::new();
    let mut expected = Vec::new();
    for (name, table) in after.tables() {
        let was = before.table(&name);
        let known = |it: &String| was.as_ref().is_some_and(|was| was.policies.contains_key(it));
        if table.policies.keys().all(known) {
            continue;
        }
        for policy in table.policies.keys() {
            expected.push(vec![name.schema.clone(), name.name.clone(), policy.clone()]);
        }
        on.push(name);
    }
    on.sort();
    if on.is_empty() {
        return None;
    }
    Some(Query {
        about: "The policies".to_owned(),
        sql: format!(
            "SELECT schemaname, tablename, policyname FROM pg_policies\nWHERE (schemaname, tablename) IN ({})\nORDER BY 1, 2, 3",
            pairs(on.iter())
        ),
        expected: rows(expected.into_iter()),
    })
}
