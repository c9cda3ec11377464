//! Every effect on a database that is told apart.

use serde::{Deserialize, Serialize};

use super::{
    AttributeOp, Boundary, Cascade, DomainOp, EventTriggerOp, Expression, Filter, Guard, Lasting,
    NewColumn, NewConstraint, NewIndex, NewRoutine, NewTable, ObjectName, PolicyCommand, Privilege,
    RewriteRuleOp, RlsSwitch, RoleOp, RoutineOp, Securable, TypeKind, Work, Worked,
};

/// What a statement, or a part of one, does. What cannot be read is an effect too.
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
    /// `SET LOGGED`, `SET TABLESPACE`, `CLUSTER ON` and the like, as written, folded: what rewrites or
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
        /// What it hands to the function, as written, folded: `('users')`.
        arguments: String,
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
    /// `CREATE RULE`, `DROP RULE`, `DISABLE RULE`.
    RewriteRule {
        on: ObjectName,
        name: String,
        op: RewriteRuleOp,
    },
    EventTrigger {
        name: String,
        op: EventTriggerOp,
    },
    CreateRoutine(Box<NewRoutine>),
    /// What happens to a function, procedure or aggregate that is there.
    Routine {
        name: ObjectName,
        /// Absent: the statement does not say, so there is only one.
        arguments: Option<Vec<String>>,
        op: RoutineOp,
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
    Role(RoleOp),
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
    /// What a domain lets in no longer or from now on.
    AlterDomain {
        name: ObjectName,
        op: DomainOp,
    },
    /// What happens to a field of a composite type.
    Attribute {
        of: ObjectName,
        op: AttributeOp,
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
    /// `INSERT INTO t (…) SELECT … FROM s`, as far as it copies every row of one table into another.
    CopyRows {
        from: ObjectName,
        to: ObjectName,
        /// The columns of the target, and the one of the source that each keeps; nothing where it is computed.
        columns: Vec<(String, Option<String>)>,
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
