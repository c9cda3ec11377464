//! Writes to a catalog that a transaction can take back.

use super::catalog::{Mark, Undo};
use super::{Born, Boundary, Catalog, ObjectName, Resolved, Table, TableName, Type, TypeKind};

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
            Boundary::Commit => {
                self.marks.clear();
                self.journal.clear();
            }
            Boundary::Rollback => {
                if let Some(mark) = self.marks.first() {
                    self.undo_to(mark.at);
                }
                self.marks.clear();
                self.journal.clear();
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

    pub(super) fn undo_to(&mut self, at: usize) {
        while self.journal.len() > at {
            match self.journal.pop() {
                Some(Undo::Table(name, value)) => self.tables.put(name, value),
                Some(Undo::Type(name, value)) => self.types.put(name, value),
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
