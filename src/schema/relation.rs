//! A relation and what belongs to it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Born, Expression, ObjectName, Privilege, TableName, Whenever};
use crate::source::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RelationKind {
    Table,
    ForeignTable,
    View,
    MaterializedView,
}

/// A relation with columns.
#[allow(clippy::struct_excessive_bools)] // As `pg_class` has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub kind: RelationKind,
    pub columns: BTreeMap<String, Column>,
    /// By name; one that a statement does not name has the name that Postgres would give it.
    pub constraints: BTreeMap<String, Constraint>,
    /// Names of its indexes, which are in its schema; those of constraints are not among them.
    pub indexes: BTreeSet<String>,
    pub policies: BTreeMap<String, Policy>,
    pub triggers: BTreeMap<String, Trigger>,
    /// Of a view: what its query reads, resolved.
    pub reads: Vec<TableName>,
    /// Of a view: the names of all of its columns. Empty: its query does not tell them.
    pub shows: Vec<String>,
    /// Of a view: it reads with the rights of who asks (`security_invoker`, Postgres 15).
    pub security_invoker: bool,
    /// The table whose partition or child it is.
    pub parent: Option<TableName>,
    /// `PARTITION BY`.
    pub partitioned: bool,
    /// Roles that may use it by a `GRANT` of the migrations, and those it was taken from: `true` is granted.
    pub granted: BTreeMap<String, bool>,
    /// What was taken from a role one by one, and not given back.
    pub revoked: BTreeMap<String, BTreeSet<Privilege>>,
    /// `COMMENT ON TABLE`.
    pub comment: Option<String>,
    pub rls: bool,
    pub forced_rls: bool,
    /// Its schema was not written out while `search_path` was not the default, so it may be anywhere.
    pub somewhere: bool,
    pub born: Born,
    /// The statement that switched row level security off, if it still is. Not kept in stored catalogs.
    #[serde(skip)]
    pub disabled_at: Option<Span>,
    /// The same of `NO FORCE`.
    #[serde(skip)]
    pub unforced_at: Option<Span>,
    /// Of a view: the statement that gave it its query or its options last. Not kept in stored catalogs.
    #[serde(skip)]
    pub defined: Born,
    /// Policies that were there and have been dropped or altered since, as they were, and what did it. Not kept in
    /// stored catalogs.
    #[serde(skip)]
    pub former_policies: BTreeMap<String, (Policy, Born)>,
}

impl Table {
    /// A relation without anything in it.
    pub fn new(kind: RelationKind, born: Born) -> Table {
        Table {
            kind,
            columns: BTreeMap::new(),
            constraints: BTreeMap::new(),
            indexes: BTreeSet::new(),
            policies: BTreeMap::new(),
            triggers: BTreeMap::new(),
            reads: Vec::new(),
            shows: Vec::new(),
            security_invoker: false,
            parent: None,
            partitioned: false,
            granted: BTreeMap::new(),
            revoked: BTreeMap::new(),
            comment: None,
            rls: false,
            forced_rls: false,
            somewhere: false,
            born,
            disabled_at: None,
            unforced_at: None,
            defined: Born::default(),
            former_policies: BTreeMap::new(),
        }
    }

    /// Whether its columns are so that every row meets a condition.
    pub fn meets(&self, when: &Whenever) -> bool {
        let key = self.primary_key();
        let set = |it: &String| self.columns.get(it).is_some_and(|it| it.not_null);
        when.set.iter().all(set) && when.keys.iter().all(|it| key == Some(std::slice::from_ref(it)))
    }

    /// The columns of its primary key. Absent: it has none that the migrations show.
    pub fn primary_key(&self) -> Option<&[String]> {
        self.constraints.values().find_map(|it| match &it.kind {
            ConstraintKind::PrimaryKey { columns } => Some(columns.as_slice()),
            _ => None,
        })
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// The type as written, its white space folded; empty where the statement does not say.
    pub data_type: String,
    /// `NOT NULL`, also by a primary key, an identity or a serial type.
    pub not_null: bool,
    /// The text of its default; of a serial type, `nextval`.
    pub default: Option<String>,
    pub generated: Option<Generated>,
    pub born: Born,
}

/// A column whose value the database makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Generated {
    Stored,
    Virtual,
    /// `GENERATED … AS IDENTITY`.
    Identity,
}

/// A constraint of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Constraint {
    pub kind: ConstraintKind,
    /// Not `NOT VALID`, or validated since.
    pub validated: bool,
    pub born: Born,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConstraintKind {
    PrimaryKey {
        columns: Vec<String>,
    },
    Unique {
        columns: Vec<String>,
        nulls_not_distinct: bool,
    },
    ForeignKey(ForeignKey),
    Check(Expression),
    Exclude {
        /// Those it names outside of expressions.
        columns: Vec<String>,
    },
    /// `CONSTRAINT … NOT NULL column` (Postgres 18).
    NotNull {
        column: String,
    },
    /// `CONSTRAINT … DEFAULT … FOR column` of SQL Server, where a default goes by its name.
    Default {
        column: String,
    },
}

