//! Indexes and sequences.

use super::super::{
    Born, Catalog, Constraint, Guard, Index, NewIndex, ObjectName, Resolved, Table, TableName,
};
use crate::source::Span;

impl Catalog {
    pub(super) fn create_index(&mut self, new: &NewIndex, born: &Born) {
        let table = match self.resolve(&new.table) {
            Resolved::Permanent(name) => name,
            // One that may not be there hides nothing.
            Resolved::Temporary(_) if !born.sure => return,
            Resolved::Temporary(name) => TableName::new("pg_temp", name),
        };
        let at = born.at.as_ref().map(|at| Span::new(at.path.clone(), new.at.clone()));
        let index = Index {
            table: table.clone(),
            keys: new.keys.clone(),
            include: new.include.clone(),
            unique: new.unique,
            method: new.method.clone(),
            predicate: new.predicate.clone(),
            nulls_not_distinct: new.nulls_not_distinct,
            born: Born { sure: born.sure && new.guard == Guard::None, at, ..born.clone() },
        };
        self.add_index(new.name.as_deref(), index);
    }

    /// Without a name it gets the one that Postgres makes.
    fn add_index(&mut self, name: Option<&str>, index: Index) {
        let table = index.table.clone();
        let name = name
            .map_or_else(|| self.index_name(&table, &index.keys, &index.include), str::to_owned);
        let full = TableName::new(table.schema.as_str(), name.as_str());
        // A second one of the name fails, or does nothing.
        if self.indexes.contains(&full) {
            return;
        }
        self.put_index(full, Some(index));
        self.edit_table(&table, |it| {
            it.indexes.insert(name);
        });
    }

    /// Indexes like those of another table, under names of their own.
    pub(super) fn copy_indexes(&mut self, from: &TableName, to: &TableName, born: &Born) {
        let Some(table) = self.table(from).map(std::borrow::Cow::into_owned) else { return };
        for (_, it) in self.own_indexes(from, &table) {
            self.add_index(None, Index { table: to.clone(), born: born.clone(), ..it });
        }
    }

    pub(super) fn drop_index(&mut self, name: &ObjectName, sure: bool) {
        let name = self.resolve_index(name);
        let Some(mut index) = self.index(&name).map(std::borrow::Cow::into_owned) else { return };
        if !sure {
            // It may be gone, so it excuses nothing any more.
            index.born.sure = false;
            return self.put_index(name, Some(index));
        }
        self.put_index(name.clone(), None);
        self.edit_table(&index.table, |it| {
            it.indexes.remove(&name.name);
        });
    }

    /// An index, also one that a constraint made: the constraint takes the new name too.
    pub(super) fn rename_index(&mut self, from: &ObjectName, to: &str) {
        let from = self.resolve_index(from);
        if let Some(index) = self.index(&from).map(std::borrow::Cow::into_owned) {
            self.edit_table(&index.table, |it| {
                it.indexes.remove(&from.name);
                it.indexes.insert(to.to_owned());
            });
            self.put_index(TableName::new(from.schema.as_str(), to), Some(index));
            return self.put_index(from, None);
        }
        let Some(owner) = self.indexed_by(&from) else { return };
        self.edit_table(&owner, |it| {
            if let Some(found) = it.constraints.remove(&from.name) {
                it.constraints.insert(to.to_owned(), found);
            }
        });
    }

    pub(super) fn create_sequence(&mut self, name: &ObjectName, guard: Guard, born: &Born) {
        if name.schema.as_deref() == Some("pg_temp") && !born.sure {
            return;
        }
        let name = self.created_as(name);
        if !self.sequences.contains(&name) {
            let sure = born.sure && guard == Guard::None;
            self.put_sequence(name, Some(Born { sure, ..born.clone() }));
        }
    }

    pub(super) fn drop_sequences(&mut self, schema: &str) {
        let gone = self.sequences.iter().map(|(it, _)| it).filter(|it| it.schema == schema);
        let gone: Vec<TableName> = gone.collect();
        for name in gone {
            self.put_sequence(name, None);
        }
    }

    /// Whether an index has the name; no relation can have it as well.
    pub(super) fn is_index(&self, name: &ObjectName) -> bool {
        let name = self.resolve_index(name);
        let relation = || self.tables.contains(&name);
        !relation() && (self.indexes.contains(&name) || self.indexed_by(&name).is_some())
    }

    /// The table whose constraint made the index. One whose table got another name keeps its own.
    fn indexed_by(&self, index: &TableName) -> Option<TableName> {
        let made = |it: &Constraint| it.kind.is_indexed();
        self.constraint_owner(&index.schema, &index.name, made).or_else(|| {
            let mut all = self.tables.iter().filter(|it| it.0.schema == index.schema);
            let found = all.find(|(_, it)| it.constraints.get(&index.name).is_some_and(made));
            found.map(|it| it.0)
        })
    }

    /// The indexes of a table that no constraint made.
    pub(super) fn own_indexes(&self, name: &TableName, table: &Table) -> Vec<(String, Index)> {
        let found = self.indexes_of(name, table).into_iter();
        found.map(|(name, it)| (name, it.into_owned())).collect()
    }
}
