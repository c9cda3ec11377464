//! Applies migrations to a throw-away server, takes each back, and compares the catalogs.

use std::collections::BTreeMap;

use super::Rehearse;
use super::added::Set;
use super::engine::{Staged, staged};
use super::rollback::Written;
use crate::failure::{Failure, Result};
use crate::postgres::{Base, Engine, OWNER, Place, READY, Refused, Sending, Session, Step};
use crate::rollback::{self, Caution, Left, Proof, Residue, Rollback, Undo};
use crate::schema::{Identity, Snapshot, literal};

/// Why the work cannot go on.
type Tried<T> = std::result::Result<T, String>;

/// The copy that everything is done to.
const WORK: &str = READY[0];
/// A copy of that from before some migration, so that not all of them are applied again.
const KEPT: &str = "kept";

/// Proves the guides of one database. Gives what is to be told of how.
pub(super) fn all(
    set: &Set,
    guides: &mut [Written],
    (engine, place, how): (&Engine, &Place, &Rehearse<'_>),
) -> Result<Vec<String>> {
    let Staged { base, new, past } = staged(engine, place, how, (&set.history, &set.migrations))?;
    let mut notices = Vec::new();
    if let Some(why) = base.partial(past) {
        notices.push(format!("what is proven is proven on a part of the history: {why}"));
    }
    base.copy(WORK)?;
    let mut work = Work { base: &base, steps: &new, done: 0, kept: None, now: Seen::default() };
    work.now = work.look()?;
    for (at, written) in guides.iter_mut().enumerate() {
        (how.progress)(past + at, past + new.len());
        if let Err(why) = work.one(written) {
            let why = match base.server.stopped() {
                Some(_) => "the rehearsal took more than it may, and was stopped".to_owned(),
                None => why,
            };
            for it in &mut guides[at..] {
                it.guide.proof = Proof::Unproven(why.clone());
                if let Some(committed) = &mut it.guide.committed {
                    committed.proof = Proof::Unproven(why.clone());
                }
            }
            break;
        }
    }
    Ok(notices)
}

fn said(it: Failure) -> String {
    it.message
}

struct Work<'a> {
    base: &'a Base,
    steps: &'a [Step],
    /// How many of them are applied.
    done: usize,
    /// How many of them are applied to [`KEPT`], where there is one.
    kept: Option<usize>,
    /// What there is after those.
    now: Seen,
}

/// What the catalogs say, and how many rows each table has.
#[derive(Default)]
struct Seen {
    catalogs: Snapshot,
    rows: BTreeMap<String, u64>,
}

impl Seen {
    fn of(session: &mut Session) -> Result<Seen> {
        let catalogs = session.snapshot()?;
        let count = |it: &str| format!("select {}, count(*) from {it}", literal(it));
        let all: Vec<String> = catalogs.of("table").map(|it| count(it.0)).collect();
        let mut rows = BTreeMap::new();
        if !all.is_empty() {
            for row in session.rows(&all.join(" union all "))? {
                let [table, count] = row.as_slice() else { continue };
                rows.insert(table.clone(), count.parse().unwrap_or_default());
            }
        }
        Ok(Seen { catalogs, rows })
    }

    fn residue(&self, after: &Seen) -> Vec<Residue> {
        let mut all = rollback::residue(&self.catalogs, &after.catalogs);
        for (table, was) in &self.rows {
            let Some(is) = after.rows.get(table).filter(|it| *it != was) else { continue };
            let of = Identity { kind: "table".to_owned(), name: table.clone() };
            all.push(Residue { of, left: Left::Rows { was: *was, is: *is } });
        }
        all
    }
}

