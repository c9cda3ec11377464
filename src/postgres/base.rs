//! Databases that a history has been replayed into, kept so that the next rehearsal begins where this one did.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::history::{Sending, Step};
use super::server::settle;
use super::{Binaries, Limits, OWNER, Place, ROLE, Server, Session, initialize, prelude};
use crate::failure::{Context, Failure, Result};
use crate::schema::{Identity, Row, Snapshot};

/// How many are kept. Each takes some 40 MB.
const KEPT: usize = 3;
/// The database with the history in it, which is only ever copied.
const NAME: &str = "base";

/// Which history, and what it needs around it.
pub struct History<'a> {
    pub steps: &'a [Step],
    /// The roles, schemas and functions that Supabase brings are there before the first migration.
    pub supabase: bool,
    /// Extensions that only the change makes.
    pub extensions: &'a [(String, String)],
    /// SQL that stands for what was there before the first migration.
    pub baseline: Option<&'a str>,
}

/// A server on whose base a change can be tried.
pub struct Base {
    pub server: Server,
    pub snapshot: Snapshot,
    pub told: Told,
    supabase: bool,
    entry: PathBuf,
    lock: File,
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
}

/// What lies beside the data directory.
#[derive(Serialize, Deserialize)]
struct Kept {
    rows: Vec<(Identity, Row)>,
    told: Told,
}

impl Base {
    /// The base of a history: as it was kept, or from the longest part of it that was, or from nothing.
    pub fn open(
        binaries: &Binaries,
        place: &Place,
        history: &History<'_>,
        limits: Limits,
        progress: &dyn Fn(usize, usize),
    ) -> Result<Base> {
        let chain = chain(binaries, history);
        let name = chain.last().map_or("", String::as_str);
        let lock = lock(place, name)?;
        let entry = place.folder().join(name);
        if let Some(kept) = read(&entry) {
            let server = Server::start(binaries, place, &entry.join("data"), limits)?;
            let mut base = Base {
                server,
                snapshot: Snapshot(kept.rows.into_iter().collect()),
                told: kept.told,
                supabase: history.supabase,
                entry: entry.clone(),
                lock,
            };
            if base.is_clean()? {
                // Which were used last is told by their times.
                let _ = File::open(entry.join("kept.json"))
                    .and_then(|it| it.set_modified(SystemTime::now()));
                return Ok(base);
            }
            let Base { server, lock, .. } = base;
            drop(server);
            remove(&entry);
            return Base::built(binaries, place, history, (limits, progress), &chain, lock);
        }
        Base::built(binaries, place, history, (limits, progress), &chain, lock)
    }

