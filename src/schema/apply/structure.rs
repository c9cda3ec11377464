//! Columns and constraints.

use super::super::{
    Born, Cascade, Catalog, Certainty, Change, Column, Constraint, ConstraintKind, ForeignKey,
    Generated, NewConstraint, ObjectName, Op, Resolved, Table, TableName,
};
use crate::source::Span;

impl Catalog {
    pub(super) fn apply_structure(&mut self, change: &Change, born: &Born) {
        let sure = change.certainty == Certainty::Sure;
        if change.certainty == Certainty::Deferred {
            return self.apply_later(&change.op);
        }
        match &change.op {
            // What protects counts only where it is sure, or where the table came the same way.
            Op::SetNotNull { table, column } => {
                self.edit_column(table, column, |it, protects| it.not_null |= protects, born);
            }
            Op::DropNotNull { table, column } => {
                self.edit_column(table, column, |it, _| it.not_null = false, born);
            }
            Op::SetDefault { table, column, default } => {
                let text = default.text.clone();
                self.edit_column(table, column, |it, _| it.default = Some(text), born);
            }
            Op::DropDefault { table, column } => {
                self.edit_column(table, column, |it, _| it.default = None, born);
            }
            Op::SetGenerated { table, column, generated } => {
                let set = |it: &mut Column, _| {
                    if *generated != Some(Generated::Identity) {
                        it.default = None;
                    }
                    it.generated = *generated;
                };
                self.edit_column(table, column, set, born);
            }
            Op::AddConstraint { table, constraint } => {
                self.add_constraints(table, std::slice::from_ref(constraint), born);
            }
            Op::DropConstraint { table, name, cascade, .. } if sure => {
                self.drop_constraint(table, name, *cascade);
            }
            Op::DropConstraint { table, name, .. } => self.doubt_constraint(table, name),
            Op::ValidateConstraint { table, name } if sure => self.edit(table, |it| {
                if let Some(found) = it.constraints.get_mut(name) {
                    found.validated = true;
                }
            }),
            Op::RenameConstraint { table, from, to } => self.edit(table, |it| {
                if let Some(found) = it.constraints.remove(from) {
                    it.constraints.insert(to.clone(), found);
                }
            }),
            Op::CreateIndex(index) => self.create_index(index, born),
            Op::DropIndex { name, .. } => self.drop_index(name, sure),
            Op::CreateSequence { name, guard } => self.create_sequence(name, *guard, born),
            Op::DropSequence { name, .. } if sure => {
                let name = self.resolve_sequence(name);
                self.put_sequence(name, None);
            }
            Op::Detach { parent, child, .. } => {
                let (parent, child) =
                    (self.resolve_permanent(parent), self.resolve_permanent(child));
                self.edit_table(&child, |it| {
                    it.parent = it.parent.take().filter(|it| *it != parent);
                });
            }
            Op::CommentOnTable { table, text } => {
                self.edit(table, |it| it.comment.clone_from(text));
            }
            _ => {}
        }
    }

    /// In a body that may run any time: what it takes away is no longer there to rely on.
    fn apply_later(&mut self, op: &Op) {
        match op {
            Op::DropNotNull { table, column } => self.edit(table, |it| {
                if let Some(column) = it.columns.get_mut(column) {
                    column.not_null = false;
                }
            }),
            Op::DropConstraint { table, name, .. } => self.doubt_constraint(table, name),
            Op::DropIndex { name, .. } => self.drop_index(name, false),
            _ => {}
        }
    }

    fn edit_column(
        &mut self,
        table: &ObjectName,
        column: &str,
        edit: impl FnOnce(&mut Column, bool),
        born: &Born,
    ) {
        self.edit(table, |it| {
            let protects = born.sure || (born.branch.is_some() && born.branch == it.born.branch);
            if let Some(column) = it.columns.get_mut(column) {
                edit(column, protects);
            }
        });
    }

