//! A catalog that is kept is the catalog, and a damaged one is no danger.

use std::sync::Arc;

use proptest::prelude::*;
use sprag::schema::{Catalog, Table, TableName};

use crate::rules::examples;
use crate::sql::{database, judged, migration};
use crate::support::cases;

const TEXTS: &[&str] = &[
    "create table users (id bigint, email text)",
    "create table a.notes (id int[], \"Who\" public.mood)",
    "alter table users enable row level security",
    "alter table users force row level security",
    "alter table users add column age int",
    "alter table users drop column email",
    "drop table users",
    "alter table users rename to people",
    "alter table people rename column id to key",
    "create schema a",
    "alter schema a rename to b",
    "create type mood as enum ('x', 'y')",
    "alter type mood add value 'z'",
    "create type pair as (a int, b text)",
    "alter type mood rename to feeling",
    "drop type mood cascade",
    "create view v as select 1 as one",
    "set search_path to a, public",
    "create temp table users (x int)",
    "begin",
    "rollback",
    "commit",
    "savepoint s",
    "rollback to s",
    "alter table users disable row level security",
    "do $$ begin if true then create table users (id int); end if; end $$",
    "drop schema a cascade",
    "create table if not exists users (id bigint)",
    "create table p partition of users default",
    "alter table users set schema a",
    "create table \"naïve\" (\"ключ\" text)",
];

fn scripts() -> impl Strategy<Value = Vec<String>> {
    let script = prop::collection::vec(prop::sample::select(TEXTS), 1..12);
    prop::collection::vec(script.prop_map(|it| it.join(";\n")), 1..5)
}

/// Without the places, which are not kept.
fn plain(mut table: Table) -> Table {
    table.born.at = None;
    table.disabled_at = None;
    table.unforced_at = None;
    table.defined = sprag::schema::Born::default();
    table.former_policies.clear();
    table.columns.values_mut().for_each(|it| it.born.at = None);
    table
}

fn tables(catalog: &Catalog) -> Vec<(TableName, Table)> {
    let mut tables: Vec<_> =
        catalog.tables().map(|(name, it)| (name, plain(it.into_owned()))).collect();
    tables.sort_by(|a, b| a.0.cmp(&b.0));
    tables
}

fn replayed(scripts: &[String]) -> Catalog {
    database(&scripts.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Asks a catalog everything, and writes to it.
fn used(mut catalog: Catalog) {
    for (name, _) in tables(&catalog) {
        catalog.table(&name);
        catalog.is_new(&name);
        catalog.columns_of_type(&name);
    }
    catalog.is_new_schema("a");
    for example in examples().iter().filter(|it| it.is_sql()).take(12) {
        judged(&mut catalog, &[migration("1_x", &example.text)]);
    }
    Catalog::from_bytes(&Arc::new(catalog.to_bytes()), 0).unwrap();
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn what_is_kept_is_read_back(scripts in scripts(), more in scripts()) {
        let catalog = replayed(&scripts);
        let mut bytes = b"before".to_vec();
        bytes.extend(catalog.to_bytes());
        bytes.extend(b"after");
        let bytes = Arc::new(bytes);
        let mut again = Catalog::from_bytes(&bytes, 6).unwrap();
        prop_assert_eq!(tables(&catalog), tables(&again));
        for (name, table) in tables(&catalog) {
            prop_assert_eq!(again.table(&name).map(|it| plain(it.into_owned())), Some(table));
            prop_assert_eq!(again.is_new(&name), catalog.is_new(&name));
        }
        for name in ["mood", "feeling", "pair"] {
            let name = TableName::new("public", name);
            let kind = |it: &Catalog| it.data_type(&name).map(|it| it.kind.clone());
            prop_assert_eq!(kind(&catalog), kind(&again));
            prop_assert_eq!(catalog.columns_of_type(&name).is_empty(), again.columns_of_type(&name).is_empty());
        }
        prop_assert_eq!(again.to_bytes(), catalog.to_bytes());

        // And it goes on as the other would.
        let mut catalog = catalog;
        for text in &more {
            let said = |catalog: &mut Catalog| {
                let found = judged(catalog, &[migration("9_more", text)]);
                found.into_iter().map(|it| (it.rule.name, it.finding)).collect::<Vec<_>>()
            };
            prop_assert_eq!(said(&mut catalog), said(&mut again));
        }
        prop_assert_eq!(tables(&catalog), tables(&again));
    }

    #[test]
    fn damaged_bytes_are_missing_entries_and_no_panic(
        scripts in scripts(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let whole = replayed(&scripts).to_bytes();
        let mut flipped = whole.clone();
        for (at, byte) in flips {
            let at = at.index(flipped.len());
            flipped[at] ^= byte;
        }
        let truncated = whole[..cut.index(whole.len())].to_vec();
        for bytes in [flipped, truncated] {
            if let Some(catalog) = Catalog::from_bytes(&Arc::new(bytes), 0) {
                used(catalog);
            }
        }
    }
}
