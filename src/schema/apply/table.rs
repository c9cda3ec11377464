//! What goes where a table goes: its indexes, what refers to it, and what it takes over from others.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{
    Born, Cascade, Catalog, Column, Constraint, ConstraintKind, ForeignKey, Generated, Index,
    NewColumn, NewConstraint, NewTable, ObjectName, Resolved, Table, TableName,
};
use crate::source::Span;

impl Catalog {
    /// Everything that a `CREATE` gives a relation.
    pub(super) fn fill(&self, table: &mut Table, new: &NewTable, name: &TableName) {
        let born = table.born.clone();
        self.take_over(new, name, table);
        for column in &new.columns {
            let at = born.at.as_ref().map(|at| Span::new(at.path.clone(), column.at.clone()));
            let mut made = column_of(column, Born { at, ..born.clone() });
            // What a child says of a column is said besides what its parent says.
            if let Some(over) = table.columns.get(&column.name) {
                made.not_null |= over.not_null;
                made.default = made.default.or_else(|| over.default.clone());
                if made.data_type.is_empty() {
                    made.data_type.clone_from(&over.data_type);
                }
            }
            table.columns.insert(column.name.clone(), made);
        }
        self.declare(name, table, &new.constraints, &born);
        let parent = new.parent.as_ref().map(|it| self.resolve_permanent(it));
        table.parent = parent;
    }

    pub(super) fn add_column(
        &mut self,
        table: &ObjectName,
        column: &NewColumn,
        constraints: &[NewConstraint],
        born: &Born,
    ) {
        let mut added = false;
        self.edit(table, |it| {
            added = !it.columns.contains_key(&column.name);
            it.columns
                .entry(column.name.clone())
                .or_insert_with(|| column_of(column, born.clone()));
        });
        if added && !constraints.is_empty() {
            self.add_constraints(table, constraints, born);
        }
    }

    /// Columns and constraints of other tables: `LIKE`, `INHERITS`, `PARTITION OF`.
    fn take_over(&self, new: &NewTable, name: &TableName, table: &mut Table) {
        for other in &new.columns_of {
            let Some((_, found)) = self.relation(other) else { continue };
            let like = new.like.iter().find(|it| it.0 == *other).map(|it| it.1.as_slice());
            let partition = like.is_none() && found.partitioned;
            let takes =
                |what: &str| like.is_none_or(|it| it.iter().any(|it| it == what || it == "all"));
            let born = table.born.clone();
            for (column, it) in &found.columns {
                let mut it = Column { born: born.clone(), ..it.clone() };
                let identity = it.generated == Some(Generated::Identity);
                if !takes("defaults") {
                    it.default = None;
                }
                if !takes(if identity { "identity" } else { "generated" })
                    || (identity && like.is_none())
                {
                    it.generated = None;
                }
                table.columns.insert(column.clone(), it);
            }
            let indexed = if like.is_some() { takes("indexes") } else { partition };
            let taken = found.constraints.iter().filter(|(_, it)| match it.kind {
                ConstraintKind::Check(_) => takes("constraints"),
                ConstraintKind::NotNull { .. } => true,
                ConstraintKind::ForeignKey(_) => partition,
                _ => indexed,
            });
            // Names of indexes are made anew, the others stay.
            let taken = taken.map(|(name, it)| NewConstraint {
                name: (!it.kind.is_indexed()).then(|| name.clone()),
                kind: it.kind.clone(),
                not_valid: !it.validated,
                using_index: None,
                at: born.at.as_ref().map(Span::range).unwrap_or_default(),
            });
            for it in taken {
                self.declare(name, table, std::slice::from_ref(&it), &born);
            }
        }
    }

    /// The indexes of what it takes over, where they come along.
    pub(super) fn take_over_indexes(&mut self, new: &NewTable, name: &TableName, born: &Born) {
        for other in &new.columns_of {
            let Some((Resolved::Permanent(from), found)) = self.relation(other) else { continue };
            let like = new.like.iter().find(|it| it.0 == *other);
            let along = match like {
                Some((_, with)) => with.iter().any(|it| it == "indexes" || it == "all"),
                None => found.partitioned,
            };
            if along {
                self.copy_indexes(&from, name, born);
            }
        }
    }