impl Work<'_> {
    /// Proves the rollback of the next migration and leaves that applied. An error: it cannot be applied.
    fn one(&mut self, written: &mut Written) -> Tried<()> {
        let step = &self.steps[self.done];
        self.apply(step)?;
        if let (Some(text), Some(committed)) = (&written.committed, &mut written.guide.committed) {
            committed.proof = self.tried(text)?;
            self.again(&committed.proof)?;
            self.apply(step)?;
        }
        written.guide.proof = self.rolled_back(&mut written.guide.rollback)?;
        self.again(&written.guide.proof)?;
        self.apply(step)?;
        self.done += 1;
        self.now = self.look().map_err(said)?;
        Ok(())
    }

    fn apply(&self, step: &Step) -> Tried<()> {
        let mut session = self.base.session(WORK).map_err(said)?;
        step.send(&mut session, Sending::Whole)
            .map_err(|it| format!("`{}` does not apply: {}", step.path, it.1.message))
    }

    /// Runs a text and compares.
    fn tried(&self, text: &str) -> Tried<Proof> {
        if let Err(it) = self.send(text)? {
            return Ok(Proof::Refused(it.message));
        }
        self.compared()
    }

    fn compared(&self) -> Tried<Proof> {
        let left = self.now.residue(&self.look().map_err(said)?);
        let things = self.now.catalogs.0.len();
        Ok(if left.is_empty() { Proof::Proven(things) } else { Proof::Leaves(left) })
    }

    /// Runs a rollback and compares. What Postgres refuses of it is taken out; what it leaves and the catalogs know is
    /// added to it.
    fn rolled_back(&self, rollback: &mut Rollback) -> Tried<Proof> {
        if let Err(first) = self.send(&rollback.sql())? {
            // All of it was refused for one: the others may do.
            let mut any = false;
            for step in &mut rollback.steps {
                let mut taken = Vec::new();
                for statement in std::mem::take(&mut step.sql) {
                    if self.send(&statement)?.is_ok() {
                        taken.push(statement);
                    }
                }
                any |= !taken.is_empty();
                step.sql = taken;
            }
            if !any {
                return Ok(Proof::Refused(first.message));
            }
        }
        let proof = self.compared()?;
        if !matches!(proof, Proof::Leaves(_)) {
            return Ok(proof);
        }
        let mended = self.mended()?;
        if mended.is_empty() {
            return Ok(proof);
        }
        let caution = Caution::Check("the rehearsal found that this was left".to_owned());
        rollback.steps.push(Undo { sql: mended, caution: Some(caution), of: 0..0 });
        self.compared()
    }

    /// Gives back what the catalogs know, and tells by which statements. What is made again has lost what was said of it,
    /// which is seen when one looks a second time.
    fn mended(&self) -> Tried<Vec<String>> {
        let mut mended = Vec::new();
        for _ in 0..2 {
            let more = self.mended_once()?;
            if more.is_empty() {
                break;
            }
            mended.extend(more);
        }
        Ok(mended)
    }

    fn mended_once(&self) -> Tried<Vec<String>> {
        let mut wanted = rollback::mend(&self.now.catalogs, &self.look().map_err(said)?.catalogs);
        let mut mended = Vec::new();
        // One may have to go before another: as long as any of them succeeds, the others are tried again.
        loop {
            let before = wanted.len();
            let mut refused = Vec::new();
            for statement in wanted {
                match self.send(&statement)? {
                    Ok(()) => mended.push(statement),
                    Err(_) => refused.push(statement),
                }
            }
            wanted = refused;
            if wanted.is_empty() || wanted.len() == before {
                return Ok(mended);
            }
        }
    }

    fn send(&self, text: &str) -> Tried<std::result::Result<(), Refused>> {
        let mut session = self.base.session(WORK).map_err(said)?;
        Ok(session.send(text))
    }

    /// Goes on from where the database is as it was, or makes it anew.
    fn again(&mut self, proof: &Proof) -> Tried<()> {
        if matches!(proof, Proof::Proven(_)) {
            return Ok(());
        }
        self.base.drop(WORK).map_err(said)?;
        let from = match self.kept {
            Some(_) => self.base.copy_of(KEPT, WORK),
            None => self.base.copy(WORK),
        };
        from.map_err(said)?;
        for step in &self.steps[self.kept.unwrap_or(0)..self.done] {
            self.apply(step)?;
        }
        if self.kept != Some(self.done) {
            self.base.drop(KEPT).map_err(said)?;
            self.base.copy_of(WORK, KEPT).map_err(said)?;
            self.kept = Some(self.done);
        }
        Ok(())
    }

    fn look(&self) -> Result<Seen> {
        Seen::of(&mut self.base.server.session(WORK, OWNER)?)
    }
}
