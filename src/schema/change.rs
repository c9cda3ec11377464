//! One effect on the database.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{ObjectName, RelationKind, TypeKind};

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

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Boundary {
    Begin,
    Commit,
    Rollback,
    Savepoint(String),
    RollbackTo(String),
    Release(String),
}

/// A relation as a statement creates it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTable {
    pub name: ObjectName,
    pub kind: RelationKind,
    pub persistence: Persistence,
    pub guard: Guard,
    /// Name, type, and place of the name.
    pub columns: Vec<NewColumn>,
    /// Relations whose columns it takes over: `LIKE`, `INHERITS`, `PARTITION OF`.
    pub columns_of: Vec<ObjectName>,
    /// The place of its name.
    pub at: Range<usize>,
    /// Its name as written, where that is not how it is stored: `UserAccounts` is stored as `useraccounts`.
    pub folded_from: Option<String>,
    /// `CREATE OR REPLACE VIEW`.
    pub replaces: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewColumn {
    pub name: String,
    pub data_type: String,
    pub at: Range<usize>,
    pub folded_from: Option<String>,
}

/// Every effect that is told apart. What cannot be read is an effect too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Op {
    CreateSchema {
        name: String,
        guard: Guard,
    },
    DropSchema {
        name: String,
        cascade: Cascade,
    },
    RenameSchema {
        from: String,
        to: String,
    },
    DropDatabase {
        name: String,
    },
    /// `DROP OWNED BY`: everything a role owns.
    DropOwned {
        roles: String,
    },
    CreateTable(Box<NewTable>),
    DropTable {
        name: ObjectName,
        cascade: Cascade,
    },
    DropView {
        name: ObjectName,
    },
    RenameTable {
        from: ObjectName,
        to: String,
    },
    /// `ALTER INDEX … RENAME`, which renames a table too when the name is a table's (Postgres 15).
    RenameIndex {
        from: ObjectName,
        to: String,
    },
    /// `SET SCHEMA`.
    MoveTable {
        from: ObjectName,
        schema: String,
    },
    /// `ATTACH PARTITION`, `INHERIT`: the child goes when the parent goes.
    Attach {
        parent: ObjectName,
        child: ObjectName,
    },
    AddColumn {
        table: ObjectName,
        column: NewColumn,
        guard: Guard,
    },
    DropColumn {
        table: ObjectName,
        column: String,
        cascade: Cascade,
    },
    RenameColumn {
        table: ObjectName,
        from: String,
        to: NewColumn,
    },
    AlterColumnType {
        table: ObjectName,
        column: String,
        to: String,
        using: Option<String>,
    },
    SetRls {
        table: ObjectName,
        switch: RlsSwitch,
    },
    CreateType {
        name: ObjectName,
        kind: TypeKind,
    },
    DropType {
        name: ObjectName,
        cascade: Cascade,
        domain: bool,
    },
    RenameType {
        from: ObjectName,
        to: String,
    },
    MoveType {
        from: ObjectName,
        schema: String,
    },
    AddEnumValue {
        name: ObjectName,
        value: String,
    },
    RenameEnumValue {
        name: ObjectName,
        from: String,
        to: String,
    },
    AddAttribute {
        name: ObjectName,
        attribute: NewColumn,
    },
    DropAttribute {
        name: ObjectName,
        attribute: String,
    },
    RenameAttribute {
        name: ObjectName,
        from: String,
        to: NewColumn,
    },
    AlterAttributeType {
        name: ObjectName,
        attribute: String,
        to: String,
    },
    Truncate {
        table: ObjectName,
    },
    Delete {
        table: ObjectName,
        filter: Filter,
    },
    /// Absent: it cannot be told to what.
    SetSearchPath {
        schemas: Option<Vec<String>>,
        lasting: Lasting,
    },
    Transaction(Boundary),
    /// It could not be read, so nobody can vouch for it.
    Opaque {
        why: String,
        help: String,
    },
}
