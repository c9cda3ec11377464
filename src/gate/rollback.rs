//! How to take back the migrations of a change, and the proof that it does.

use super::added::{Added, Set};
use super::policies::{broken, effective, state_of};
use super::{Change, Rehearse, Stop, engine, prove, read};
use crate::failure::Result;
use crate::kit;
use crate::parse::Migration;
use crate::postgres::{Place, Step};
use crate::repo::{Repo, Side};
use crate::rollback::{Committed, Guide, Proof, Reader, committed};
use crate::schema::{Catalog, Op, TableName};
use crate::source::RepoPath;

/// Guides in the order in which they are followed, the newest migration first.
#[derive(Debug, Default)]
pub struct Rollbacks {
    pub guides: Vec<Guide>,
    pub notices: Vec<String>,
    /// The server that it was proven on.
    pub engine: Option<String>,
}

/// Writes the rollback of each new migration, and proves it where `how` says on what. `from`: of that migration and all
/// after it.
pub fn rollback(
    it: &Change<'_>,
    from: Option<&RepoPath>,
    how: Option<&Rehearse<'_>>,
) -> std::result::Result<Rollbacks, Stop> {
    let (trusted, proposed) =
        (state_of(it.repo, &it.published.policy)?, state_of(it.repo, &it.after)?);
    let policy =
        effective(&trusted, &proposed).map_err(|problems| broken(it.repo, &it.after, &problems))?;
    let added = Added::of(it, &policy, &trusted, from)?;
    let mut all = Rollbacks { notices: added.notices, ..Rollbacks::default() };
    if added.sets.is_empty() {
        all.notices.push("there is no new migration, so there is nothing to take back".to_owned());
        return Ok(all);
    }
    let engine = match how {
        Some(how) => {
            let engine = engine::choose(how.wanted, how.shadow, policy.target.version, how.near)?;
            all.engine = Some(engine.title());
            Some((engine, Place::of_user()?, how))
        }
        None => None,
    };
    for set in added.sets {
        let mut guides = written(it.repo, &it.after, &set)?;
        if let Some((engine, place, how)) = &engine {
            let proven = prove::all(&set, &mut guides, (engine, place, how))?;
            all.notices.extend(proven);
        }
        all.guides.extend(guides.into_iter().map(|it| it.guide).rev());
    }
    Ok(all)
}

/// A guide, and the text that somebody has written beside its migration.
pub(super) struct Written {
    pub(super) guide: Guide,
    pub(super) committed: Option<String>,
}

/// The guides as the text of the migrations tells them.
fn written(repo: &Repo, side: &Side, set: &Set) -> Result<Vec<Written>> {
    let mut reader = Reader::default();
    set.history.all().iter().for_each(|it| reader.pass(it));
    let mut all = Vec::new();
    for migration in &set.migrations {
        let before = reader.catalog.clone();
        let rollback = reader.rollback(migration);
        let (makes, adds) = made(&before, &reader.catalog, migration);
        let by_hand = by_hand(repo, side, &migration.path)?;
        let unproven = || Proof::Unproven("nobody has tried".to_owned());
        let committed =
            by_hand.as_ref().map(|it| Committed { path: it.0.clone(), proof: unproven() });
        let guide = Guide {
            path: migration.path.clone(),
            text: migration.text.clone(),
            sha256: crate::parse::prisma::checksum(&migration.text),
            rollback,
            proof: unproven(),
            alone: Step::of(migration, &[]).alone,
            committed,
            makes,
            adds,
            before: kit::before(&before, migration),
            after: kit::after(&before, &reader.catalog),
        };
        all.push(Written { guide, committed: by_hand.map(|it| it.1) });
    }
    Ok(all)
}

/// Tables that a migration makes, and columns that it adds to others.
fn made(
    before: &Catalog,
    after: &Catalog,
    migration: &Migration,
) -> (Vec<TableName>, Vec<(TableName, String)>) {
    let (mut makes, mut adds) = (Vec::new(), Vec::new());
    for change in &migration.script.changes {
        let name = match &change.op {
            Op::CreateTable(it) => {
                TableName::new(after.created_in(&it.name), it.name.name.as_str())
            }
            Op::AddColumn { table, .. } => after.resolve_permanent(table),
            _ => continue,
        };
        let Some(table) = after.table(&name) else { continue };
        match (&change.op, before.table(&name)) {
            (Op::AddColumn { column, .. }, Some(was))
                if !was.columns.contains_key(&column.name)
                    && table.columns.contains_key(&column.name) =>
            {
                adds.push((name, column.name.clone()));
            }
            (Op::CreateTable(_), None) if !makes.contains(&name) => makes.push(name),
            _ => {}
        }
    }
    (makes, adds)
}

/// A rollback that lies beside the migration.
fn by_hand(repo: &Repo, side: &Side, migration: &RepoPath) -> Result<Option<(RepoPath, String)>> {
    for path in committed(migration) {
        if let Some(source) = read::source(repo, side, &path)? {
            return Ok(Some((source.path, source.text.to_string())));
        }
    }
    Ok(None)
}