    /// Adds constraints to a table that is there.
    pub(super) fn add_constraints(
        &mut self,
        table: &ObjectName,
        new: &[NewConstraint],
        born: &Born,
    ) {
        let resolved = self.resolve(table);
        let (name, found) = match &resolved {
            Resolved::Temporary(name) => {
                (TableName::new("pg_temp", name), self.temporary.get(name).cloned())
            }
            Resolved::Permanent(name) => {
                (name.clone(), self.table(name).map(std::borrow::Cow::into_owned))
            }
        };
        let Some(mut changed) = found else { return };
        self.declare(&name, &mut changed, new, born);
        for index in new.iter().filter_map(|it| it.using_index.as_ref()) {
            changed.indexes.remove(index);
            self.put_index(TableName::new(name.schema.as_str(), index), None);
        }
        self.edit(table, |it| *it = changed);
    }

    /// Writes constraints into a table, in the order in which Postgres names them.
    pub(super) fn declare(
        &self,
        name: &TableName,
        table: &mut Table,
        new: &[NewConstraint],
        born: &Born,
    ) {
        for mut it in in_order(new) {
            if let Some(index) = &it.using_index {
                self.take_index(name, index, &mut it.kind);
                it.name = it.name.or_else(|| Some(index.clone()));
            }
            if let ConstraintKind::ForeignKey(key) = &mut it.kind {
                self.point(name, table, key);
            }
            let made = it.name.unwrap_or_else(|| self.constraint_name(name, table, &it.kind));
            if table.constraints.contains_key(&made) {
                continue;
            }
            forbid_nulls(table, &it.kind, !it.not_valid && born.sure);
            let at = born.at.as_ref().map(|at| Span::new(at.path.clone(), it.at));
            let born = Born { at, ..born.clone() };
            let constraint = Constraint { kind: it.kind, validated: !it.not_valid, born };
            table.constraints.insert(made, constraint);
        }
    }

    /// Writes out what a foreign key of the table refers to.
    fn point(&self, name: &TableName, table: &Table, key: &mut ForeignKey) {
        let target = match self.resolve(&key.target) {
            Resolved::Temporary(name) => TableName::new("pg_temp", name),
            Resolved::Permanent(name) => name,
        };
        key.target = ObjectName::new(Some(&target.schema), &target.name);
        if key.target_columns.is_empty() {
            let own = (target == *name).then_some(table).and_then(Table::primary_key);
            let other = self.table(&target);
            let primary = own.or_else(|| other.as_ref().and_then(|it| it.primary_key()));
            key.target_columns = primary.unwrap_or_default().to_vec();
        }
    }

    /// `USING INDEX`: the constraint is on what the index is on.
    fn take_index(&self, table: &TableName, index: &str, kind: &mut ConstraintKind) {
        let name = TableName::new(table.schema.as_str(), index);
        let Some(index) = self.indexes.get(&name) else { return };
        let keys = index.keys.iter().filter_map(|it| it.column.clone()).collect();
        match kind {
            ConstraintKind::PrimaryKey { columns } => *columns = keys,
            ConstraintKind::Unique { columns, nulls_not_distinct } => {
                *columns = keys;
                *nulls_not_distinct = index.nulls_not_distinct;
            }
            _ => {}
        }
    }

    fn drop_constraint(&mut self, table: &ObjectName, name: &str, cascade: Cascade) {
        let mut dropped = None;
        self.edit(table, |it| {
            dropped = it.constraints.remove(name);
            if let Some(ConstraintKind::Default { column }) = dropped.as_ref().map(|it| &it.kind)
                && let Some(column) = it.columns.get_mut(column)
            {
                column.default = None;
            }
        });
        let key = dropped.and_then(|it| match it.kind {
            ConstraintKind::PrimaryKey { columns } | ConstraintKind::Unique { columns, .. } => {
                Some(columns)
            }
            _ => None,
        });
        if let (Some(columns), Cascade::Yes, Resolved::Permanent(table)) =
            (key, cascade, self.resolve(table))
        {
            self.drop_foreign_keys(&table, &columns);
        }
    }

    /// It may be gone, so it excuses nothing any more.
    fn doubt_constraint(&mut self, table: &ObjectName, name: &str) {
        self.edit(table, |it| {
            if let Some(found) = it.constraints.get_mut(name) {
                found.born.sure = false;
            }
        });
    }

