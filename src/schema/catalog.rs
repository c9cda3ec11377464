//! The shape of a database at one moment.

use std::collections::{BTreeMap, BTreeSet};

use super::store::Stored;
use super::{Born, Index, ObjectName, RelationKind, Routine, Shown, Table, TableName, Type};

/// Tables, types and schemas, as the migrations so far leave them.
#[derive(Clone, Debug)]
pub struct Catalog {
    pub(super) tables: Stored<Table>,
    pub(super) types: Stored<Type>,
    /// By their own name, in the schema of their table.
    pub(super) indexes: Stored<Index>,
    /// By name and arguments: `add(integer,integer)`.
    pub(super) routines: Stored<Routine>,
    pub(super) sequences: Stored<Born>,
    pub(super) extensions: BTreeMap<String, Born>,
    pub(super) schemas: BTreeMap<String, Born>,
    /// Who is a member of which roles by a `GRANT` of the migrations.
    pub(super) members: BTreeMap<String, BTreeSet<String>>,
    /// Temporary tables of the session at hand, which hide others of the same name.
    pub(super) temporary: BTreeMap<String, Table>,
    /// Where unqualified names are looked up. Absent: nobody can tell.
    pub(super) search_path: Option<Vec<String>>,
    /// What it is again when the transaction ends, where it was set for the transaction alone.
    pub(super) session_path: Option<SessionPath>,
    pub(super) epoch: u32,
    /// What the change set at hand has dropped, so far as it is not there again.
    pub(super) gone: BTreeMap<TableName, Table>,
    pub(super) journal: Vec<Undo>,
    pub(super) marks: Vec<Mark>,
    /// What a transaction that fails, or is never committed, takes back.
    pub(super) unsettled: Unsettled,
}

/// Where unqualified names are looked up in the session, whatever the transaction at hand has set.
#[derive(Clone, Debug)]
pub(super) struct SessionPath(pub(super) Option<Vec<String>>);

/// How to take back one write.
#[derive(Clone, Debug)]
pub(super) enum Undo {
    Table(TableName, Option<Table>),
    Type(TableName, Option<Type>),
    Index(TableName, Option<Index>),
    Routine(TableName, Option<Routine>),
    Sequence(TableName, Option<Born>),
    Extension(String, Option<Born>),
    Schema(String, Option<Born>),
    Temporary(String, Option<Table>),
    SearchPath(Option<Vec<String>>),
}

/// Where a transaction or savepoint began in the journal.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    /// Absent: the transaction itself.
    pub(super) savepoint: Option<String>,
    pub(super) at: usize,
}

/// What happened since the last commit.
///
/// Some tools send a whole file as one transaction, so that a `ROLLBACK` takes back more than what follows its
/// `BEGIN`; others send statement by statement. Protection counts only where both keep it.
#[derive(Clone, Debug, Default)]
pub(super) struct Unsettled {
    /// Tables that were created; whether after a `BEGIN`.
    pub(super) created: BTreeMap<TableName, bool>,
    pub(super) protected: Vec<Protected>,
}

/// A table whose row level security was switched on, and how it was before.
#[derive(Clone, Debug)]
pub(super) struct Protected {
    pub(super) name: TableName,
    /// Whether after a `BEGIN`.
    pub(super) begun: bool,
    pub(super) before: Protection,
}

#[derive(Clone, Debug)]
pub(super) struct Protection {
    pub(super) rls: bool,
    pub(super) forced_rls: bool,
    pub(super) disabled_at: Option<crate::source::Span>,
    pub(super) unforced_at: Option<crate::source::Span>,
}

/// What a name in a statement means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    Temporary(String),
    Permanent(TableName),
}

impl std::fmt::Display for Resolved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Resolved::Temporary(name) => write!(f, "pg_temp.{}", Shown(name)),
            Resolved::Permanent(name) => name.fmt(f),
        }
    }
}

