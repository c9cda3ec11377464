//! What ends with the session: temporary tables, their sequences and their indexes.
//!
//! A name is taken for that of a temporary thing only as long as it is one for certain.

use super::super::{Born, Catalog, Generated, Op, Resolved, Table, TableName};

/// The schema that a session has for itself.
const OWN: &str = "pg_temp";

impl Catalog {
    /// A temporary table, and the sequences that come with its columns.
    pub(super) fn create_temporary(&mut self, name: &str, table: Table) {
        let numbered = table.columns.iter().filter(|(_, it)| {
            it.generated == Some(Generated::Identity) || it.default.as_deref() == Some("nextval")
        });
        let sequences = numbered.map(|(column, _)| self.sequence_name(name, column));
        let sequences: Vec<String> = sequences.filter(|_| table.born.sure).collect();
        for sequence in sequences {
            self.put_sequence(TableName::new(OWN, sequence), Some(table.born.clone()));
        }
        self.put_temporary(name, Some(table));
    }

    /// It stays temporary under its new name. Where it may not have been renamed, neither name is certain: whoever
    /// uses one may reach an older table.
    pub(super) fn rename_temporary(&mut self, from: &str, to: &str, born: &Born) {
        let Some(table) = self.temporary.get(from).cloned() else { return };
        if born.sure {
            self.put_temporary(from, None);
            self.put_temporary(to, Some(table));
            return;
        }
        let doubtful = Born { sure: false, branch: None, ..table.born.clone() };
        let branch = born.branch.filter(|_| table.born.sure || table.born.branch == born.branch);
        let renamed = Born { sure: false, branch, ..table.born.clone() };
        self.put_temporary(from, Some(Table { born: doubtful, ..table.clone() }));
        self.put_temporary(to, Some(Table { born: renamed, ..table }));
    }

    /// Before a change that may take a sequence or an index of a temporary table away, or what it is called after.
    pub(super) fn loosen_temporary(&mut self, op: &Op) {
        let (table, whole) = match op {
            // Both rename a sequence as well when the name is a sequence's.
            Op::DropSequence { name: from, .. }
            | Op::RenameTable { from, .. }
            | Op::RenameIndex { from, .. } => (from, true),
            Op::DropTable { name, .. } => (name, true),
            Op::DropColumn { table, .. } | Op::SetGenerated { table, .. } => (table, false),
            _ => return,
        };
        let own = TableName::new(OWN, table.name.as_str());
        if whole && table.schema.as_deref().is_none_or(|it| it == OWN) {
            if self.sequences.contains(&own) {
                self.put_sequence(own.clone(), None);
            }
            if matches!(op, Op::RenameTable { .. }) && self.indexes.contains(&own) {
                self.put_index(own.clone(), None);
            }
        }
        let Resolved::Temporary(name) = self.resolve(table) else { return };
        let begins = format!("{name}_");
        let written = self.sequences.written().map(|(it, _)| it);
        let serial = written.filter(|it| it.schema == OWN && it.name.starts_with(&begins));
        for it in serial.cloned().collect::<Vec<_>>() {
            self.put_sequence(it, None);
        }
        if whole {
            let written = self.indexes.written().filter(|(_, it)| it.table == own);
            for it in written.map(|(name, _)| name.clone()).collect::<Vec<_>>() {
                self.put_index(it, None);
            }
        }
    }

    /// The session is over.
    pub(in crate::schema) fn forget_temporary(&mut self) {
        self.temporary.clear();
        let own = |name: &&TableName| name.schema == OWN;
        let sequences = self.sequences.written().map(|(name, _)| name);
        for name in sequences.filter(own).cloned().collect::<Vec<_>>() {
            self.sequences.put(name, None);
        }
        let indexes = self.indexes.written().map(|(name, _)| name);
        for name in indexes.filter(own).cloned().collect::<Vec<_>>() {
            self.indexes.put(name, None);
        }
    }
}
