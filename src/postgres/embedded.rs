//! The Postgres that is built into this program (cargo feature `embedded-postgres`).
//!
//! It runs as a WebAssembly module in a child process, one for each data directory, and has one backend: whoever
//! connects gets it in turn. A copy of the base is a copy of its directory. The module reaches no file but those of its
//! directory, no program and no network; what never ends is ended with its process.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::keeper::{Keeper, Signals, until_up};
use super::place::copy;
use super::watch::{Limits, Stopped, Watch};
use super::{OWNER, Place, Session, socket};
use crate::failure::{Context, Failure, Result};

/// Whether this program was built with it.
pub const IS_BUILT_IN: bool = cfg!(feature = "embedded-postgres");
/// What it answers to `show server_version`.
pub(super) const VERSION: &str = "18.4";
/// Asked for as a database: the directory is left as it has to be found, and the process ends.
pub(super) const KEEP: &str = "sprag: keep";
/// It has only this one.
const DATABASE: &str = "postgres";

/// It shares its process with nobody.
const SIGNALS: Signals = Signals { orderly: "TERM", now: "KILL" };

/// The extensions that come with it.
pub(super) const EXTENSIONS: &[&str] = &[
    "auto_explain",
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "earthdistance",
    "fuzzystrmatch",
    "hstore",
    "intarray",
    "isn",
    "lo",
    "ltree",
    "pg_trgm",
    "pgcrypto",
    "plpgsql",
    "seg",
    "tablefunc",
    "tsm_system_rows",
    "tsm_system_time",
    "unaccent",
    "uuid-ossp",
];

/// One base and the copies of it, each with a process of its own.
pub struct Embedded {
    place: Place,
    limits: Limits,
    /// The directory of the base.
    data: PathBuf,
    running: Mutex<BTreeMap<String, Running>>,
    log: Arc<Mutex<String>>,
}

struct Running {
    watch: Watch,
    _keeper: Keeper,
    sockets: tempfile::TempDir,
}

impl Embedded {
    /// A base whose directory is there. Nothing runs until there is a copy.
    pub(super) fn of(place: &Place, data: &Path, limits: Limits) -> Result<Embedded> {
        let it = Embedded {
            place: place.own(),
            limits,
            data: data.to_owned(),
            running: Mutex::default(),
            log: Arc::default(),
        };
        // Who was killed has left them behind.
        let copies = it.copies();
        let _ = fs::remove_dir_all(&copies);
        it.place.private(&copies)?;
        Ok(it)
    }

    /// A base that is being made: in memory, which takes a fifth of the time, or on from what is in its directory.
    pub(super) fn making(
        place: &Place,
        name: &str,
        data: &Path,
        limits: Limits,
    ) -> Result<Embedded> {
        let it = Embedded::of(place, data, limits)?;
        let is_new = !data.exists();
        it.start(name, data, is_new)?;
        Ok(it)
    }

    /// Where the copies lie.
    fn copies(&self) -> PathBuf {
        self.data.with_file_name("copies")
    }

    fn start(&self, name: &str, data: &Path, in_memory: bool) -> Result<()> {
        let sockets = tempfile::Builder::new().prefix("sprag-").tempdir();
        let sockets = sockets.context("make a folder for the socket")?;
        let log = sockets.path().join("log");
        let log_file = File::create(&log).context("make the server's log")?;
        let program = std::env::current_exe().context("find this program")?;
        let how = if in_memory { "memory" } else { "directory" };
        let cache = self.place.folder().join("engine");
        let mut home = std::ffi::OsString::from("XDG_CACHE_HOME=");
        home.push(&cache);
        let mut also = std::ffi::OsString::from("HOME=");
        also.push(&cache);
        let arguments: [&OsStr; 8] = [
            // What it unpacks lies with the rest.
            "/usr/bin/env".as_ref(),
            &home,
            &also,
            program.as_os_str(),
            "embedded-postgres".as_ref(),
            how.as_ref(),
            data.as_os_str(),
            sockets.path().as_os_str(),
        ];
        let keeper = Keeper::start(&self.place, &arguments, log_file, SIGNALS)?;
        until_up(&log, || Session::open(sockets.path(), DATABASE, OWNER))?;
        // How long it takes to come up is no matter of what is sent to it.
        let watch = Watch::over(data, self.limits, keeper.stop());
        let running = Running { watch, _keeper: keeper, sockets };
        self.locked(|all| all.insert(name.to_owned(), running));
        Ok(())
    }

    fn locked<T>(&self, with: impl FnOnce(&mut BTreeMap<String, Running>) -> T) -> T {
        with(&mut self.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    pub(super) fn session(&self, name: &str, role: &str) -> Result<Session> {
        let open = || {
            let sockets = self.locked(|all| Some(all.get(name)?.sockets.path().to_owned()));
            let sockets = sockets.ok_or_else(|| Failure::new(format!("`{name}` does not run")))?;
            Session::overheard(socket(&sockets, DATABASE, role), name, &self.log)
        };
        let data = self.copies().join(name);
        match open() {
            // It broke off, as at an endless recursion. What was committed is in the directory.
            Err(_) if data.is_dir() && self.stopped().is_none() => {
                self.locked(|all| all.remove(name));
                self.start(name, &data, false)?;
                open()
            }
            opened => opened,
        }
    }

    pub(super) fn copy(&self, name: &str) -> Result<()> {
        let to = self.copies().join(name);
        copy(&self.place, &self.data, &to)?;
        self.start(name, &to, false)
    }

    /// The same of another copy, which is stopped for it and comes up again when it is asked.
    pub(super) fn copy_of(&self, from: &str, name: &str) -> Result<()> {
        self.locked(|all| all.remove(from));
        let to = self.copies().join(name);
        copy(&self.place, &self.copies().join(from), &to)?;
        self.start(name, &to, false)
    }

    pub(super) fn remove(&self, name: &str) {
        self.locked(|all| all.remove(name));
        let _ = fs::remove_dir_all(self.copies().join(name));
    }

    /// Leaves the base in its directory, and nothing running.
    pub(super) fn keep(&self, name: &str) -> Result<()> {
        let sockets = self.locked(|all| Some(all.get(name)?.sockets.path().to_owned()));
        let Some(sockets) = sockets else { return Ok(()) };
        Session::open(&sockets, KEEP, OWNER)?;
        self.locked(|all| all.remove(name));
        let _ = fs::remove_dir_all(self.copies());
        Ok(())
    }

    pub(super) fn log(&self) -> String {
        self.log.lock().map(|it| it.clone()).unwrap_or_default()
    }

    pub(super) fn stopped(&self) -> Option<Stopped> {
        self.locked(|all| all.values().find_map(|it| it.watch.stopped()))
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.locked(BTreeMap::clear);
        let _ = fs::remove_dir_all(self.copies());
    }
}
