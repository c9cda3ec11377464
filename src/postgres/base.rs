//! Databases that a history has been replayed into, kept so that the next rehearsal begins where this one did.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::engine::NAME;
use super::history::{Sending, Step};
use super::kept::{Entry, chain};
use super::{Engine, Limits, OWNER, Place, ROLE, Running, Server, Session, prelude};
use crate::failure::{Context, Failure, Result};
use crate::schema::{Row, Snapshot};

/// Which history, and what it needs around it.
pub struct History<'a> {
    /// What each migration is known by: its path, its text, and what else decides about its step.
    pub known: &'a [[String; 3]],
    /// The extensions that the steps were made for.
    pub available: &'a [String],
    /// The steps from one on, which are needed where they have to be applied.
    pub steps: &'a dyn Fn(usize) -> Vec<Step>,
    /// The roles, schemas and functions that Supabase brings are there before the first migration.
    pub supabase: bool,
    /// Extensions that only the change makes.
    pub extensions: &'a [(String, String)],
}

/// A server on whose base a change can be tried.
pub struct Base {
    pub server: Running,
    pub snapshot: Snapshot,
    pub told: Told,
    supabase: bool,
    /// Nobody else uses it until the server is gone. Nothing on a server of somebody else.
    _kept: Option<Entry>,
}

/// What is said of a base.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Told {
    /// The first migration that does not apply, and why. Then the base has what could be applied of all of them.
    pub broken: Option<(String, String)>,
    /// How many do not apply whole.
    pub failed: usize,
    /// Extensions that this server has not, with something in their place that has their names.
    pub stubs: Vec<String>,
    /// Extensions that this server has not, with nothing in their place.
    pub missing: Vec<String>,
    /// What should have been there before the first migration, and is not.
    #[serde(default)]
    pub absent: Option<String>,
}

impl Base {
    /// The base of a history: as it was kept, or from the longest part of it that was, or from nothing.
    pub fn open(
        engine: &Engine,
        place: &Place,
        history: &History<'_>,
        limits: Limits,
        progress: &dyn Fn(usize, usize),
    ) -> Result<Base> {
        if matches!(engine, Engine::Shadow(_)) {
            return Base::on_shadow(engine, place, history, limits, progress);
        }
        let chain = chain(engine, history);
        let kept = Entry::of(place, chain.last().map_or("", String::as_str))?;
        let supabase = history.supabase;
        if let Some((snapshot, told)) = kept.read() {
            let server = engine.resume(place, &kept.data(), limits)?;
            kept.touch();
            return Ok(Base { server, snapshot, told, supabase, _kept: Some(kept) });
        }
        let making = tempfile::Builder::new().prefix("making-").tempdir_in(place.folder());
        let making = making.context("make a folder for the server")?;
        place.give(making.path())?;
        // A shorter part of the same history saves the replay of it.
        let earlier = chain.iter().enumerate().rev().skip(1).find_map(|(at, it)| {
            let entry = Entry::unused(place, it)?;
            let (_, told) = entry.read()?;
            Some((at, entry, told))
        });
        let from = earlier.as_ref().map(|it| it.1.data());
        let server = engine.begin(place, &making.path().join("data"), from.as_deref(), limits)?;
        let (done, mut told) = earlier.map_or_else(Default::default, |it| (it.0, it.2));
        if from.is_none() {
            prelude::install(&mut server.session(NAME, OWNER)?, supabase)?;
        }
        let snapshot = replay(&server, history, done, &mut told, progress)?;
        server.keep()?;
        kept.put(place, making, &snapshot, &told)?;
        let server = engine.resume(place, &kept.data(), limits)?;
        Ok(Base { server, snapshot, told, supabase, _kept: Some(kept) })
    }

    /// The same on a server of somebody else, where nothing is kept.
    fn on_shadow(
        engine: &Engine,
        place: &Place,
        history: &History<'_>,
        limits: Limits,
        progress: &dyn Fn(usize, usize),
    ) -> Result<Base> {
        let server = engine.resume(place, place.folder(), limits)?;
        // Its roles belong to all databases of a server.
        let absent = "the roles and schemas of Supabase are not made on a shadow server";
        let absent = history.supabase.then(|| absent.to_owned());
        let mut told = Told { absent, ..Told::default() };
        let snapshot = replay(&server, history, 0, &mut told, progress)?;
        Ok(Base { server, snapshot, told, supabase: false, _kept: None })
    }

    /// A copy of the database, with a name of its own. Those of [`READY`](super::READY) are there already.
    pub fn copy(&self, name: &str) -> Result<()> {
        self.server.copy_of(NAME, name)
    }

