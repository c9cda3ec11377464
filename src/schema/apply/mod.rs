//! What a change leaves behind.
//!
//! Where it is not certain that an effect happens, the catalog after it is the worse of the two: a table that may
//! have been created is there and has no row level security, protection that may have been switched on is not.

mod access;
mod index;
mod naming;
mod routine;
mod structure;
mod table;
mod temporary;
mod types;

use access::replaced;

use super::{
    AttributeOp, Born, Boundary, Cascade, Catalog, Certainty, Change, Column, Guard, NewTable,
    ObjectName, Op, Persistence, RelationKind, Resolved, RlsSwitch, Table, TableName, Type,
    TypeKind, bare_type,
};
use crate::source::{RepoPath, Span};

impl Catalog {
    /// Applies one change of the migration at `path`.
    #[allow(clippy::too_many_lines)]
    pub fn apply(&mut self, path: &RepoPath, change: &Change) {
        let born = self.born(path, change);
        let sure = change.certainty == Certainty::Sure;
        self.loosen_temporary(&change.op);
        match &change.op {
            Op::CreateSchema { name, guard } => {
                if !self.schemas.contains_key(name) {
                    let born = Born { sure: born.sure && *guard == Guard::None, ..born };
                    self.put_schema(name, Some(born));
                }
            }
            Op::DropSchema { name, .. } if sure => {
                self.put_schema(name, None);
                let gone: Vec<TableName> =
                    self.tables.iter().map(|(it, _)| it).filter(|it| it.schema == *name).collect();
                self.drop_relations(gone, Cascade::Yes);
                self.drop_sequences(name);
            }
            Op::CreateTable(table) => self.create_table(table, change.certainty, &born),
            Op::DropTable { name, cascade } | Op::DropView { name, cascade } if sure => {
                match self.resolve(name) {
                    Resolved::Temporary(name) => self.put_temporary(&name, None),
                    Resolved::Permanent(name) => self.drop_relations(vec![name], *cascade),
                }
            }
            // A table that may have been dropped may as well be there; what was made in its place is not the old one.
            Op::RenameTable { from, to } | Op::RenameIndex { from, to } => {
                if self.is_index(from) {
                    self.rename_index(from, to);
                    return;
                }
                match self.resolve(from) {
                    Resolved::Permanent(name) => {
                        let renamed = TableName::new(name.schema.as_str(), to.as_str());
                        self.move_table(&name, &renamed);
                    }
                    Resolved::Temporary(name) => self.rename_temporary(&name, to, &born),
                }
            }
            Op::MoveTable { from, schema } => {
                if let Resolved::Permanent(name) = self.resolve(from) {
                    let moved = TableName::new(schema.as_str(), name.name.as_str());
                    self.move_table(&name, &moved);
                }
            }
            Op::RenameSchema { from, to } => {
                self.rename_schema(from, to);
                let born = self.schemas.get(from).cloned();
                self.put_schema(from, None);
                self.put_schema(to, born);
            }
            Op::Attach { parent, child } => {
                let child = self.resolve_permanent(child);
                let parent = self.resolve_permanent(parent);
                if !self.is_new(&child) {
                    self.edit_table(&parent, |table| table.born.sure = false);
                }
                self.edit_table(&child, |table| table.parent = Some(parent));
            }
            Op::AddColumn { table, column, constraints, guard } => {
                let born = Born { sure: born.sure && *guard == Guard::None, ..born };
                self.add_column(table, column, constraints, &born);
            }
            Op::DropColumn { table, column, cascade, .. } if sure => {
                self.drop_column(table, column, *cascade);
            }
            Op::RenameColumn { table, from, to } => self.rename_column(table, from, &to.name),
            Op::AlterColumnType { table, column, to, .. } => self.retype(table, column, to),
            Op::SetRls { table, switch } => {
                self.set_rls(table, *switch, change.certainty, born.at.as_ref());
            }
            Op::CreateType { name, kind } => {
                let name = self.created_as(name);
                if !self.types.contains(&name) {
                    self.put_type(name, Some(Type { kind: kind.clone(), born }));
                }
            }
            Op::DropType { name, cascade, .. } if sure => self.drop_type(name, *cascade),
            Op::RenameType { from, to } => {
                let from = self.resolve_type(from);
                let to = TableName::new(from.schema.as_str(), to.as_str());
                let moved = self.types.get(&from).map(std::borrow::Cow::into_owned);
                self.put_type(from.clone(), None);
                self.put_type(to.clone(), moved);
                self.retype_columns(&from, &to);
            }
            Op::MoveType { from, schema } => {
                let from = self.resolve_type(from);
                let moved = self.types.get(&from).map(std::borrow::Cow::into_owned);
                self.put_type(from.clone(), None);
                self.put_type(TableName::new(schema.as_str(), from.name), moved);
            }
            Op::AddEnumValue { name, value } => self.edit_type(name, |kind| {
                if let TypeKind::Enum(labels) = kind {
                    labels.push(value.clone());
                }
            }),
            Op::RenameEnumValue { name, from, to } => self.edit_type(name, |kind| {
                if let TypeKind::Enum(labels) = kind {
                    labels.iter_mut().filter(|it| *it == from).for_each(|it| it.clone_from(to));
                }
            }),
            Op::Attribute { of, op } => self.edit_type(of, |kind| {
                let TypeKind::Composite(attributes) = kind else { return };
                match op {
                    AttributeOp::Add(new) => {
                        attributes.push((new.name.clone(), new.data_type.clone()));
                    }
                    AttributeOp::Drop { attribute } => attributes.retain(|(it, _)| it != attribute),
                    AttributeOp::Rename { from, to } => {
                        let found = attributes.iter_mut().filter(|(it, _)| it == from);
                        found.for_each(|it| it.0.clone_from(&to.name));
                    }
                    AttributeOp::AlterType { attribute, to } => {
                        let found = attributes.iter_mut().filter(|(it, _)| it == attribute);
                        found.for_each(|it| it.1.clone_from(to));
                    }
                }
            }),
            Op::SetSearchPath { schemas, lasting } => {
                if change.certainty != Certainty::Deferred {
                    let path = if sure { schemas.clone() } else { None };
                    self.set_search_path(path, *lasting);
                }
            }
            Op::Transaction(boundary) if sure => self.transaction(boundary),
            // It may happen: what is taken away stays taken away, and what protects counts no longer.
            Op::Transaction(Boundary::Rollback | Boundary::RollbackTo(_))
                if change.certainty != Certainty::Deferred =>
            {
                self.distrust(|_| true);
            }
            Op::SetNotNull { .. }
            | Op::DropNotNull { .. }
            | Op::SetDefault { .. }
            | Op::DropDefault { .. }
            | Op::SetGenerated { .. }
            | Op::AddConstraint { .. }
            | Op::DropConstraint { .. }
            | Op::ValidateConstraint { .. }
            | Op::RenameConstraint { .. }
            | Op::CreateIndex(_)
            | Op::DropIndex { .. }
            | Op::CreateSequence { .. }
            | Op::DropSequence { .. }
            | Op::Detach { .. }
            | Op::CommentOnTable { .. } => self.apply_structure(change, &born),
            Op::CreatePolicy { .. }
            | Op::AlterPolicy { .. }
            | Op::RenamePolicy { .. }
            | Op::DropPolicy { .. }
            | Op::SetSecurityInvoker { .. }
            | Op::Grant { .. }
            | Op::Revoke { .. }
            | Op::CreateExtension { .. }
            | Op::DropExtension { .. } => self.apply_access(change, &born),
            Op::CreateRoutine(_)
            | Op::Routine { .. }
            | Op::CreateTrigger { .. }
            | Op::DropTrigger { .. }
            | Op::RenameTrigger { .. }
            | Op::SetTrigger { .. } => self.apply_routine(change, &born),
            // They change nothing that is remembered.
            Op::SetStorage { .. }
            | Op::SetOwner { .. }
            | Op::EventTrigger { .. }
            | Op::RewriteRule { .. }
            | Op::AlterDomain { .. }
            | Op::ResetSequence { .. }
            | Op::DefaultPrivileges { .. }
            | Op::Role(_)
            | Op::Publish { .. }
            | Op::Unpublish { .. }
            | Op::Update { .. }
            | Op::Insert { .. }
            | Op::CopyRows { .. }
            | Op::Maintain { .. }
            | Op::Lock { .. }
            | Op::Configure { .. }
            | Op::Set { .. }
            | Op::OutsideTransaction { .. }
            | Op::DropSchema { .. }
            | Op::DropTable { .. }
            | Op::DropView { .. }
            | Op::DropColumn { .. }
            | Op::DropType { .. }
            | Op::DropDatabase { .. }
            | Op::Transaction(_)
            | Op::Truncate { .. }
            | Op::Delete { .. }
            | Op::Opaque { .. } => {}
        }
    }

