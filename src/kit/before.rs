//! What to look at before a migration is applied.

use super::{Expected, Query};
use crate::parse::Migration;
use crate::schema::{
    Catalog, Certainty, Change, ConstraintKind, ForeignKey, NewConstraint, NewIndex, ObjectName,
    Op, RelationKind, TableName, literal, quoted,
};

/// Questions about the tables that are there already, each once.
pub fn before(catalog: &Catalog, migration: &Migration) -> Vec<Query> {
    let mut all: Vec<Query> = Vec::new();
    let mut sizes: Vec<TableName> = Vec::new();
    for change in &migration.script.changes {
        if change.certainty == Certainty::Deferred {
            continue;
        }
        let (on, asked) = of(catalog, change);
        if let Some(on) = on.filter(|it| !sizes.contains(it)) {
            sizes.push(on);
        }
        for it in asked {
            if !all.contains(&it) {
                all.push(it);
            }
        }
    }
    sizes.iter().map(size).chain(all).collect()
}

/// How much a statement would have to go through.
fn size(table: &TableName) -> Query {
    let name = literal(&table.sql());
    Query {
        about: format!("How large `{table}` is"),
        sql: format!(
            "SELECT pg_size_pretty(pg_total_relation_size({name}::regclass)) AS size,\n       \
             (SELECT reltuples::bigint FROM pg_class WHERE oid = {name}::regclass) AS rows_about"
        ),
        expected: Expected::Any(
            "What is large is locked for long: apply it when nobody waits.".to_owned(),
        ),
    }
}

/// The table that is worked on, if it is there, and what is to be asked of it.
fn of(catalog: &Catalog, change: &Change) -> (Option<TableName>, Vec<Query>) {
    let table = |name: &ObjectName| {
        let name = catalog.resolve_permanent(name);
        let there = catalog.table(&name)?;
        matches!(there.kind, RelationKind::Table).then_some(name)
    };
    let mut asked = Vec::new();
    let on = match &change.op {
        Op::SetNotNull { table: on, column } => {
            let on = table(on);
            asked.extend(on.as_ref().map(|it| nulls(it, column)));
            on
        }
        Op::AddColumn { table: on, column, .. } => {
            let on = table(on);
            if let Some(on) = &on {
                let filled = column.default.is_some() || column.generated.is_some();
                let serial = column.data_type.to_ascii_lowercase().ends_with("serial");
                if column.not_null && !filled && !serial {
                    asked.push(empty(on, &column.name));
                }
            }
            on
        }
        Op::AddConstraint { table: on, constraint } => {
            let on = table(on);
            asked.extend(on.as_ref().and_then(|it| broken(catalog, it, constraint)));
            on
        }
        Op::CreateIndex(new) => {
            let on = table(&new.table);
            asked.extend(on.as_ref().and_then(|it| twice_in(it, new)));
            on
        }
        Op::AlterColumnType { table: on, column, to, .. } => {
            let on = table(on);
            asked.extend(on.as_ref().map(|it| longest(it, column, to)));
            on
        }
        Op::DropColumn { table: on, .. } | Op::ValidateConstraint { table: on, .. } => table(on),
        _ => None,
    };
    (on, asked)
}

fn nulls(table: &TableName, column: &str) -> Query {
    Query {
        about: format!("Rows of `{table}` without `{column}`"),
        sql: format!("SELECT 1 FROM {} WHERE {} IS NULL LIMIT 1", table.sql(), quoted(column)),
        expected: Expected::NoRows,
    }
}

fn empty(table: &TableName, column: &str) -> Query {
    Query {
        about: format!("Rows of `{table}`, which would have no `{column}`"),
        sql: format!("SELECT 1 FROM {} LIMIT 1", table.sql()),
        expected: Expected::NoRows,
    }
}