    fn relation(&self, name: &ObjectName) -> Option<(Resolved, Table)> {
        let resolved = self.resolve(name);
        let table = match &resolved {
            Resolved::Temporary(name) => self.temporary.get(name).cloned(),
            Resolved::Permanent(name) => self.table(name).map(std::borrow::Cow::into_owned),
        };
        Some((resolved, table?))
    }

    /// Relations go, with their indexes and partitions; with `CASCADE` also their children, the views that read them
    /// and the foreign keys that refer to them.
    pub(super) fn drop_relations(&mut self, names: Vec<TableName>, cascade: Cascade) {
        let partitioned = |it| self.table(it).is_some_and(|it| it.partitioned);
        if cascade == Cascade::No && !names.iter().any(partitioned) {
            for it in &names {
                self.take_relation(it);
            }
            return;
        }
        let mut dependents: BTreeMap<TableName, Vec<TableName>> = BTreeMap::new();
        for (other, it) in self.tables.iter() {
            let reads = it.reads.iter().filter(|_| cascade == Cascade::Yes);
            for read in reads.chain(&it.parent) {
                dependents.entry(read.clone()).or_default().push(other.clone());
            }
        }
        let mut gone = BTreeSet::new();
        let mut pending = names;
        while let Some(name) = pending.pop() {
            pending.extend(dependents.remove(&name).into_iter().flatten());
            gone.insert(name);
        }
        if cascade == Cascade::Yes {
            self.drop_foreign_keys_to(&gone);
        }
        for it in &gone {
            self.take_relation(it);
        }
    }

    fn take_relation(&mut self, name: &TableName) {
        let Some(table) = self.table(name).map(std::borrow::Cow::into_owned) else { return };
        for index in &table.indexes {
            self.put_index(TableName::new(name.schema.as_str(), index.as_str()), None);
        }
        self.gone.insert(name.clone(), table);
        self.put_table(name.clone(), None);
    }

    fn drop_foreign_keys_to(&mut self, gone: &BTreeSet<TableName>) {
        let refers = |it: &Constraint| match &it.kind {
            ConstraintKind::ForeignKey(key) => {
                let schema = key.target.schema.as_deref().unwrap_or_default();
                gone.contains(&TableName::new(schema, key.target.name.as_str()))
            }
            _ => false,
        };
        let children = self.tables.iter().filter(|(_, it)| it.constraints.values().any(refers));
        let children: Vec<TableName> = children.map(|(name, _)| name).collect();
        for child in children {
            self.edit_table(&child, |it| it.constraints.retain(|_, it| !refers(it)));
        }
    }

    /// Foreign keys that refer to one of the columns go.
    pub(super) fn drop_foreign_keys(&mut self, target: &TableName, columns: &[String]) {
        let Some(table) = self.table(target).map(std::borrow::Cow::into_owned) else { return };
        let refers = |key: &ForeignKey| key.target_columns.iter().any(|it| columns.contains(it));
        for (child, name) in self.foreign_keys_to(target, &table, refers) {
            self.edit_table(&child, |it| {
                it.constraints.remove(&name);
            });
        }
    }

    /// Which foreign keys refer to a table: the child and the constraint. To a table of the change set at hand only
    /// tables can refer that it wrote.
    pub(in crate::schema) fn foreign_keys_to(
        &self,
        target: &TableName,
        table: &Table,
        of: impl Fn(&ForeignKey) -> bool,
    ) -> Vec<(TableName, String)> {
        let mut found = Vec::new();
        let mut look = |child: &TableName, it: &Table| {
            for (name, constraint) in &it.constraints {
                let ConstraintKind::ForeignKey(key) = &constraint.kind else { continue };
                let here = key.target.schema.as_deref() == Some(target.schema.as_str())
                    && key.target.name == target.name;
                if here && of(key) {
                    found.push((child.clone(), name.clone()));
                }
            }
        };
        if self.is_new_born(&table.born) {
            self.tables.written().for_each(|(name, it)| look(name, it));
        } else {
            self.tables.iter().for_each(|(name, it)| look(&name, &it));
        }
        found
    }

