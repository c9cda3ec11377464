//! Names that Postgres makes where a statement gives none.
//!
//! As `makeObjectName`, `ChooseRelationName` and `ChooseConstraintName` in its source do it.

use super::super::{Catalog, Constraint, ConstraintKind, IndexKey, NAME_LIMIT, Table, TableName};

/// More of one name are not counted: nobody writes them, and a hostile file must not cost its square.
const MOST: usize = 64;

impl Catalog {
    /// The name of a constraint that a statement adds without one.
    pub(super) fn constraint_name(
        &self,
        name: &TableName,
        table: &Table,
        kind: &ConstraintKind,
    ) -> String {
        let (columns, label) = match kind {
            ConstraintKind::PrimaryKey { .. } => (None, "pkey"),
            ConstraintKind::Unique { columns, .. } => (Some(joined(columns)), "key"),
            ConstraintKind::Exclude { columns } => (Some(joined(columns)), "excl"),
            ConstraintKind::ForeignKey(it) => (Some(joined(&it.columns)), "fkey"),
            ConstraintKind::NotNull { column } => (Some(column.clone()), "not_null"),
            ConstraintKind::Default { column } => (Some(column.clone()), "df"),
            // Called after its column where it names only one.
            ConstraintKind::Check(it) => {
                let mut named = it.columns.iter().filter(|it| table.columns.contains_key(*it));
                let first = named.next();
                (first.filter(|first| named.all(|it| it == *first)).cloned(), "check")
            }
        };
        let indexed = kind.is_indexed();
        chosen(&name.name, columns.as_deref(), label, |made| {
            let schema = name.schema.as_str();
            table.constraints.contains_key(made)
                || (indexed && self.is_relation(schema, made))
                || self.constraint_owner(schema, made, |_| true).is_some_and(|it| it != *name)
        })
    }

    /// The name of an index that a statement creates without one.
    pub(super) fn index_name(
        &self,
        table: &TableName,
        keys: &[IndexKey],
        include: &[String],
    ) -> String {
        let mut labels: Vec<String> = Vec::new();
        let keys = keys.iter().map(|it| &it.label);
        for label in keys.chain(include) {
            let numbered = (1..MOST).map(|number| format!("{label}{number}"));
            let mut names = std::iter::once(label.clone()).chain(numbered);
            labels.extend(names.find(|it| !labels.contains(it)));
        }
        chosen(&table.name, Some(&joined(&labels)), "idx", |made| {
            self.is_relation(&table.schema, made)
                || self.constraint_owner(&table.schema, made, |it| it.kind.is_indexed()).is_some()
        })
    }

    /// The name of the sequence of a column of a temporary table.
    pub(super) fn sequence_name(&self, table: &str, column: &str) -> String {
        let taken = |made: &str| self.is_relation("pg_temp", made);
        chosen(table, Some(column), "seq", taken)
    }

    /// Whether a table, index or sequence has the name; those of constraints aside.
    fn is_relation(&self, schema: &str, name: &str) -> bool {
        let name = TableName::new(schema, name);
        self.tables.contains(&name)
            || self.indexes.contains(&name)
            || self.sequences.contains(&name)
    }

    /// The table that has a constraint of that name, where the name begins with the table's as most do.
    pub(super) fn constraint_owner(
        &self,
        schema: &str,
        name: &str,
        of: impl Fn(&Constraint) -> bool,
    ) -> Option<TableName> {
        let ends = name.match_indices('_').map(|(at, _)| at);
        let mut owners = ends.filter_map(|end| Some(TableName::new(schema, name.get(..end)?)));
        owners.find(|it| {
            self.tables.get(it).is_some_and(|it| it.constraints.get(name).is_some_and(&of))
        })
    }
}

/// The names of columns in a row, no longer than any name can be.
fn joined(columns: &[String]) -> String {
    let mut text = String::new();
    for column in columns {
        if !text.is_empty() {
            text.push('_');
        }
        text.push_str(column);
        if text.len() > NAME_LIMIT {
            break;
        }
    }
    text
}

fn chosen(table: &str, columns: Option<&str>, label: &str, taken: impl Fn(&str) -> bool) -> String {
    let first = made(table, columns, label);
    let numbered = (1..MOST).map(|number| made(table, columns, &format!("{label}{number}")));
    let mut names = std::iter::once(first).chain(numbered);
    names.find(|it| !taken(it)).unwrap_or_else(|| made(table, columns, label))
}

/// Both parts and the label, cut where they are too long, the longer part first.
fn made(table: &str, columns: Option<&str>, label: &str) -> String {
    let overhead = label.len() + 1 + usize::from(columns.is_some());
    let room = NAME_LIMIT.saturating_sub(overhead);
    let (mut one, mut two) = (table.len(), columns.map_or(0, str::len));
    while one + two > room && one.max(two) > 0 {
        if one > two {
            one -= 1;
        } else {
            two -= 1;
        }
    }
    let cut = |text: &str, at: usize| {
        let at = text.floor_char_boundary(at);
        text.get(..at).unwrap_or_default().to_owned()
    };
    match columns {
        Some(columns) => format!("{}_{}_{label}", cut(table, one), cut(columns, two)),
        None => format!("{}_{label}", cut(table, one)),
    }
}