fn longest(table: &TableName, column: &str, to: &str) -> Query {
    let column = quoted(column);
    Query {
        about: format!("Values of `{column}` of `{table}` that become `{to}`"),
        sql: format!(
            "SELECT min({column}::text), max({column}::text), max(length({column}::text)) AS longest FROM {}",
            table.sql()
        ),
        expected: Expected::Any(format!("All of them have to be possible as {to}.")),
    }
}

/// Values that come more than once.
fn twice(table: &TableName, columns: &[String], filter: Option<&str>, nulls: bool) -> Query {
    let list = columns.iter().map(|it| quoted(it)).collect::<Vec<_>>().join(", ");
    let mut conditions: Vec<String> = filter.iter().map(|it| format!("({it})")).collect();
    if !nulls {
        conditions.extend(columns.iter().map(|it| format!("{} IS NOT NULL", quoted(it))));
    }
    let filter = match conditions.as_slice() {
        [] => String::new(),
        all => format!(" WHERE {}", all.join(" AND ")),
    };
    Query {
        about: format!("What is not unique in `{table}`"),
        sql: format!(
            "SELECT {list}, count(*) FROM {}{filter} GROUP BY {list} HAVING count(*) > 1 LIMIT 10",
            table.sql()
        ),
        expected: Expected::NoRows,
    }
}

fn twice_in(table: &TableName, new: &NewIndex) -> Option<Query> {
    if !new.unique {
        return None;
    }
    let columns: Option<Vec<String>> = new.keys.iter().map(|it| it.column.clone()).collect();
    let filter = new.predicate.as_ref().map(|it| it.text.as_str());
    Some(twice(table, &columns?, filter, new.nulls_not_distinct))
}

/// Rows that a constraint does not let in.
fn broken(catalog: &Catalog, table: &TableName, new: &NewConstraint) -> Option<Query> {
    if new.not_valid || new.using_index.is_some() {
        return None;
    }
    match &new.kind {
        ConstraintKind::PrimaryKey { columns } => Some(twice(table, columns, None, true)),
        ConstraintKind::Unique { columns, nulls_not_distinct } => {
            Some(twice(table, columns, None, *nulls_not_distinct))
        }
        ConstraintKind::Check(it) => Some(Query {
            about: format!("Rows of `{table}` that do not meet the check"),
            sql: format!("SELECT * FROM {} WHERE NOT ({}) LIMIT 10", table.sql(), it.text),
            expected: Expected::NoRows,
        }),
        ConstraintKind::ForeignKey(key) => orphans(catalog, table, key),
        ConstraintKind::NotNull { column } => Some(nulls(table, column)),
        ConstraintKind::Exclude { .. } | ConstraintKind::Default { .. } => None,
    }
}

/// Rows that refer to none.
fn orphans(catalog: &Catalog, table: &TableName, key: &ForeignKey) -> Option<Query> {
    let target = catalog.resolve_permanent(&key.target);
    let there = catalog.table(&target)?;
    let columns = match key.target_columns.as_slice() {
        [] => there.primary_key()?.to_vec(),
        columns => columns.to_vec(),
    };
    // Both have to be there already: what the migration adds has no rows yet.
    let own = catalog.table(table)?;
    if columns.len() != key.columns.len()
        || !key.columns.iter().all(|it| own.columns.contains_key(it))
    {
        return None;
    }
    let same: Vec<String> = key
        .columns
        .iter()
        .zip(&columns)
        .map(|(own, other)| format!("o.{} = t.{}", quoted(other), quoted(own)))
        .collect();
    let set: Vec<String> =
        key.columns.iter().map(|it| format!("t.{} IS NOT NULL", quoted(it))).collect();
    Some(Query {
        about: format!("Rows of `{table}` that refer to no row of `{target}`"),
        sql: format!(
            "SELECT t.* FROM {} t WHERE {} AND NOT EXISTS\n  (SELECT 1 FROM {} o WHERE {}) LIMIT 10",
            table.sql(),
            set.join(" AND "),
            target.sql(),
            same.join(" AND ")
        ),
        expected: Expected::NoRows,
    })
}
