//! Which tables a change locks, and against whom.
//!
//! Measured on Postgres 15 by `pg_locks`; `tests/postgres` measures it again.

use super::{Catalog, ConstraintKind, NewConstraint, ObjectName, Op, Resolved, Work, Worked};

/// A lock of a table, the weakest first (Postgres manual, 13.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LockMode {
    AccessShare,
    RowShare,
    RowExclusive,
    ShareUpdateExclusive,
    Share,
    ShareRowExclusive,
    Exclusive,
    AccessExclusive,
}

impl LockMode {
    pub const ALL: [LockMode; 8] = [
        LockMode::AccessShare,
        LockMode::RowShare,
        LockMode::RowExclusive,
        LockMode::ShareUpdateExclusive,
        LockMode::Share,
        LockMode::ShareRowExclusive,
        LockMode::Exclusive,
        LockMode::AccessExclusive,
    ];

    /// As `LOCK TABLE` writes it.
    pub fn name(self) -> &'static str {
        match self {
            LockMode::AccessShare => "access share",
            LockMode::RowShare => "row share",
            LockMode::RowExclusive => "row exclusive",
            LockMode::ShareUpdateExclusive => "share update exclusive",
            LockMode::Share => "share",
            LockMode::ShareRowExclusive => "share row exclusive",
            LockMode::Exclusive => "exclusive",
            LockMode::AccessExclusive => "access exclusive",
        }
    }

    /// Nobody else can write while it is held, and it waits for those who write.
    pub fn stops_writes(self) -> bool {
        self >= LockMode::Share
    }
}

/// A lock that a change takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// As the statement names it, or with its schema.
    pub on: ObjectName,
    pub mode: LockMode,
}

