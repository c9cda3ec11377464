//! Where a rehearsal can take place.

use std::path::Path;

use super::embedded::{self, Embedded};
use super::place::copy;
use super::shadow::{OnShadow, Shadow};
use super::{Binaries, Limits, Place, Server, Session, Stopped, initialize};
use crate::failure::Result;

/// Where there is no log to read: plans are told to the client, at a level that no `client_min_messages` keeps back
/// (Postgres manual, "Message Severity Levels": `INFO` is always sent). Only a superuser sets these.
pub(super) const TELL_PLANS: &[(&str, &str)] = &[
    ("session_preload_libraries", "auto_explain"),
    ("auto_explain.log_min_duration", "0"),
    ("auto_explain.log_level", "info"),
    ("auto_explain.log_nested_statements", "on"),
    ("auto_explain.log_format", "json"),
    ("auto_explain.log_verbose", "on"),
];

/// What runs Postgres.
#[derive(Clone, Debug)]
pub enum Engine {
    /// A server that somebody keeps for this.
    Shadow(Box<Shadow>),
    /// Server programs of this machine.
    Local(Binaries),
    /// What is built into this program.
    Embedded,
}

impl Engine {
    /// As people know it.
    pub fn title(&self) -> String {
        match self {
            Engine::Shadow(it) => format!("PostgreSQL {} (shadow server)", it.version),
            Engine::Local(Binaries { version, folder, .. }) => {
                format!("PostgreSQL {version} of `{}`", folder.display())
            }
            Engine::Embedded => format!("PostgreSQL {} (embedded)", embedded::VERSION),
        }
    }

    /// The extensions that a migration can make there.
    pub fn extensions(&self) -> Vec<String> {
        match self {
            Engine::Shadow(it) => it.extensions.clone(),
            Engine::Local(it) => it.extensions(),
            Engine::Embedded => embedded::EXTENSIONS.iter().map(|&it| it.to_owned()).collect(),
        }
    }

    /// What differs between two whose databases cannot be used for each other.
    pub(super) fn key(&self) -> [String; 2] {
        match self {
            Engine::Shadow(it) => [it.version.clone(), "shadow".to_owned()],
            Engine::Local(Binaries { version, folder, .. }) => {
                [version.clone(), folder.to_string_lossy().into_owned()]
            }
            Engine::Embedded => [embedded::VERSION.to_owned(), "embedded".to_owned()],
        }
    }

    /// Starts what a history is replayed in, from the data directory of a shorter one where there is one.
    pub(super) fn begin(
        &self,
        place: &Place,
        data: &Path,
        earlier: Option<&Path>,
        limits: Limits,
    ) -> Result<Running> {
        match self {
            Engine::Shadow(it) => it.begin(limits).map(|it| Running::Shadow(Box::new(it))),
            Engine::Local(binaries) => {
                match earlier {
                    Some(earlier) => copy(place, earlier, data)?,
                    None => initialize(binaries, place, data)?,
                }
                let server = Box::new(Server::start(binaries, place, data, limits)?);
                match earlier {
                    Some(_) => server.drop_copies(NAME)?,
                    None => server.found(NAME)?,
                }
                Ok(Running::Server(server))
            }
            Engine::Embedded => {
                if let Some(earlier) = earlier {
                    copy(&place.own(), earlier, data)?;
                }
                Embedded::making(place, NAME, data, limits).map(Running::Embedded)
            }
        }
    }

    /// Starts what runs copies of a data directory.
    pub(super) fn resume(&self, place: &Place, data: &Path, limits: Limits) -> Result<Running> {
        match self {
            Engine::Shadow(it) => it.begin(limits).map(|it| Running::Shadow(Box::new(it))),
            Engine::Local(binaries) => {
                let copy = data.with_file_name("copy");
                let server = Server::of_copy(binaries, place, (data, &copy), limits)?;
                Ok(Running::Server(Box::new(server)))
            }
            Engine::Embedded => Embedded::of(place, data, limits).map(Running::Embedded),
        }
    }
}

/// The database with the history in it, which is only ever copied.
pub(super) const NAME: &str = "base";

/// Copies of it with these names need not be waited for.
pub const READY: [&str; 2] = ["whole", "single"];

/// What runs the base and its copies, until it is dropped.
pub enum Running {
    Server(Box<Server>),
    Embedded(Embedded),
    Shadow(Box<OnShadow>),
}

impl Running {
    /// A connection to one database, as one of the two roles. The embedded engine has one at a time for each database: a
    /// new one ends the one before.
    pub fn session(&self, database: &str, role: &str) -> Result<Session> {
        match self {
            Running::Server(it) => it.session(database, role),
            Running::Embedded(it) => it.session(database, role),
            Running::Shadow(it) => it.session(database, role),
        }
    }

    /// What it has written to its log, each entry below the name of its database.
    pub fn log(&self) -> String {
        match self {
            Running::Server(it) => it.log(),
            Running::Embedded(it) => it.log(),
            Running::Shadow(it) => it.log(),
        }
    }

    /// Why it was stopped, where it was.
    pub fn stopped(&self) -> Option<Stopped> {
        match self {
            Running::Server(it) => it.stopped(),
            Running::Embedded(it) => it.stopped(),
            Running::Shadow(it) => it.stopped(),
        }
    }

    /// Copies the base, or a copy of it that nobody is connected to.
    pub(super) fn copy_of(&self, from: &str, name: &str) -> Result<()> {
        match self {
            Running::Server(it) => it.copy(from, name),
            Running::Embedded(it) if from == NAME => it.copy(name),
            Running::Embedded(it) => it.copy_of(from, name),
            Running::Shadow(it) => it.copy(from, name),
        }
    }

    pub(super) fn drop(&self, name: &str) -> Result<()> {
        match self {
            Running::Server(it) => it.remove(name),
            Running::Embedded(it) => {
                it.remove(name);
                Ok(())
            }
            Running::Shadow(it) => it.remove(name),
        }
    }

    /// From now on the plans of all statements in a copy are in the log. Whether they can be.
    pub(super) fn watch_writes(&self, name: &str) -> Result<bool> {
        match self {
            Running::Server(it) => {
                if !READY.contains(&name) {
                    it.watch_writes(name)?;
                }
                Ok(true)
            }
            // It tells them of every copy.
            Running::Embedded(_) => Ok(true),
            Running::Shadow(it) => it.watch_writes(name),
        }
    }

    /// Leaves the base in its data directory, with what can be made ready there, and nothing running.
    pub(super) fn keep(self) -> Result<()> {
        match self {
            Running::Embedded(it) => it.keep(NAME),
            Running::Server(it) => it.make_ready(),
            Running::Shadow(_) => Ok(()),
        }
    }
}
