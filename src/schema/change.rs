//! One effect on the database.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{
    Expression, NewColumn, NewConstraint, NewIndex, NewRoutine, NewTable, ObjectName,
    PolicyCommand, Privilege, RoutineKind, Securable, TypeKind,
};

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
        cascade: Cascade,
    },
    /// `ALTER VIEW … SET (security_invoker = …)`, or `RESET`.
    SetSecurityInvoker {
        view: ObjectName,
        on: bool,
    },
    /// `DETACH PARTITION`, `NO INHERIT`.
    Detach {
        parent: ObjectName,
        child: ObjectName,
        concurrently: bool,
    },
    /// `COMMENT ON TABLE`.
    CommentOnTable {
        table: ObjectName,
        text: Option<String>,
    },
    /// `SET LOGGED`, `SET TABLESPACE`, `CLUSTER ON`, `DISABLE RULE` and the like, as written, folded: what rewrites or
    /// weakens a table and changes nothing of its shape.
    SetStorage {
        table: ObjectName,
        what: String,
    },
    /// `ALTER TABLE … OWNER TO` and of anything else.
    SetOwner {
        /// As written: `table public.users`.
        what: String,
        table: Option<ObjectName>,
        to: String,
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
        /// Those that stand with the column.
        constraints: Vec<NewConstraint>,
        guard: Guard,
    },
    DropColumn {
        table: ObjectName,
        column: String,
        guard: Guard,
        cascade: Cascade,
    },
    SetNotNull {
        table: ObjectName,
        column: String,
    },
    DropNotNull {
        table: ObjectName,
        column: String,
    },
    SetDefault {
        table: ObjectName,
        column: String,
        default: Expression,
    },
    DropDefault {
        table: ObjectName,
        column: String,
    },
    /// `ADD GENERATED … AS IDENTITY`, `DROP IDENTITY`, `DROP EXPRESSION`.
    SetGenerated {
        table: ObjectName,
        column: String,
        generated: Option<super::Generated>,
    },
    AddConstraint {
        table: ObjectName,
        constraint: NewConstraint,
    },
    DropConstraint {
        table: ObjectName,
        name: String,
        guard: Guard,
        cascade: Cascade,
    },
    ValidateConstraint {
        table: ObjectName,
        name: String,
    },
    RenameConstraint {
        table: ObjectName,
        from: String,
        to: String,
    },
    CreateIndex(Box<NewIndex>),
    DropIndex {
        name: ObjectName,
        guard: Guard,
        concurrently: bool,
        cascade: Cascade,
    },
    CreatePolicy {
        table: ObjectName,
        name: String,
        command: PolicyCommand,
        permissive: bool,
        /// Folded. Empty: the statement has no `TO`, which means `public`.
        roles: Vec<String>,
        using: Option<Expression>,
        check: Option<Expression>,
    },
    /// What is absent stays as it is.
    AlterPolicy {
        table: ObjectName,
        name: String,
        roles: Option<Vec<String>>,
        using: Option<Expression>,
        check: Option<Expression>,
    },
    RenamePolicy {
        table: ObjectName,
        from: String,
        to: String,
    },
    DropPolicy {
        table: ObjectName,
        name: String,
        guard: Guard,
    },
    CreateTrigger {
        table: ObjectName,
        name: String,
        function: ObjectName,
        event: String,
        replaces: bool,
    },
    DropTrigger {
        table: ObjectName,
        name: String,
        guard: Guard,
    },
    RenameTrigger {
        table: ObjectName,
        from: String,
        to: String,
    },
    /// `ENABLE | DISABLE TRIGGER`. Without a name: all of them.
    SetTrigger {
        table: ObjectName,
        name: Option<String>,
        enabled: bool,
    },
    CreateEventTrigger {
        name: String,
    },
    DropEventTrigger {
        name: String,
    },
    SetEventTrigger {
        name: String,
        enabled: bool,
    },
    CreateRoutine(Box<NewRoutine>),
    DropRoutine {
        name: ObjectName,
        /// Absent: the statement does not say, so there is only one.
        arguments: Option<Vec<String>>,
        kind: RoutineKind,
        guard: Guard,
        cascade: Cascade,
    },
    /// `ALTER FUNCTION`: what is absent stays as it is.
    AlterRoutine {
        name: ObjectName,
        arguments: Option<Vec<String>>,
        definer: Option<bool>,
        /// `Some(None)`: `RESET search_path` or `RESET ALL`.
        search_path: Option<Option<String>>,
        leakproof: Option<bool>,
    },
    RenameRoutine {
        name: ObjectName,
        arguments: Option<Vec<String>>,
        to: String,
    },
    MoveRoutine {
        name: ObjectName,
        arguments: Option<Vec<String>>,
        schema: String,
    },
    CreateSequence {
        name: ObjectName,
        guard: Guard,
    },
    DropSequence {
        name: ObjectName,
        guard: Guard,
        cascade: Cascade,
    },
    /// `ALTER SEQUENCE … RESTART`, `ALTER COLUMN … RESTART`, `setval` to a number: numbers may come again.
    ResetSequence {
        name: ObjectName,
    },
    CreateExtension {
        name: String,
        schema: Option<String>,
        guard: Guard,
    },
    DropExtension {
        name: String,
        cascade: Cascade,
    },
    Grant {
        /// Empty: all of them.
        privileges: Vec<Privilege>,
        on: Securable,
        /// Folded: `anon`, `public`.
        to: Vec<String>,
        /// `WITH GRANT OPTION`.
        with_grant: bool,
    },
    Revoke {
        privileges: Vec<Privilege>,
        on: Securable,
        from: Vec<String>,
    },
    /// `ALTER DEFAULT PRIVILEGES`: what is created later is granted so.
    DefaultPrivileges {
        /// Empty: in every schema.
        schemas: Vec<String>,
        privileges: Vec<Privilege>,
        /// As written, folded: `tables`, `functions`.
        on: String,
        roles: Vec<String>,
        granted: bool,
    },
    /// `CREATE ROLE`, `ALTER ROLE`, `CREATE USER`: its options as written, folded.
    SetRoleOptions {
        role: String,
        options: Vec<String>,
        created: bool,
    },
    DropRole {
        role: String,
    },
    /// `REASSIGN OWNED BY`.
    ReassignOwned {
        roles: String,
        to: String,
    },
    /// `ALTER PUBLICATION … ADD TABLE`, `CREATE PUBLICATION`. No tables: all of them.
    Publish {
        publication: String,
        tables: Vec<ObjectName>,
    },
    /// `ALTER PUBLICATION … DROP TABLE`, `DROP PUBLICATION` (no tables), and of subscriptions and servers likewise.
    Unpublish {
        publication: String,
        tables: Vec<ObjectName>,
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
    Update {
        table: ObjectName,
        filter: Filter,
        /// The columns that are set.
        columns: Vec<String>,
    },
    Insert {
        table: ObjectName,
        /// The rows come from a query that reads relations, so that there may be many.
        queried: bool,
        /// `ON CONFLICT … DO UPDATE`.
        overwrites: bool,
    },
    /// A statement that runs the whole table by or under a lock: it changes no shape.
    Maintain {
        on: Worked,
        work: Work,
    },
    /// `LOCK TABLE`, with the mode as written, folded.
    Lock {
        table: ObjectName,
        mode: String,
    },
    /// `ALTER SYSTEM`, `ALTER DATABASE … SET`, `ALTER ROLE … SET`.
    Configure {
        /// As written, folded: `system`, `database shop`, `role anon`.
        what: String,
        /// Folded; `all`: every one of them.
        setting: String,
        /// Absent: `RESET` or `DEFAULT`.
        value: Option<String>,
    },
    /// `SET name = value` in the session at hand, but for `search_path`.
    Set {
        /// Folded: `lock_timeout`, `role`, `row_security`; `all`: every one of them.
        setting: String,
        /// Absent: `RESET`, `DEFAULT`, or a value that is computed.
        value: Option<String>,
        lasting: Lasting,
    },
    /// A statement that Postgres runs in no transaction block and that is nothing else here: `CREATE DATABASE`.
    OutsideTransaction {
        what: String,
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
