//! Writes to a catalog that a transaction can take back.

use super::catalog::{Mark, Protected, Protection, SessionPath, Undo, Unsettled};
use super::{
    Born, Boundary, Catalog, Index, Lasting, ObjectName, Resolved, Routine, Table, TableName, Type,
    TypeKind,
};

impl Catalog {
    pub(super) fn transaction(&mut self, boundary: &Boundary) {
        let at = self.journal.len();
        let savepoint = |marks: &[Mark], name: &str| {
            marks.iter().rposition(|mark| mark.savepoint.as_deref() == Some(name))
        };
        match boundary {
            // A BEGIN inside a transaction is a warning and nothing else.
            Boundary::Begin if self.marks.is_empty() => {
                self.marks.push(Mark { savepoint: None, at });
            }
            Boundary::Begin => {}
            Boundary::Commit => self.end_transaction(),
            Boundary::Rollback => {
                if let Some(mark) = self.marks.first() {
                    self.undo_to(mark.at);
                }
                self.distrust(|it| !it.begun);
                self.end_transaction();
            }
            Boundary::Savepoint(name) if !self.marks.is_empty() => {
                self.marks.push(Mark { savepoint: Some(name.clone()), at });
            }
            Boundary::Savepoint(_) => {}
            Boundary::RollbackTo(name) => {
                if let Some(found) = savepoint(&self.marks, name) {
                    self.undo_to(self.marks[found].at);
                    self.marks.truncate(found + 1);
                }
            }
            Boundary::Release(name) => {
                if let Some(found) = savepoint(&self.marks, name) {
                    self.marks.truncate(found);
                }
            }
        }
    }

    fn end_transaction(&mut self) {
        self.marks.clear();
        self.journal.clear();
        self.unsettled = Unsettled::default();
        if let Some(SessionPath(path)) = self.session_path.take() {
            self.search_path = path;
        }
    }

    /// Before row level security is switched on.
    pub(super) fn remember_protection(&mut self, name: &TableName) {
        let Some(table) = self.tables.get(name) else { return };
        let before = Protection {
            rls: table.rls,
            forced_rls: table.forced_rls,
            disabled_at: table.disabled_at.clone(),
            unforced_at: table.unforced_at.clone(),
        };
        let begun = !self.marks.is_empty();
        self.unsettled.protected.push(Protected { name: name.clone(), begun, before });
    }

    /// Takes back protection that may not have been kept, of tables that may have been.
    pub(super) fn distrust(&mut self, of: impl Fn(&Protected) -> bool) {
        let Unsettled { created, protected } = std::mem::take(&mut self.unsettled);
        for it in protected.into_iter().rev().filter(|it| of(it)) {
            let together = created.get(&it.name).is_some_and(|begun| *begun || !it.begun);
            if together {
                continue;
            }
            self.edit_table(&it.name, |table| {
                let Protection { rls, forced_rls, disabled_at, unforced_at } = it.before;
                table.rls &= rls;
                table.forced_rls &= forced_rls;
                table.disabled_at = disabled_at;
                table.unforced_at = unforced_at;
            });
        }
    }

    /// `SET search_path`. For a transaction alone it can only be where there is one.
    pub(super) fn set_search_path(&mut self, path: Option<Vec<String>>, lasting: Lasting) {
        self.note(Undo::SearchPath(self.search_path.clone()));
        let path = match lasting {
            Lasting::Session => {
                self.session_path = None;
                path
            }
            Lasting::Transaction if self.marks.is_empty() => None,
            Lasting::Transaction => {
                if self.session_path.is_none() {
                    self.session_path = Some(SessionPath(self.search_path.clone()));
                }
                path
            }
        };
        self.search_path = path;
    }

    pub(super) fn undo_to(&mut self, at: usize) {
        while self.journal.len() > at {
            match self.journal.pop() {
                Some(Undo::Table(name, value)) => self.tables.put(name, value),
                Some(Undo::Type(name, value)) => self.types.put(name, value),
                Some(Undo::Index(name, value)) => self.indexes.put(name, value),
                Some(Undo::Routine(name, value)) => self.routines.put(name, value),
                Some(Undo::Sequence(name, value)) => self.sequences.put(name, value),
                Some(Undo::Extension(name, Some(born))) => {
                    self.extensions.insert(name, born);
                }
                Some(Undo::Extension(name, None)) => {
                    self.extensions.remove(&name);
                }
                Some(Undo::Schema(name, Some(born))) => {
                    self.schemas.insert(name, born);
                }
                Some(Undo::Schema(name, None)) => {
                    self.schemas.remove(&name);
                }
                Some(Undo::Temporary(name, Some(table))) => {
                    self.temporary.insert(name, table);
                }
                Some(Undo::Temporary(name, None)) => {
                    self.temporary.remove(&name);
                }
                Some(Undo::SearchPath(path)) => self.search_path = path,
                None => return,
            }
        }
    }