    fn built(
        binaries: &Binaries,
        place: &Place,
        history: &History<'_>,
        (limits, progress): (Limits, &dyn Fn(usize, usize)),
        chain: &[String],
        lock: File,
    ) -> Result<Base> {
        let name = chain.last().map_or("", String::as_str);
        let entry = place.folder().join(name);
        remove(&entry);
        let making = tempfile::Builder::new().prefix("making-").tempdir_in(place.folder());
        let making = making.context("make a folder for the server")?;
        place.give(making.path())?;
        let data = making.path().join("data");
        // A shorter part of the same history saves the replay of it.
        let earlier = chain.iter().enumerate().rev().skip(1).find_map(|(at, it)| {
            let lock = try_lock(place, it)?;
            let kept = read(&place.folder().join(it))?;
            Some((at, place.folder().join(it), kept, lock))
        });
        let (done, mut told) = match earlier {
            Some((at, from, kept, _lock)) => {
                settle(&from.join("data"));
                copy(place, &from.join("data"), &data)?;
                (at, kept.told)
            }
            None => {
                initialize(binaries, place, &data)?;
                (0, Told::default())
            }
        };
        let server = Server::start(binaries, place, &data, limits)?;
        drop_copies(&server)?;
        if done == 0 && !has_base(&server)? {
            server.make_role()?;
            let mut owner = server.session("postgres", OWNER)?;
            owner.script(&format!("create database {NAME} owner {ROLE}"))?;
            let mut owner = server.session(NAME, OWNER)?;
            prelude::install(&mut owner, history.supabase)?;
            if let Some(baseline) = history.baseline {
                owner.script(baseline)?;
            }
        }
        let steps = &history.steps[done..];
        let all = || steps.iter().flat_map(|it| &it.extensions).chain(history.extensions);
        let mut owner = server.session(NAME, OWNER)?;
        for (extension, schema) in all() {
            prelude::stub(&mut owner, extension, schema, &mut told)?;
        }
        let mut session = server.session(NAME, ROLE)?;
        for (at, step) in steps.iter().enumerate() {
            progress(done + at, history.steps.len());
            session = fresh(session, &server, NAME, history.supabase)?;
            let Err((_, refused)) = step.send(&mut session, Sending::Whole) else { continue };
            if let Some(stopped) = server.stopped() {
                return Err(limit(stopped, &step.path));
            }
            told.failed += 1;
            told.broken.get_or_insert((step.path.clone(), refused.message));
            // What can be applied of it stands for it.
            for range in &step.statements {
                session = fresh(session, &server, NAME, history.supabase)?;
                let _ = session.send(&step.text[range.clone()]);
            }
        }
        drop(session);
        let snapshot = owner.snapshot()?;
        let kept = Kept { rows: snapshot.0.clone().into_iter().collect(), told: told.clone() };
        drop(owner);
        drop(server);
        let text = crate::parse::json::to_text(&kept).map_err(Failure::new)?;
        fs::write(making.path().join("kept.json"), text).context("keep the snapshot")?;
        let made = making.keep();
        fs::rename(&made, &entry).context("keep the database")?;
        evict(place, &entry);
        let server = Server::start(binaries, place, &entry.join("data"), limits)?;
        Ok(Base { server, snapshot, told, supabase: history.supabase, entry, lock })
    }

    /// A copy of the database, with a name of its own.
    pub fn copy(&self, name: &str) -> Result<()> {
        self.copy_of(NAME, name)
    }

    /// The same of another copy, in which there is no session.
    pub fn copy_of(&self, from: &str, name: &str) -> Result<()> {
        let mut owner = self.server.session("postgres", OWNER)?;
        owner.script(&format!("create database {name} owner {ROLE} template {from}"))
    }

    pub fn drop(&self, name: &str) -> Result<()> {
        let mut owner = self.server.session("postgres", OWNER)?;
        owner.script(&format!("drop database if exists {name} with (force)"))
    }

    /// A session in a copy, as the first of a migration.
    pub fn session(&self, name: &str) -> Result<Session> {
        let session = self.server.session(name, ROLE)?;
        fresh(session, &self.server, name, self.supabase)
    }

    /// Whether nothing of an earlier rehearsal is left: roles and settings belong to all databases of a server, and who
    /// was killed has left a copy.
    fn is_clean(&mut self) -> Result<bool> {
        drop_copies(&self.server)?;
        let mut owner = self.server.session(NAME, OWNER)?;
        let now = owner.shared()?;
        let before =
            self.snapshot.0.iter().filter(|it| matches!(it.0.kind.as_str(), "role" | "setting"));
        Ok(now.0.iter().eq(before))
    }

    /// Ends the rehearsal. Where it left roles behind, or was stopped in the middle, the base is not kept.
    pub fn close(mut self) {
        if !self.is_clean().unwrap_or(false) {
            let Base { server, entry, lock, .. } = self;
            drop(server);
            remove(&entry);
            drop(lock);
        }
    }
}

/// Drops what a rehearsal that was killed has left behind.
fn drop_copies(server: &Server) -> Result<()> {
    let mut owner = server.session("postgres", OWNER)?;
    let left = owner.rows(&format!(
        "select datname from pg_database where datname not in ('postgres', 'template0', 'template1', '{NAME}')"
    ))?;
    for name in left.iter().flatten() {
        owner.script(&format!("drop database \"{name}\" with (force)"))?;
    }
    Ok(())
}

