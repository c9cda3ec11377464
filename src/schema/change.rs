//! One effect on the database: where it stands, and what its statement says beside it.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{NewColumn, ObjectName, Op, RoutineKind, Whenever};

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Filter {
    /// No `WHERE`, or one that every row passes.
    EveryRow,
    /// One that every row passes, if the columns are so.
    Whenever(Whenever),
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

/// What a [`Work`] is done on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Worked {
    Relation(ObjectName),
    Index(ObjectName),
    /// A schema or the whole database, as written, folded. Postgres does such work in no transaction block.
    Several(String),
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

/// What happens to a field of a composite type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AttributeOp {
    Add(NewColumn),
    Drop { attribute: String },
    Rename { from: String, to: NewColumn },
    AlterType { attribute: String, to: String },
}

/// What happens to a function, procedure or aggregate that is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RoutineOp {
    Drop {
        kind: RoutineKind,
        guard: Guard,
        cascade: Cascade,
    },
    /// `ALTER FUNCTION`: what is absent stays as it is.
    Alter {
        definer: Option<bool>,
        /// `Some(None)`: `RESET search_path` or `RESET ALL`.
        search_path: Option<Option<String>>,
        leakproof: Option<bool>,
    },
    Rename {
        to: String,
    },
    Move {
        schema: String,
    },
}

/// What happens to a rule of Postgres, which rewrites statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RewriteRuleOp {
    Create {
        /// `DO INSTEAD`.
        instead: bool,
        /// `ON SELECT`, which is the query of a view.
        select: bool,
        replaces: bool,
    },
    Drop,
    Disable,
}

/// What happens to the constraints of a domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DomainOp {
    AddConstraint,
    DropConstraint { name: String },
    SetNotNull,
    DropNotNull,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventTriggerOp {
    Create,
    Drop,
    Enable,
    Disable,
}

/// What happens to a role, or to all that it owns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RoleOp {
    /// `CREATE ROLE`, `ALTER ROLE`, `CREATE USER`: its options as written, folded.
    SetOptions {
        role: String,
        options: Vec<String>,
        created: bool,
    },
    Drop {
        role: String,
    },
    /// `REASSIGN OWNED BY`.
    Reassign {
        roles: String,
        to: String,
    },
    /// `DROP OWNED BY`: everything a role owns.
    DropOwned {
        roles: String,
    },
}
