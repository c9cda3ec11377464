//! One server in one data directory.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::engine::{NAME, READY};
use super::keeper::{Keeper, Signals, until_up};
use super::place::same;
use super::session::{Session, socket};
use super::watch::{Limits, Stopped, Watch};
use super::{Binaries, OWNER, Place, ROLE};
use crate::failure::{Context, Failure, Result};

/// The file that a server has while it runs.
pub(super) const RUNNING: &str = "postmaster.pid";
/// The shell has killed it by then.
const GONE: Duration = Duration::from_secs(7);

/// Waits for a server that outlives its parent by a moment: whoever was killed has let go of its lock at once.
pub(super) fn settle(data: &Path) {
    let begin = Instant::now();
    while is_running(data) && begin.elapsed() < GONE {
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Whether the process that the file names is alive: a machine that lost power leaves the file behind.
fn is_running(data: &Path) -> bool {
    let Ok(text) = fs::read_to_string(data.join(RUNNING)) else { return false };
    let Some(id) = text.lines().next() else { return true };
    let alive =
        Command::new("/bin/sh").args(["-c", "kill -0 \"$1\" 2>/dev/null", "sh", id]).status();
    alive.is_ok_and(|it| it.success())
}

/// Whether a server says that it lets nobody in yet, which costs it a process to say to whoever connects (Postgres'
/// `src/include/utils/pidfile.h`).
fn is_starting(data: &Path) -> bool {
    let text = fs::read_to_string(data.join(RUNNING)).unwrap_or_default();
    text.lines().nth(7).is_some_and(|it| it.trim() == "starting")
}

/// Fast and immediate shutdown (Postgres manual, "Shutting Down the Server").
const KEPT: Signals = Signals { orderly: "INT", now: "QUIT" };
/// Nobody reads again what it has written.
const THROWN_AWAY: Signals = Signals { orderly: "QUIT", now: "QUIT" };

/// What a throw-away server needs no care for, and what keeps it small (Postgres manual, "Non-durable settings").
/// Nobody connects to it but through a socket in a folder of its own.
const CONFIGURATION: &str = "
listen_addresses = ''
unix_socket_permissions = 0700
fsync = off
full_page_writes = off
synchronous_commit = off
autovacuum = off
jit = off
wal_level = minimal
max_wal_senders = 0
max_connections = 12
max_worker_processes = 2
max_logical_replication_workers = 0
max_parallel_workers = 0
shared_buffers = 32MB
bgwriter_lru_maxpages = 0
min_wal_size = 2MB
max_locks_per_transaction = 1024
temp_file_limit = 256MB
timezone = 'UTC'
log_min_messages = warning
log_line_prefix = '<%d> '
logging_collector = off
";

/// A server that runs, until it is dropped.
pub struct Server {
    // In this order they are dropped: what ends in its time was not stopped.
    watch: Watch,
    /// The session that it was waited for with, for the first who asks for one like it.
    first: Mutex<Option<Session>>,
    first_in: &'static str,
    /// Copies of the base that are there and that nobody has asked for.
    ready: Mutex<BTreeSet<&'static str>>,
    _keeper: Keeper,
    sockets: tempfile::TempDir,
    log: PathBuf,
    pub binaries: Binaries,
}

/// Makes a data directory at `data`, with the role that migrations run as.
pub fn initialize(binaries: &Binaries, place: &Place, data: &Path) -> Result<()> {
    place.private(data)?;
    let mut command = place.command(&binaries.folder.join("initdb"));
    command
        .args(["-D".as_ref(), data.as_os_str()])
        .args(["-U", OWNER, "-A", "trust", "--locale=C", "-E", "UTF8", "--no-sync"])
        .args(["--wal-segsize=1", "--no-instructions"]);
    let said = command.output().context("run initdb")?;
    if !said.status.success() {
        let why = String::from_utf8_lossy(&said.stderr);
        let why = why.lines().find(|it| it.contains("error:")).unwrap_or("it gave no reason");
        return Err(Failure::new(format!("initdb of {} failed: {why}", binaries.version)));
    }
    let configuration = data.join("postgresql.conf");
    let mut text = fs::read_to_string(&configuration).context("read postgresql.conf")?;
    text.push_str(CONFIGURATION);
    if has_explain(binaries) {
        text.push_str(EXPLAIN);
    }
    fs::write(&configuration, text).context("write postgresql.conf")
}

/// Which rows a statement would write is told by its plan, whatever function it stands in and however few rows there
/// are. Loaded for every session, and to be switched by a superuser alone (Postgres manual, "`auto_explain`").
const EXPLAIN: &str = "
session_preload_libraries = 'auto_explain'
auto_explain.log_min_duration = -1
auto_explain.log_nested_statements = on
auto_explain.log_format = json
auto_explain.log_verbose = on
auto_explain.log_triggers = off
";

fn has_explain(binaries: &Binaries) -> bool {
    let near = |below: &str| binaries.folder.join(below).join("auto_explain.so").is_file();
    near("../lib") || near("../lib/postgresql") || near("../lib64")
}

impl Server {
    /// Starts the server of a data directory, and stops it when a limit is reached.
    pub fn start(
        binaries: &Binaries,
        place: &Place,
        data: &Path,
        limits: Limits,
    ) -> Result<Server> {
        settled(data, || Server::once(binaries, place, data, limits, ("postgres", KEPT)))
    }

    /// The same of a copy of a data directory, in which nothing is left of what was done to it before. It has been made
    /// [`ready`](Server::make_ready).
    pub(super) fn of_copy(
        binaries: &Binaries,
        place: &Place,
        (data, copy): (&Path, &Path),
        limits: Limits,
    ) -> Result<Server> {
        let mut server = settled(copy, || {
            same(place, data, copy)?;
            Server::once(binaries, place, copy, limits, (READY[0], THROWN_AWAY))
        })?;
        server.ready = Mutex::new(BTreeSet::from(READY));
        Ok(server)
    }

    fn once(
        binaries: &Binaries,
        place: &Place,
        data: &Path,
        limits: Limits,
        (first_in, signals): (&'static str, Signals),
    ) -> Result<Server> {
        let sockets = tempfile::Builder::new().prefix("sprag-").tempdir();
        let sockets = sockets.context("make a folder for the socket")?;
        place.give(sockets.path())?;
        let log = sockets.path().join("log");
        let log_file = fs::File::create(&log).context("make the server's log")?;
        let program = binaries.folder.join("postgres");
        let arguments = [
            program.as_os_str(),
            "-D".as_ref(),
            data.as_os_str(),
            "-k".as_ref(),
            sockets.path().as_os_str(),
        ];
        let keeper = Keeper::start(place, &arguments, log_file, signals)?;
        let watch = Watch::over(data, limits, keeper.stop());
        let first = until_up(&log, || {
            if is_starting(data) {
                return Err(Failure::new("it is starting"));
            }
            session(sockets.path(), first_in, OWNER)
        })?;
        let (first, binaries) = (Mutex::new(Some(first)), binaries.clone());
        let ready = Mutex::default();
        Ok(Server { watch, first, first_in, ready, _keeper: keeper, sockets, log, binaries })
    }

    /// A connection as one of the two roles.
    pub fn session(&self, database: &str, role: &str) -> Result<Session> {
        if (database, role) == (self.first_in, OWNER) {
            let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
            // All sessions end where a process of the server breaks off.
            if let Some(mut first) = first
                && first.send("").is_ok()
            {
                return Ok(first);
            }
        }
        session(self.sockets.path(), database, role)
    }

    /// Makes copies of the base that a copy of the data directory then has without waiting.
    pub(super) fn make_ready(&self) -> Result<()> {
        READY.iter().try_for_each(|name| self.copy(NAME, name))
    }

    /// Copies a database that nobody is connected to. Those of [`READY`] are watched, the first time and every other.
    pub(super) fn copy(&self, from: &str, to: &str) -> Result<()> {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if from == NAME && ready.remove(to) {
            return Ok(());
        }
        // What nobody has in memory need not go through it; before 15 it never did (Postgres manual, "CREATE DATABASE").
        let how = if self.binaries.major < 15 { "" } else { "strategy file_copy" };
        let mut owner = self.session("postgres", OWNER)?;
        owner.script(&format!("create database {to} owner {ROLE} template {from} {how}"))?;
        if READY.contains(&to) {
            self.watch_writes(to)?;
        }
        Ok(())
    }

    pub(super) fn remove(&self, name: &str) -> Result<()> {
        let mut owner = self.session("postgres", OWNER)?;
        owner.script(&format!("drop database if exists {name} with (force)"))
    }

    /// From now on the plans of all that migrations do in a database are in the log.
    pub(super) fn watch_writes(&self, name: &str) -> Result<()> {
        let mut owner = self.session("postgres", OWNER)?;
        owner.script(&format!("alter database {name} set auto_explain.log_min_duration = 0"))
    }

    /// Drops roles, where nothing depends on them.
    pub(super) fn drop_roles(&self, roles: &[&str]) -> Result<()> {
        let mut owner = self.session("postgres", OWNER)?;
        // A role that owns something elsewhere stays.
        let _ = owner.send(&format!("drop role {}", roles.join(", ")));
        Ok(())
    }

    /// The role that migrations run as, and a database of it.
    pub(super) fn found(&self, name: &str) -> Result<()> {
        self.make_role()?;
        let mut owner = self.session("postgres", OWNER)?;
        owner.script(&format!("create database {name} owner {ROLE}"))
    }

    /// Drops every database but one.
    pub(super) fn drop_copies(&self, but: &str) -> Result<()> {
        let mut owner = self.session("postgres", OWNER)?;
        let left = owner.rows(&format!(
            "select datname from pg_database where datname not in ('postgres', 'template0', 'template1', '{but}')"
        ))?;
        for name in left.iter().flatten() {
            owner.script(&format!("drop database \"{name}\" with (force)"))?;
        }
        Ok(())
    }

    /// The role that migrations run as. It may do what a hosted one may, and none of what reaches the machine.
    pub fn make_role(&self) -> Result<()> {
        let mut session = self.session("postgres", OWNER)?;
        session.script(&format!("create role {ROLE} login createdb createrole bypassrls"))?;
        if self.binaries.major < 16 {
            // Whoever may make roles may give away the built-in ones, up to running programs, before 16 (Postgres
            // manual 15, "Role attributes"). Nobody but a superuser gives away a superuser, so they are made some; what
            // a member inherits does not count for superusers.
            session.script(DANGEROUS)?;
        }
        Ok(())
    }

    /// What the server has written to its log.
    pub fn log(&self) -> String {
        fs::read(&self.log).map(|it| String::from_utf8_lossy(&it).into_owned()).unwrap_or_default()
    }

    /// Why it was stopped, where it was.
    pub fn stopped(&self) -> Option<Stopped> {
        self.watch.stopped()
    }
}

/// Tries to start a server where one that was killed may not have gone yet.
fn settled(data: &Path, start: impl Fn() -> Result<Server>) -> Result<Server> {
    let begin = Instant::now();
    loop {
        settle(data);
        match start() {
            // One that was killed had only begun, and its server came up after all.
            Err(it) if it.message.contains(RUNNING) && begin.elapsed() < GONE => {
                std::thread::sleep(Duration::from_millis(10));
            }
            started => return started,
        }
    }
}

/// What the owner asks is our own, and its plans are nobody's concern.
fn session(sockets: &Path, database: &str, role: &str) -> Result<Session> {
    let mut config = socket(sockets, database, role);
    if role == OWNER {
        config.options("-c auto_explain.log_min_duration=-1");
    }
    Session::with(config)
}

const DANGEROUS: &str = "
set allow_system_table_mods = on;
update pg_catalog.pg_authid set rolsuper = true
where rolname in ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files', 'pg_signal_backend',
                  'pg_checkpoint', 'pg_monitor', 'pg_read_all_settings', 'pg_read_all_stats', 'pg_stat_scan_tables');
";