impl Default for Catalog {
    fn default() -> Catalog {
        Catalog {
            tables: Stored::default(),
            types: Stored::default(),
            indexes: Stored::default(),
            routines: Stored::default(),
            sequences: Stored::default(),
            extensions: BTreeMap::new(),
            schemas: BTreeMap::new(),
            members: BTreeMap::new(),
            temporary: BTreeMap::new(),
            search_path: default_search_path(),
            session_path: None,
            epoch: 0,
            gone: BTreeMap::new(),
            journal: Vec::new(),
            marks: Vec::new(),
            unsettled: Unsettled::default(),
        }
    }
}

/// `"$user", public`; nobody names a schema after a role in a migration.
#[allow(clippy::unnecessary_wraps)]
fn default_search_path() -> Option<Vec<String>> {
    Some(vec!["public".to_owned()])
}

impl Catalog {
    /// What was new is now what people depend on: the next changes are another change set.
    pub fn settle(&mut self) {
        self.epoch += 1;
        self.gone.clear();
    }

    /// Every migration runs in a session of its own: temporary tables, `search_path` and open transactions end here.
    pub fn end_session(&mut self) {
        if !self.marks.is_empty() {
            // Nobody committed: most tools take it back, some commit it themselves.
            self.distrust(|_| true);
        }
        self.unsettled = Unsettled::default();
        self.session_path = None;
        self.forget_temporary();
        self.search_path = default_search_path();
        self.journal.clear();
        self.marks.clear();
    }

    /// Whether a `BEGIN` of the file is open.
    pub fn in_transaction(&self) -> bool {
        !self.marks.is_empty()
    }