    fn born(&self, path: &RepoPath, change: &Change) -> Born {
        Born {
            epoch: self.epoch,
            sure: change.certainty == Certainty::Sure,
            branch: match change.certainty {
                Certainty::Maybe(branch) => Some(branch),
                Certainty::Sure | Certainty::Deferred => None,
            },
            at: Some(Span::new(path.clone(), change.span.clone())),
        }
    }

    fn create_table(&mut self, new: &NewTable, certainty: Certainty, born: &Born) {
        // IF NOT EXISTS of a temporary table asks only for a temporary one, and a session begins with none.
        let temporary = new.persistence == Persistence::Temporary
            || new.name.schema.as_deref() == Some("pg_temp");
        let sure = born.sure && (temporary || (new.guard == Guard::None && !new.replaces));
        let at = |range: &std::ops::Range<usize>| {
            born.at.as_ref().map(|at| Span::new(at.path.clone(), range.clone()))
        };
        let born = Born { sure, at: at(&new.at), ..born.clone() };
        let somewhere = new.name.schema.is_none() && !self.usual_search_path();
        let mut table = Table {
            partitioned: new.partitioned,
            reads: self.read_by(new),
            shows: new.shows.clone(),
            security_invoker: new.security_invoker.unwrap_or_default(),
            somewhere,
            defined: Born { sure: certainty == Certainty::Sure, ..born.clone() },
            ..Table::new(new.kind, born.clone())
        };
        let mut name = self.created_as(&new.name);
        if temporary {
            "pg_temp".clone_into(&mut name.schema);
        }
        self.fill(&mut table, new, &name);
        if temporary {
            if certainty != Certainty::Deferred {
                self.create_temporary(&new.name.name, table);
            }
            return;
        }
        // A second CREATE fails or, with IF NOT EXISTS, does nothing: what was there is what stays.
        match self.tables.get(&name) {
            Some(there) if !new.replaces && there.kind != RelationKind::View => {}
            Some(there) if new.replaces => {
                let table = replaced(&there, table, certainty);
                self.put_table(name, Some(table));
            }
            _ => {
                self.unsettled.created.insert(name.clone(), !self.marks.is_empty());
                self.put_table(name.clone(), Some(table));
                self.take_over_indexes(new, &name, &born);
            }
        }
    }