    /// What goes with a column: constraints and indexes that use it, and with `CASCADE` what refers to it.
    pub(super) fn drop_column(&mut self, table: &ObjectName, column: &str, cascade: Cascade) {
        let uses = |it: &Constraint| it.kind.columns().iter().any(|it| it == column);
        self.edit(table, |it| {
            it.columns.remove(column);
            it.constraints.retain(|_, it| !uses(it));
            if cascade == Cascade::Yes {
                it.policies.retain(|_, policy| !policy.names(column));
            }
        });
        let Resolved::Permanent(name) = self.resolve(table) else { return };
        let Some(found) = self.table(&name).map(std::borrow::Cow::into_owned) else { return };
        for (index, it) in self.own_indexes(&name, &found) {
            if it.uses(column) {
                self.put_index(TableName::new(name.schema.as_str(), index.as_str()), None);
                self.edit_table(&name, |it| {
                    it.indexes.remove(&index);
                });
            }
        }
        if cascade == Cascade::Yes {
            self.drop_foreign_keys(&name, &[column.to_owned()]);
        }
    }

    pub(super) fn rename_column(&mut self, table: &ObjectName, from: &str, to: &str) {
        self.edit(table, |it| {
            if let Some(column) = it.columns.remove(from) {
                it.columns.insert(to.to_owned(), column);
            }
            for it in it.shows.iter_mut().filter(|it| *it == from) {
                to.clone_into(it);
            }
            for it in it.constraints.values_mut() {
                it.kind.rename_column(from, to);
            }
            it.policies.values_mut().for_each(|policy| policy.rename(from, to));
        });
        let Resolved::Permanent(name) = self.resolve(table) else { return };
        let Some(found) = self.table(&name).map(std::borrow::Cow::into_owned) else { return };
        for (index, mut it) in self.own_indexes(&name, &found) {
            if it.uses(from) {
                it.rename_column(from, to);
                self.put_index(TableName::new(name.schema.as_str(), index), Some(it));
            }
        }
        let refers = |key: &ForeignKey| key.target_columns.iter().any(|it| it == from);
        for (child, constraint) in self.foreign_keys_to(&name, &found, refers) {
            self.edit_foreign_key(&child, &constraint, |key| {
                for it in key.target_columns.iter_mut().filter(|it| *it == from) {
                    to.clone_into(it);
                }
            });
        }
    }
}

/// Checks first, then what has an index, then foreign keys. Of keys over the same columns Postgres makes only the
/// first, under the name of whichever has one.
fn in_order(new: &[NewConstraint]) -> Vec<NewConstraint> {
    let rank = |it: &NewConstraint| match it.kind {
        ConstraintKind::Check(_)
        | ConstraintKind::NotNull { .. }
        | ConstraintKind::Default { .. } => 0,
        ConstraintKind::PrimaryKey { .. } => 1,
        ConstraintKind::Unique { .. } | ConstraintKind::Exclude { .. } => 2,
        ConstraintKind::ForeignKey(_) => 3,
    };
    let mut ordered: Vec<NewConstraint> = new.to_vec();
    ordered.sort_by_key(rank);
    let mut kept: Vec<NewConstraint> = Vec::new();
    for it in ordered {
        let same = |one: &NewConstraint| {
            let plain = |it: &NewConstraint| match &it.kind {
                ConstraintKind::PrimaryKey { .. } => Some(false),
                ConstraintKind::Unique { nulls_not_distinct, .. } => Some(*nulls_not_distinct),
                _ => None,
            };
            plain(one).is_some()
                && plain(one) == plain(&it)
                && one.kind.columns() == it.kind.columns()
                && it.using_index.is_none()
        };
        match kept.iter_mut().find(|one| same(one)) {
            Some(one) => one.name = one.name.take().or(it.name),
            None => kept.push(it),
        }
    }
    kept
}

/// A primary key, or a `NOT NULL` constraint, is `NOT NULL` of its columns.
fn forbid_nulls(table: &mut Table, kind: &ConstraintKind, sure: bool) {
    if !matches!(kind, ConstraintKind::PrimaryKey { .. } | ConstraintKind::NotNull { .. }) {
        return;
    }
    for column in kind.columns() {
        if let Some(column) = table.columns.get_mut(column) {
            column.not_null |= sure;
        }
    }
}
