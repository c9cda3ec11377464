//! Things as a statement creates them.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{
    ConstraintKind, Expression, Generated, Guard, IndexKey, ObjectName, Persistence, RelationKind,
    RoutineKind, Volatility,
};

/// A relation as a statement creates it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTable {
    pub name: ObjectName,
    pub kind: RelationKind,
    pub persistence: Persistence,
    pub guard: Guard,
    pub columns: Vec<NewColumn>,
    /// Those of its columns and those of the table.
    pub constraints: Vec<NewConstraint>,
    /// Relations whose columns it takes over: `LIKE`, `INHERITS`, `PARTITION OF`.
    pub columns_of: Vec<ObjectName>,
    /// Of those, the ones of `LIKE`, with what it includes besides, folded: `defaults`, `all`.
    pub like: Vec<(ObjectName, Vec<String>)>,
    /// Of those, the table whose partition or child it becomes.
    pub parent: Option<ObjectName>,
    /// `PARTITION BY`.
    pub partitioned: bool,
    /// Of a view, or of `CREATE TABLE … AS`: what the query reads.
    pub reads: Vec<ObjectName>,
    /// Of a view: the names of all of its columns. Empty: its query does not tell them.
    pub shows: Vec<String>,
    /// Of a view: the value of `security_invoker`, where it is given.
    pub security_invoker: Option<bool>,
    /// `UNLOGGED`.
    pub unlogged: bool,
    /// The place of its name.
    pub at: Range<usize>,
    /// Its name as written, where that is not how it is stored: `UserAccounts` is stored as `useraccounts`.
    pub folded_from: Option<String>,
    /// `CREATE OR REPLACE VIEW`.
    pub replaces: bool,
}

/// A column as a statement creates it; its constraints are beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewColumn {
    pub name: String,
    pub data_type: String,
    /// `NOT NULL`, `PRIMARY KEY`, identity or serial.
    pub not_null: bool,
    pub default: Option<Expression>,
    pub generated: Option<Generated>,
    /// The place of its name.
    pub at: Range<usize>,
    /// Its name as written, where folding changes camel case.
    pub folded_from: Option<String>,
}

/// A constraint as a statement adds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewConstraint {
    /// Absent: Postgres makes one.
    pub name: Option<String>,
    pub kind: ConstraintKind,
    pub not_valid: bool,
    /// `USING INDEX`.
    pub using_index: Option<String>,
    /// The whole constraint.
    pub at: Range<usize>,
}

/// An index as a statement creates it.
#[allow(clippy::struct_excessive_bools)] // Four words that stand in it or do not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewIndex {
    /// Absent: Postgres makes one. Its schema is that of the table.
    pub name: Option<String>,
    pub table: ObjectName,
    pub keys: Vec<IndexKey>,
    /// Columns that it carries along: `INCLUDE`.
    pub include: Vec<String>,
    pub unique: bool,
    pub concurrently: bool,
    /// `ON ONLY`.
    pub only: bool,
    pub guard: Guard,
    pub method: String,
    pub predicate: Option<Expression>,
    pub nulls_not_distinct: bool,
    /// The place of its name, else of the word `INDEX`.
    pub at: Range<usize>,
}

/// A function or procedure as a statement creates it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::struct_excessive_bools)] // Words that stand in it or do not, and one fact of its body.
pub struct NewRoutine {
    pub name: ObjectName,
    /// Types of its arguments as Postgres compares them, those that only go out left out.
    pub arguments: Vec<String>,
    pub kind: RoutineKind,
    pub replaces: bool,
    pub definer: bool,
    pub search_path: Option<String>,
    pub language: String,
    pub returns: String,
    pub volatility: Volatility,
    pub leakproof: bool,
    /// The body does nothing but return what it was given, or nothing.
    pub idle: bool,
    /// Relations and functions that the body names, as far as it could be read.
    pub reads: Vec<ObjectName>,
    pub calls: Vec<String>,
    /// The place of its name.
    pub at: Range<usize>,
    /// The end of the head, where an option can be put: before `AS`. For a fix.
    pub options_end: usize,
}