    fn set_rls(
        &mut self,
        table: &ObjectName,
        switch: RlsSwitch,
        certainty: Certainty,
        at: Option<&Span>,
    ) {
        // Switching on in a branch counts for a table that the same branch made, and for no other.
        let protects = |born: &Born| match certainty {
            Certainty::Sure => true,
            Certainty::Maybe(branch) => born.branch == Some(branch),
            Certainty::Deferred => false,
        };
        let set = |it: &mut Table| match switch {
            RlsSwitch::Enable if protects(&it.born) => {
                it.rls = true;
                it.disabled_at = None;
            }
            RlsSwitch::Force if protects(&it.born) => {
                it.forced_rls = true;
                it.unforced_at = None;
            }
            RlsSwitch::Enable | RlsSwitch::Force => {}
            RlsSwitch::Disable => {
                it.rls = false;
                it.disabled_at = at.cloned();
            }
            RlsSwitch::NoForce => {
                it.forced_rls = false;
                it.unforced_at = at.cloned();
            }
        };
        let off = matches!(switch, RlsSwitch::Disable | RlsSwitch::NoForce);
        match self.resolve(table) {
            Resolved::Permanent(name) => {
                if !off {
                    self.remember_protection(&name);
                }
                self.edit_table(&name, set);
            }
            // After ON COMMIT DROP or DISCARD the statement reaches the table that the temporary one hid.
            Resolved::Temporary(_) if off && table.schema.is_none() => {
                let hidden = self.resolve_permanent(table);
                self.edit_table(&hidden, set);
            }
            Resolved::Temporary(_) => {}
        }
    }

    /// Columns keep their type under its new name. Only tables written by this change set are looked at: an older
    /// column of a renamed type is of an older type all the same.
    fn retype_columns(&mut self, from: &TableName, to: &TableName) {
        let uses = |column: &Column| bare_type(&column.data_type) == from.name;
        // Those of the past as well: a type is seldom renamed, so all are looked through.
        let used: Vec<TableName> = self
            .tables
            .iter()
            .filter(|(_, table)| table.columns.values().any(uses))
            .map(|(name, _)| name)
            .collect();
        for table in used {
            self.edit_table(&table, |it| {
                for column in it.columns.values_mut().filter(|it| uses(it)) {
                    let array = if column.data_type.ends_with(']') { "[]" } else { "" };
                    column.data_type = format!("{}{array}", super::quoted(&to.name));
                }
            });
        }
    }
}