    /// The same of another copy, in which there is no session.
    pub fn copy_of(&self, from: &str, name: &str) -> Result<()> {
        self.server.copy_of(from, name)
    }

    pub fn drop(&self, name: &str) -> Result<()> {
        self.server.drop(name)
    }

    /// What the catalogs of a copy say that nothing more is done to.
    pub fn last_look(&self, name: &str) -> Result<Snapshot> {
        let seen = self.server.session(name, OWNER)?.snapshot()?;
        match &self.server {
            // It goes with the server.
            Running::Server(server) => self.forget_roles(server, &seen, name)?,
            Running::Embedded(_) | Running::Shadow(_) => self.drop(name)?,
        }
        Ok(seen)
    }

    /// Takes away the roles that were made in a copy, which the same migrations would meet in the next one: roles belong
    /// to all databases of a server.
    fn forget_roles(&self, server: &Server, seen: &Snapshot, name: &str) -> Result<()> {
        // One that only has another name is no new one.
        let oid = |it: &Row| it.which.get("oid").cloned();
        let known: BTreeSet<_> = self.snapshot.of("role").map(|it| oid(it.1)).collect();
        let made = seen.of("role").filter(|it| !known.contains(&oid(it.1)));
        let made: Vec<&str> = made.map(|it| it.0).collect();
        if !made.is_empty() {
            // They may own what is in it.
            server.remove(name)?;
            server.drop_roles(&made)?;
        }
        Ok(())
    }

    /// A session in a copy, as the first of a migration.
    pub fn session(&self, name: &str) -> Result<Session> {
        let session = self.server.session(name, ROLE)?;
        fresh(session, &self.server, name, self.supabase)
    }

    /// From now on the plans of all statements in a copy are in the server's log. False where they cannot be.
    pub fn watch_writes(&self, name: &str) -> Result<bool> {
        self.server.watch_writes(name)
    }

    /// Why the base is not what the history leaves behind, where it is not.
    pub fn partial(&self, migrations: usize) -> Option<String> {
        let Told { broken, failed, absent, .. } = &self.told;
        let broken = broken.as_ref().map(|(path, why)| {
            format!("the history does not replay: {failed} of {migrations} migrations fail, first `{path}`: {why}")
        });
        broken.or_else(|| absent.clone())
    }
}

/// Applies a history from its step `done` on, as far as it goes.
fn replay(
    server: &Running,
    history: &History<'_>,
    done: usize,
    told: &mut Told,
    progress: &dyn Fn(usize, usize),
) -> Result<Snapshot> {
    let steps = (history.steps)(done);
    let mut owner = server.session(NAME, OWNER)?;
    for (extension, schema) in steps.iter().flat_map(|it| &it.extensions).chain(history.extensions)
    {
        prelude::stub(&mut owner, extension, schema, told)?;
    }
    drop(owner);
    let mut session = server.session(NAME, ROLE)?;
    for (at, step) in steps.iter().enumerate() {
        progress(done + at, history.known.len());
        session = fresh(session, server, NAME, history.supabase)?;
        let Err((_, refused)) = step.send(&mut session, Sending::Whole) else { continue };
        if let Some(stopped) = server.stopped() {
            return Err(limit(stopped, &step.path));
        }
        told.failed += 1;
        told.broken.get_or_insert((step.path.clone(), refused.message));
        // What can be applied of it stands for it.
        for range in step.statements() {
            session = fresh(session, server, NAME, history.supabase)?;
            let _ = session.send(&step.text[range.clone()]);
        }
    }
    drop(session);
    server.session(NAME, OWNER)?.snapshot()
}

/// A session in which nothing is set and no transaction open.
fn fresh(mut session: Session, server: &Running, name: &str, supabase: bool) -> Result<Session> {
    if !session.is_open()
        || session.send("rollback").is_err()
        || session.send("discard all").is_err()
    {
        session = server.session(name, ROLE)?;
    }
    if supabase {
        session.script("set search_path = \"$user\", public, extensions")?;
    }
    Ok(session)
}

/// A limit that was reached while the history was replayed.
pub(super) fn limit(stopped: super::Stopped, path: &str) -> Failure {
    let what = match stopped {
        super::Stopped::Time => "took longer than a rehearsal may",
        super::Stopped::Disk => "wrote more than a rehearsal may",
    };
    Failure::new(format!("`{path}` {what}, and the server was stopped"))
        .help("give it more with `--deadline <SECONDS>` if that is what it needs")
}