impl ConstraintKind {
    /// Whether an index of its name comes with it.
    pub fn is_indexed(&self) -> bool {
        matches!(
            self,
            ConstraintKind::PrimaryKey { .. }
                | ConstraintKind::Unique { .. }
                | ConstraintKind::Exclude { .. }
        )
    }

    /// The columns of its table that it cannot be without.
    pub fn columns(&self) -> &[String] {
        match self {
            ConstraintKind::PrimaryKey { columns }
            | ConstraintKind::Unique { columns, .. }
            | ConstraintKind::Exclude { columns } => columns,
            ConstraintKind::ForeignKey(it) => &it.columns,
            ConstraintKind::Check(it) => &it.columns,
            ConstraintKind::NotNull { column } | ConstraintKind::Default { column } => {
                std::slice::from_ref(column)
            }
        }
    }

    fn columns_mut(&mut self) -> &mut [String] {
        match self {
            ConstraintKind::PrimaryKey { columns }
            | ConstraintKind::Unique { columns, .. }
            | ConstraintKind::Exclude { columns } => columns,
            ConstraintKind::ForeignKey(it) => &mut it.columns,
            ConstraintKind::Check(it) => &mut it.columns,
            ConstraintKind::NotNull { column } | ConstraintKind::Default { column } => {
                std::slice::from_mut(column)
            }
        }
    }

    pub(super) fn rename_column(&mut self, from: &str, to: &str) {
        for it in self.columns_mut().iter_mut().filter(|it| *it == from) {
            to.clone_into(it);
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignKey {
    pub columns: Vec<String>,
    /// The table referred to, as the statement names it; in a catalog with its schema.
    pub target: ObjectName,
    /// Empty: the target's primary key.
    pub target_columns: Vec<String>,
    pub on_delete: Referential,
    pub on_update: Referential,
}

/// What happens to a row when the one it refers to goes or changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Referential {
    /// Nothing is written: `NO ACTION`.
    #[default]
    Unsaid,
    NoAction,
    Restrict,
    Cascade,
    SetNull,
    SetDefault,
}

/// An index that no constraint made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// In a catalog with its schema, as the index is in the same.
    pub table: TableName,
    pub keys: Vec<IndexKey>,
    /// Columns that it carries along: `INCLUDE`.
    pub include: Vec<String>,
    pub unique: bool,
    /// `btree` where the statement does not say.
    pub method: String,
    /// `WHERE`.
    pub predicate: Option<Expression>,
    pub nulls_not_distinct: bool,
    pub born: Born,
}

impl Index {
    /// Whether it goes when the column goes: as a key, in an expression, in its `WHERE`.
    pub fn uses(&self, column: &str) -> bool {
        let predicate = self.predicate.iter().flat_map(|it| &it.columns);
        let keys = self.keys.iter().flat_map(|it| &it.columns);
        keys.chain(predicate).chain(&self.include).any(|it| it == column)
    }

    pub(super) fn rename_column(&mut self, from: &str, to: &str) {
        let predicate = self.predicate.iter_mut().flat_map(|it| &mut it.columns);
        let keys = self.keys.iter_mut();
        let keys = keys.flat_map(|it| it.columns.iter_mut().chain(&mut it.column));
        for it in keys.chain(predicate).chain(&mut self.include).filter(|it| *it == from) {
            to.clone_into(it);
        }
    }
}

/// What an index is sorted by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexKey {
    /// The column, where it is one and not an expression.
    pub column: Option<String>,
    /// Every column that it names.
    pub columns: Vec<String>,
    /// What an index without a name is called after: the column, the function, `expr`.
    pub label: String,
    /// The whole key with collation, operator class and order, as written, folded.
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    pub command: PolicyCommand,
    /// `false`: `AS RESTRICTIVE`.
    pub permissive: bool,
    /// Folded; `public` where the statement has no `TO`.
    pub roles: Vec<String>,
    pub using: Option<Expression>,
    pub check: Option<Expression>,
    pub born: Born,
    /// The statement that created or altered it last. Not kept in stored catalogs.
    #[serde(skip)]
    pub defined: Born,
}

impl Policy {
    /// Whether its conditions name the column.
    pub fn names(&self, column: &str) -> bool {
        let mut conditions = self.using.iter().chain(&self.check);
        conditions.any(|it| it.columns.iter().any(|it| it == column))
    }

    /// Its conditions follow when a column is renamed.
    pub(super) fn rename(&mut self, from: &str, to: &str) {
        let conditions = self.using.iter_mut().chain(&mut self.check);
        let columns = conditions.flat_map(|it| &mut it.columns);
        columns.filter(|it| *it == from).for_each(|it| to.clone_into(it));
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PolicyCommand {
    All,
    Select,
    Insert,
    Update,
    Delete,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// What it runs, as the statement names it.
    pub function: ObjectName,
    /// As the statement gives them, folded.
    pub arguments: String,
    pub enabled: bool,
    /// When and for what it fires, as written, folded: everything between its name and `EXECUTE`.
    pub event: String,
    pub born: Born,
}