    /// Remembers how to take a write back, while a transaction is open.
    pub(super) fn note(&mut self, undo: Undo) {
        if !self.marks.is_empty() {
            self.journal.push(undo);
        }
    }

    pub(super) fn put_table(&mut self, name: TableName, table: Option<Table>) {
        if !self.marks.is_empty() {
            let before = self.tables.get(&name).map(std::borrow::Cow::into_owned);
            self.note(Undo::Table(name.clone(), before));
        }
        self.tables.put(name, table);
    }

    pub(super) fn put_type(&mut self, name: TableName, data_type: Option<Type>) {
        if !self.marks.is_empty() {
            let before = self.types.get(&name).map(std::borrow::Cow::into_owned);
            self.note(Undo::Type(name.clone(), before));
        }
        self.types.put(name, data_type);
    }

    pub(super) fn put_index(&mut self, name: TableName, index: Option<Index>) {
        if !self.marks.is_empty() {
            let before = self.indexes.get(&name).map(std::borrow::Cow::into_owned);
            self.note(Undo::Index(name.clone(), before));
        }
        self.indexes.put(name, index);
    }

    pub(super) fn put_routine(&mut self, name: TableName, routine: Option<Routine>) {
        if !self.marks.is_empty() {
            let before = self.routines.get(&name).map(std::borrow::Cow::into_owned);
            self.note(Undo::Routine(name.clone(), before));
        }
        self.routines.put(name, routine);
    }

    pub(super) fn put_sequence(&mut self, name: TableName, born: Option<Born>) {
        if !self.marks.is_empty() {
            let before = self.sequences.get(&name).map(std::borrow::Cow::into_owned);
            self.note(Undo::Sequence(name.clone(), before));
        }
        self.sequences.put(name, born);
    }

    pub(super) fn put_extension(&mut self, name: &str, born: Option<Born>) {
        let before = match born {
            Some(born) => self.extensions.insert(name.to_owned(), born),
            None => self.extensions.remove(name),
        };
        self.note(Undo::Extension(name.to_owned(), before));
    }

    pub(super) fn put_schema(&mut self, name: &str, born: Option<Born>) {
        let before = match born {
            Some(born) => self.schemas.insert(name.to_owned(), born),
            None => self.schemas.remove(name),
        };
        self.note(Undo::Schema(name.to_owned(), before));
    }

    pub(super) fn put_temporary(&mut self, name: &str, table: Option<Table>) {
        let before = match table {
            Some(table) => self.temporary.insert(name.to_owned(), table),
            None => self.temporary.remove(name),
        };
        self.note(Undo::Temporary(name.to_owned(), before));
    }

    pub(super) fn edit(&mut self, name: &ObjectName, edit: impl FnOnce(&mut Table)) {
        match self.resolve(name) {
            Resolved::Permanent(name) => self.edit_table(&name, edit),
            Resolved::Temporary(name) => {
                let before = self.temporary.get(&name).cloned();
                if let Some(table) = self.temporary.get_mut(&name) {
                    edit(table);
                    self.note(Undo::Temporary(name, before));
                }
            }
        }
    }

    pub(super) fn edit_table(&mut self, name: &TableName, edit: impl FnOnce(&mut Table)) {
        if !self.marks.is_empty()
            && let Some(before) = self.tables.get(name)
        {
            let undo = Undo::Table(name.clone(), Some(before.into_owned()));
            self.journal.push(undo);
        }
        if let Some(table) = self.tables.get_mut(name) {
            edit(table);
        }
    }

    pub(super) fn edit_type(&mut self, name: &ObjectName, edit: impl FnOnce(&mut TypeKind)) {
        let name = self.resolve_type(name);
        if let Some(before) = self.types.get(&name).map(std::borrow::Cow::into_owned) {
            self.note(Undo::Type(name.clone(), Some(before)));
        }
        if let Some(found) = self.types.get_mut(&name) {
            edit(&mut found.kind);
        }
    }
}