impl Catalog {
    /// The locks that a change takes on tables and materialized views, as the database is just before it.
    #[allow(clippy::too_many_lines)] // A line for each measurement.
    pub fn locks(&self, op: &Op) -> Vec<Lock> {
        use LockMode::{
            AccessExclusive, RowExclusive, Share, ShareRowExclusive, ShareUpdateExclusive,
        };
        let one = |on: &ObjectName, mode| vec![Lock { on: on.clone(), mode }];
        match op {
            Op::CreateTable(it) => {
                let parent =
                    it.parent.iter().map(|on| Lock { on: on.clone(), mode: AccessExclusive });
                parent.chain(targets(&it.constraints)).collect()
            }
            Op::AddColumn { table, constraints, .. } => {
                let mut locks = one(table, AccessExclusive);
                locks.extend(targets(constraints));
                locks
            }
            Op::AddConstraint { table, constraint } => match &constraint.kind {
                ConstraintKind::ForeignKey(_) => {
                    let mut locks = one(table, ShareRowExclusive);
                    locks.extend(targets(std::slice::from_ref(constraint)));
                    locks
                }
                _ => one(table, AccessExclusive),
            },
            Op::DropConstraint { table, name, .. } => {
                let mut locks = one(table, AccessExclusive);
                locks.extend(
                    self.target_of(table, name).map(|on| Lock { on, mode: AccessExclusive }),
                );
                locks
            }
            Op::DropTable { name: table, .. }
            | Op::RenameTable { from: table, .. }
            | Op::MoveTable { from: table, .. }
            | Op::DropColumn { table, .. }
            | Op::RenameColumn { table, .. }
            | Op::AlterColumnType { table, .. }
            | Op::SetNotNull { table, .. }
            | Op::DropNotNull { table, .. }
            | Op::SetDefault { table, .. }
            | Op::DropDefault { table, .. }
            | Op::SetGenerated { table, .. }
            | Op::RenameConstraint { table, .. }
            | Op::SetRls { table, .. }
            | Op::CreatePolicy { table, .. }
            | Op::AlterPolicy { table, .. }
            | Op::RenamePolicy { table, .. }
            | Op::DropPolicy { table, .. }
            | Op::DropTrigger { table, .. }
            | Op::RewriteRule { on: table, .. }
            | Op::Truncate { table }
            | Op::SetOwner { table: Some(table), .. } => one(table, AccessExclusive),
            Op::SetStorage { table, what } if rewrites(what) || is_replica_identity(what) => {
                one(table, AccessExclusive)
            }
            Op::CreateTrigger { table, .. } | Op::SetTrigger { table, .. } => {
                one(table, ShareRowExclusive)
            }
            Op::CreateIndex(it) if !it.concurrently => one(&it.table, Share),
            Op::DropIndex { name, concurrently: false, .. } => {
                let table = self.table_of_index(name);
                table.into_iter().flat_map(|it| one(&it, AccessExclusive)).collect()
            }
            Op::CreateIndex(it) => one(&it.table, ShareUpdateExclusive),
            Op::SetStorage { table, .. }
            | Op::ValidateConstraint { table, .. }
            | Op::CommentOnTable { table, .. } => one(table, ShareUpdateExclusive),
            Op::Attach { parent, child } => {
                let mut locks = one(parent, ShareUpdateExclusive);
                locks.extend(one(child, AccessExclusive));
                locks
            }
            Op::Detach { parent, child, concurrently } => {
                let mode = if *concurrently { ShareUpdateExclusive } else { AccessExclusive };
                let mut locks = one(parent, mode);
                locks.extend(one(child, mode));
                locks
            }
            Op::Delete { table, .. } | Op::Update { table, .. } | Op::Insert { table, .. } => {
                one(table, RowExclusive)
            }
            Op::Lock { table, mode } => {
                let known = LockMode::ALL.into_iter().find(|it| it.name() == mode);
                one(table, known.unwrap_or(AccessExclusive))
            }
            Op::Maintain { on, work } => {
                let on = match on {
                    Worked::Relation(name) => Some(name.clone()),
                    Worked::Index(name) => self.table_of_index(name),
                    Worked::Several(_) => None,
                };
                on.into_iter().flat_map(|it| one(&it, of_work(*work))).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The table that an index is on, with its schema.
    pub fn table_of_index(&self, index: &ObjectName) -> Option<ObjectName> {
        let found = self.resolve_index(index);
        let table = self.index(&found)?.table.clone();
        Some(ObjectName { schema: Some(table.schema), name: table.name })
    }

    fn target_of(&self, table: &ObjectName, constraint: &str) -> Option<ObjectName> {
        let Resolved::Permanent(name) = self.resolve(table) else { return None };
        match &self.table(&name)?.constraints.get(constraint)?.kind {
            ConstraintKind::ForeignKey(it) => Some(it.target.clone()),
            _ => None,
        }
    }
}

fn of_work(work: Work) -> LockMode {
    match work {
        Work::VacuumFull | Work::Cluster | Work::Refresh { concurrently: false } => {
            LockMode::AccessExclusive
        }
        Work::Refresh { concurrently: true } => LockMode::Exclusive,
        Work::Reindex { concurrently: false } => LockMode::Share,
        Work::Vacuum | Work::Analyze | Work::Reindex { concurrently: true } => {
            LockMode::ShareUpdateExclusive
        }
    }
}

/// The tables that foreign keys refer to.
fn targets(constraints: &[NewConstraint]) -> impl Iterator<Item = Lock> {
    constraints.iter().filter_map(|it| match &it.kind {
        ConstraintKind::ForeignKey(key) => {
            Some(Lock { on: key.target.clone(), mode: LockMode::ShareRowExclusive })
        }
        _ => None,
    })
}

/// Whether a change of how a table is stored writes it anew.
pub(super) fn rewrites(what: &str) -> bool {
    let what = what.to_ascii_lowercase();
    ["logged", "set tablespace", "access method"].iter().any(|it| what.contains(it))
}

fn is_replica_identity(what: &str) -> bool {
    what.to_ascii_lowercase().contains("replica identity")
}