/// A session in which nothing is set and no transaction open.
fn fresh(mut session: Session, server: &Server, name: &str, supabase: bool) -> Result<Session> {
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

fn has_base(server: &Server) -> Result<bool> {
    let mut owner = server.session("postgres", OWNER)?;
    let found = owner.rows(&format!("select 1 from pg_database where datname = '{NAME}'"))?;
    Ok(!found.is_empty())
}

/// A name for what is there after each step, the first for what is there before any of them.
fn chain(binaries: &Binaries, history: &History<'_>) -> Vec<String> {
    let mut hash = Sha256::new();
    let mut add = |parts: &[&str]| {
        for part in parts {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        let mut name = String::new();
        for byte in &hash.clone().finalize()[..12] {
            let _ = write!(name, "{byte:02x}");
        }
        name
    };
    let folder = binaries.folder.to_string_lossy();
    let supabase = if history.supabase { "supabase" } else { "" };
    let first = [
        env!("CARGO_PKG_VERSION"),
        prelude::VERSION,
        binaries.version.as_str(),
        &folder,
        supabase,
        history.baseline.unwrap_or_default(),
    ];
    let mut names = vec![add(&first)];
    for step in history.steps {
        names.push(add(&[&step.path, &step.text]));
    }
    // Stubs of the change are there as well.
    if !history.extensions.is_empty() {
        let extensions: Vec<&str> = history.extensions.iter().map(|it| it.0.as_str()).collect();
        names.push(add(&extensions));
    }
    names
}

fn read(entry: &Path) -> Option<Kept> {
    let text = fs::read_to_string(entry.join("kept.json")).ok()?;
    crate::parse::json::from_text(&text)
}

fn lock(place: &Place, name: &str) -> Result<File> {
    let path = place.folder().join(format!("{name}.lock"));
    loop {
        let file = File::create(&path).context("make a lock")?;
        file.lock().context("wait for another rehearsal")?;
        if is_there(&file, &path) {
            return Ok(file);
        }
    }
}

fn try_lock(place: &Place, name: &str) -> Option<File> {
    let path = place.folder().join(format!("{name}.lock"));
    let file = File::options().write(true).open(&path).ok()?;
    file.try_lock().ok()?;
    is_there(&file, &path).then_some(file)
}

/// Whether a lock is still the one of that name: who held it before may have removed it with what it was for.
fn is_there(file: &File, path: &Path) -> bool {
    match (file.metadata(), path.metadata()) {
        (Ok(one), Ok(other)) => one.ino() == other.ino() && one.dev() == other.dev(),
        _ => false,
    }
}

fn remove(entry: &Path) {
    let _ = fs::remove_dir_all(entry);
}

/// Removes the oldest, but none that is in use.
fn evict(place: &Place, newest: &Path) {
    let Ok(entries) = fs::read_dir(place.folder()) else { return };
    let used = |it: &PathBuf| fs::metadata(it.join("kept.json")).and_then(|it| it.modified()).ok();
    let mut all: Vec<(SystemTime, PathBuf)> = entries
        .filter_map(|it| Some(it.ok()?.path()))
        .filter(|it| it != newest)
        .filter_map(|it| Some((used(&it)?, it)))
        .collect();
    all.sort();
    all.reverse();
    for (_, entry) in all.into_iter().skip(KEPT - 1) {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(_lock) = try_lock(place, &name) {
            remove(&entry);
            let _ = fs::remove_file(place.folder().join(format!("{name}.lock")));
        }
    }
}

/// Copies a data directory of a server that does not run.
fn copy(place: &Place, from: &Path, to: &Path) -> Result<()> {
    fn walk(place: &Place, from: &Path, to: &Path) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt;
        fs::create_dir(to)?;
        fs::set_permissions(to, fs::Permissions::from_mode(0o700))?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            let (from, to) = (entry.path(), to.join(entry.file_name()));
            if entry.file_type()?.is_dir() {
                walk(place, &from, &to)?;
            } else {
                fs::copy(&from, &to)?;
                place.give(&to).map_err(|it| io::Error::other(it.message))?;
            }
        }
        place.give(to).map_err(|it| io::Error::other(it.message))
    }
    walk(place, from, to).context("copy the database")
}
