//! What can be found without reading the whole table.

use crate::schema::{Catalog, ConstraintKind, Table, TableName};

/// Whether an index, a primary key or a unique constraint begins with these columns, in any order. One that is partial
/// counts where it leaves out nothing but rows without a value.
pub(in crate::rules) fn leads(
    catalog: &Catalog,
    name: &TableName,
    table: &Table,
    columns: &[String],
) -> bool {
    let begins = |keys: &[&str]| {
        let first = keys.get(..columns.len());
        first.is_some_and(|it| columns.iter().all(|column| it.contains(&column.as_str())))
    };
    let constraint = table.constraints.values().any(|it| match &it.kind {
        ConstraintKind::PrimaryKey { columns } | ConstraintKind::Unique { columns, .. } => {
            begins(&columns.iter().map(String::as_str).collect::<Vec<_>>())
        }
        _ => false,
    });
    constraint
        || catalog.indexes_of(name, table).iter().any(|(_, it)| {
            let whole = it.predicate.as_ref().is_none_or(|it| {
                it.text.to_ascii_lowercase().trim_end_matches(')').ends_with("is not null")
            });
            let keys: Vec<&str> = it.keys.iter().map_while(|it| it.column.as_deref()).collect();
            whole && matches!(it.method.as_str(), "btree" | "hash") && begins(&keys)
        })
}