    pub fn table(&self, name: &TableName) -> Option<std::borrow::Cow<'_, Table>> {
        self.tables.get(name)
    }

    /// A relation that is there, or was before the change set at hand dropped it: whoever creates it again gives no
    /// new names.
    pub fn table_or_gone(&self, name: &TableName) -> Option<std::borrow::Cow<'_, Table>> {
        self.table(name).or_else(|| self.gone.get(name).map(std::borrow::Cow::Borrowed))
    }

    /// A relation as it was before the change set at hand.
    pub fn table_before(&self, name: &TableName) -> Option<Table> {
        self.tables.before(name)
    }

    /// An index as it was before the change set at hand.
    pub fn index_before(&self, name: &TableName) -> Option<Index> {
        self.indexes.before(name)
    }

    /// A routine as it was before the change set at hand.
    pub fn routine_before(&self, name: &TableName) -> Option<Routine> {
        self.routines.before(name)
    }

    /// A temporary table of the session at hand.
    pub fn temporary(&self, name: &str) -> Option<&Table> {
        self.temporary.get(name)
    }

    pub fn tables(&self) -> impl Iterator<Item = (TableName, std::borrow::Cow<'_, Table>)> {
        self.tables.iter()
    }

    /// Tables that this change set wrote to, created or altered.
    pub fn touched_tables(&self) -> impl Iterator<Item = (&TableName, &Table)> {
        self.tables.written()
    }

    pub fn index(&self, name: &TableName) -> Option<std::borrow::Cow<'_, Index>> {
        self.indexes.get(name)
    }

    /// The indexes of a relation that no constraint made, with their names.
    pub fn indexes_of<'a>(
        &'a self,
        name: &TableName,
        table: &Table,
    ) -> Vec<(String, std::borrow::Cow<'a, Index>)> {
        let find = |index: &String| {
            Some((index.clone(), self.indexes.get(&TableName::new(name.schema.as_str(), index))?))
        };
        table.indexes.iter().filter_map(find).collect()
    }

    /// By name and arguments: `add(integer,integer)`.
    pub fn routine(&self, name: &TableName) -> Option<std::borrow::Cow<'_, Routine>> {
        self.routines.get(name)
    }

    pub fn routines(&self) -> impl Iterator<Item = (TableName, std::borrow::Cow<'_, Routine>)> {
        self.routines.iter()
    }

    /// Routines that this change set created or altered.
    pub fn touched_routines(&self) -> impl Iterator<Item = (&TableName, &Routine)> {
        self.routines.written()
    }

    pub fn sequence(&self, name: &TableName) -> Option<std::borrow::Cow<'_, Born>> {
        self.sequences.get(name)
    }

    pub fn extension(&self, name: &str) -> Option<&Born> {
        self.extensions.get(name)
    }

    pub fn data_type(&self, name: &TableName) -> Option<std::borrow::Cow<'_, Type>> {
        self.types.get(name)
    }

    pub fn data_types(&self) -> impl Iterator<Item = (TableName, std::borrow::Cow<'_, Type>)> {
        self.types.iter()
    }

    /// Whether anybody can tell where the name is looked up.
    pub fn is_findable(&self, name: &ObjectName) -> bool {
        name.schema.is_some() || self.search_path.is_some()
    }

    /// Whether an unqualified name means here what it means by default.
    pub fn usual_search_path(&self) -> bool {
        self.search_path == default_search_path()
    }

    /// Created for certain by the change set at hand, so that nobody can depend on it yet. Never a view: what is
    /// written through it lands in older tables.
    pub fn is_new(&self, name: &TableName) -> bool {
        self.tables.get(name).is_some_and(|table| {
            matches!(table.kind, RelationKind::Table) && self.is_new_born(&table.born)
        })
    }

    pub fn is_new_born(&self, born: &Born) -> bool {
        born.sure && born.epoch == self.epoch
    }

    /// Came to be in the change set at hand, for certain or perhaps.
    pub fn is_recent(&self, born: &Born) -> bool {
        born.epoch == self.epoch
    }

    pub fn is_new_type(&self, name: &TableName) -> bool {
        self.types.get(name).is_some_and(|it| self.is_new_born(&it.born))
    }

    /// Created by the change set at hand, and nothing older has been moved into it.
    pub fn is_new_schema(&self, name: &str) -> bool {
        self.schemas.get(name).is_some_and(|born| self.is_new_born(born))
            && self.tables().all(|(table, it)| table.schema != name || self.is_new_born(&it.born))
    }

    /// Whether an older table has the name, in whatever schema.
    pub fn is_older_name(&self, name: &str) -> bool {
        let called = self.tables.called(name);
        called.iter().any(|it| self.table(it).is_some_and(|it| !self.is_new_born(&it.born)))
    }

    /// Columns of older tables that have this type.
    pub fn columns_of_type(&self, name: &TableName) -> Vec<String> {
        let mut columns = Vec::new();
        for (table, it) in self.tables() {
            for (column, found) in &it.columns {
                if bare_type(&found.data_type) == name.name && !self.is_new_born(&found.born) {
                    columns.push(format!("{table}.{}", Shown(column)));
                }
            }
        }
        columns
    }
}

/// The labels of an enum that stands in its column, as MySQL has it: `enum('a','b')`.
pub fn enum_labels(data_type: &str) -> Option<Vec<String>> {
    let inside = data_type.strip_prefix("enum(")?;
    let (inside, _) = inside.rsplit_once(')')?;
    let mut labels = Vec::new();
    let mut rest = inside.trim();
    while let Some(begun) = rest.strip_prefix('\'') {
        let mut end = 0;
        while let Some(found) = begun[end..].find('\'') {
            end += found;
            if !begun[end + 1..].starts_with('\'') {
                break;
            }
            end += 2;
        }
        labels.push(begun.get(..end)?.replace("''", "'"));
        rest = begun.get(end + 1..)?.trim_start().trim_start_matches(',').trim_start();
    }
    rest.is_empty().then_some(labels)
}

/// The name of a type without schema, quotes and brackets.
pub fn bare_type(data_type: &str) -> String {
    let base = data_type.split('[').next().unwrap_or(data_type).trim();
    base.rsplit('.').next().unwrap_or(base).trim_matches('"').to_owned()
}
