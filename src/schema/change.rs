//! One effect on the database.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::Op;

/// What a statement, or a part of one, does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub op: Op,
    /// The exact place, in bytes of the migration.
    pub span: Range<usize>,
    /// The whole top-level statement around it.
    pub statement: Range<usize>,
    pub certainty: Certainty,
}

/// Whether an effect happens when the migration is applied.
///
/// What takes away counts in every case; what protects or excuses counts only when it is [`Certainty::Sure`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Certainty {
    Sure,
    /// In a branch, a loop, a block that swallows errors, or behind a possible early return of a `DO` block. Effects
    /// with the same number happen together or not at all.
    Maybe(u32),
    /// In the body of a function, rule or scheduled job, which runs later and any number of times.
    Deferred,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cascade {
    Yes,
    No,
}

/// `IF [NOT] EXISTS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Guard {
    None,
    IfExists,
    IfNotExists,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Persistence {
    Permanent,
    Temporary,
}

/// How long a setting lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lasting {
    Session,
    /// `SET LOCAL`.
    Transaction,
}

/// Which rows a `DELETE` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Filter {
    /// No `WHERE`, or one that every row passes.
    EveryRow,
    Some,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RlsSwitch {
    Enable,
    Disable,
    Force,
    NoForce,
}

/// What runs through a whole table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Work {
    Vacuum,
    VacuumFull,
    Cluster,
    Reindex { concurrently: bool },
    Refresh { concurrently: bool },
    Analyze,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Boundary {
    Begin,
    Commit,
    Rollback,
    Savepoint(String),
    RollbackTo(String),
    Release(String),
}