    pub(super) fn edit_foreign_key(
        &mut self,
        table: &TableName,
        constraint: &str,
        edit: impl FnOnce(&mut ForeignKey),
    ) {
        self.edit_table(table, |it| {
            let found = it.constraints.get_mut(constraint).map(|it| &mut it.kind);
            if let Some(ConstraintKind::ForeignKey(key)) = found {
                edit(key);
            }
        });
    }

    /// The table takes its age with it: a fresh name does not make it a fresh table. So do its indexes, and whoever
    /// refers to it refers to it under its new name.
    pub(super) fn move_table(&mut self, from: &TableName, to: &TableName) {
        let Some(table) = self.tables.get(from).map(std::borrow::Cow::into_owned) else {
            // Something unknown now has that name, so nothing of that name counts as new.
            return self.edit_table(to, |table| table.born.sure = false);
        };
        for (index, it) in self.own_indexes(from, &table) {
            let moved = Index { table: to.clone(), ..it };
            self.put_index(TableName::new(from.schema.as_str(), index.as_str()), None);
            self.put_index(TableName::new(to.schema.as_str(), index), Some(moved));
        }
        let keys = self.foreign_keys_to(from, &table, |_| true);
        self.put_table(from.clone(), None);
        self.put_table(to.clone(), Some(table.clone()));
        for (child, name) in keys {
            let child = if child == *from { to.clone() } else { child };
            let target = ObjectName::new(Some(&to.schema), &to.name);
            self.edit_foreign_key(&child, &name, |it| it.target = target);
        }
        self.rename_for_readers(from, to);
    }

    /// A view goes on reading what it reads when that gets another name, and a partition stays one.
    fn rename_for_readers(&mut self, from: &TableName, to: &TableName) {
        let names = |it: &Table| it.parent.as_ref() == Some(from) || it.reads.contains(from);
        let children: Vec<TableName> =
            self.tables.iter().filter(|(_, it)| names(it)).map(|(name, _)| name).collect();
        for child in children {
            self.edit_table(&child, |it| {
                for name in it.parent.iter_mut().chain(&mut it.reads).filter(|it| **it == *from) {
                    name.clone_from(to);
                }
            });
        }
    }

    /// Everything of a schema under its new name, in one go.
    pub(super) fn rename_schema(&mut self, from: &str, to: &str) {
        let concerns = |name: &TableName, it: &Table| {
            let mut targets = it.constraints.values().map(|it| &it.kind);
            name.schema == from
                || it.parent.iter().chain(&it.reads).any(|it| it.schema == from)
                || targets.any(|it| matches!(it, ConstraintKind::ForeignKey(key) if key.target.schema.as_deref() == Some(from)))
        };
        let found: Vec<(TableName, Table)> = self
            .tables
            .iter()
            .filter(|(name, it)| concerns(name, it))
            .map(|(name, it)| (name, it.into_owned()))
            .collect();
        let moved = |name: &TableName| {
            let schema = if name.schema == from { to } else { name.schema.as_str() };
            TableName::new(schema, name.name.as_str())
        };
        for (name, mut table) in found {
            for (index, it) in self.own_indexes(&name, &table) {
                let it = Index { table: moved(&name), ..it };
                let index = TableName::new(name.schema.as_str(), index);
                self.put_index(index.clone(), None);
                self.put_index(moved(&index), Some(it));
            }
            for it in table.parent.iter_mut().chain(&mut table.reads) {
                *it = moved(it);
            }
            for it in table.constraints.values_mut() {
                if let ConstraintKind::ForeignKey(key) = &mut it.kind
                    && key.target.schema.as_deref() == Some(from)
                {
                    key.target.schema = Some(to.to_owned());
                }
            }
            self.put_table(name.clone(), None);
            self.put_table(moved(&name), Some(table));
        }
        let sequences: Vec<(TableName, Born)> = self
            .sequences
            .iter()
            .filter(|(name, _)| name.schema == from)
            .map(|(name, it)| (name, it.into_owned()))
            .collect();
        for (name, born) in sequences {
            self.put_sequence(moved(&name), Some(born));
            self.put_sequence(name, None);
        }
    }
}

fn column_of(new: &NewColumn, born: Born) -> Column {
    Column {
        data_type: new.data_type.clone(),
        not_null: new.not_null,
        default: new.default.as_ref().map(|it| it.text.clone()),
        generated: new.generated,
        born,
    }
}
