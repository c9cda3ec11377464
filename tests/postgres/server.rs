//! A Postgres for the tests: in a temporary directory, reachable through a socket in it, gone with the test.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Nobody: Postgres refuses to run as root.
const NOBODY: u32 = 65_534;
/// Of the database that a test has.
const NAME: &str = "test";
/// Everybody's; the server lets in without it.
pub(crate) const PASSWORD: &str = "mV7nQs4Lx";
const PROGRAMS: [&str; 4] = ["initdb", "pg_ctl", "postgres", "psql"];

struct Server {
    programs: PathBuf,
    directory: tempfile::TempDir,
}

/// A database on a server of its own for one test: roles, and what is set for them, are the same in all databases of a
/// server.
pub(crate) struct Database {
    server: Server,
}

/// A directory that has all programs: on `PATH`, or where Debian puts them, the newest first.
fn programs() -> Option<PathBuf> {
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|it| it.path().join("bin"))
        .collect();
    places.sort();
    places.reverse();
    let places = std::env::split_paths(&on_path).chain(places);
    let mut complete = places.filter(|it| PROGRAMS.iter().all(|name| it.join(name).is_file()));
    complete.next()
}

impl Server {
    fn start(programs: &Path) -> Server {
        let directory = tempfile::tempdir().unwrap();
        if fs::metadata(directory.path()).unwrap().uid() == 0 {
            chown(directory.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let server = Server { programs: programs.to_owned(), directory };
        let data = server.directory.path().join("data");
        let data = data.to_str().unwrap();
        let made = server.run(
            "initdb",
            &["-D", data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=C"],
        );
        assert!(made.status.success(), "initdb: {made:?}");
        let socket = server.directory.path().to_str().unwrap();
        let settings = format!(
            "-c listen_addresses='' -k {socket} -c fsync=off -c full_page_writes=off -c autovacuum=off \
             -c max_connections=20 -c shared_buffers=16MB"
        );
        let log = server.directory.path().join("log");
        let started = server.run(
            "pg_ctl",
            &["-D", data, "-l", log.to_str().unwrap(), "-o", &settings, "-w", "-t", "60", "start"],
        );
        assert!(started.status.success(), "{}", fs::read_to_string(log).unwrap_or_default());
        server
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        // The temporary directory belongs to whoever has to run the server.
        let owner = fs::metadata(self.directory.path()).unwrap();
        if owner.uid() == NOBODY {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
            .current_dir(self.directory.path())
            .env("LC_ALL", "C")
            .env("PGCONNECT_TIMEOUT", "30");
        for name in ["PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGSERVICE", "PGOPTIONS", "PGDATA"]
        {
            command.env_remove(name);
        }
        command
    }

    fn run(&self, program: &str, args: &[&str]) -> Output {
        self.command(program).args(args).stdin(Stdio::null()).output().unwrap()
    }

    fn psql(&self, database: &str, args: &[&str]) -> Output {
        let socket = self.directory.path().to_str().unwrap();
        let always = ["-X", "-q", "-A", "-t", "-h", socket, "-U", "postgres", "-d", database];
        self.run("psql", &[&always, args].concat())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.directory.path().join("data");
        self.run("pg_ctl", &["-D", data.to_str().unwrap(), "-m", "immediate", "-w", "stop"]);
    }
}

/// How a tool sends a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// Statement by statement, and on after an error: `psql -f`.
    Each,
    /// All in one message, so in one transaction: Prisma.
    Whole,
}

impl Database {
    /// A new database; nothing, with a word on why, where there is no Postgres.
    pub(crate) fn new() -> Option<Database> {
        let Some(programs) = programs() else {
            skipped();
            return None;
        };
        let server = Server::start(&programs);
        let made = server.psql("postgres", &["-c", &format!("create database {NAME}")]);
        assert!(made.status.success(), "{made:?}");
        Some(Database { server })
    }

    /// Empties the database and brings it to where `past` leaves it.
    pub(crate) fn reset(&self, past: &str) {
        let clean = "set client_min_messages = warning; \
                     do $$ declare it record; begin \
                       for it in select nspname from pg_namespace where nspname <> 'information_schema' \
                           and nspname not like 'pg\\_%' \
                         loop execute format('drop schema %I cascade', it.nspname); end loop; end $$; \
                     create schema public; create schema a; create schema private; create schema archive; \
                     alter role postgres reset all;";
        let (ok, said) = self.send(&format!("{clean}\n{past}"), Sent::Whole);
        assert!(ok && said.is_empty(), "{past}\n{said}");
    }

    /// Runs a script: whether it went through, and what was wrong.
    pub(crate) fn send(&self, script: &str, sent: Sent) -> (bool, String) {
        let output = match sent {
            Sent::Whole => self.server.psql(NAME, &["-v", "ON_ERROR_STOP=1", "-c", script]),
            Sent::Each => {
                let file = self.server.directory.path().join(format!("{NAME}.sql"));
                fs::write(&file, script).unwrap();
                self.server.psql(NAME, &["-f", file.to_str().unwrap()])
            }
        };
        let said = String::from_utf8_lossy(&output.stderr);
        let errors: Vec<&str> = said.lines().filter(|it| it.contains("ERROR:")).collect();
        (errors.is_empty(), errors.join("\n"))
    }

    /// A query's only value, as JSON.
    pub(crate) fn value(&self, query: &str) -> Value {
        let output = self.server.psql(NAME, &["-c", query]);
        assert!(output.status.success(), "{query}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The rows of a query, cells between bars, as people read them.
    pub(crate) fn rows(&self, query: &str) -> Vec<String> {
        let output = self.server.psql(NAME, &["-F", " | ", "-c", query]);
        assert!(output.status.success(), "{query}: {output:?}");
        String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
    }

    /// Where it is, for one of its roles.
    pub(crate) fn url(&self, role: &str) -> String {
        let socket = self.server.directory.path().to_str().unwrap();
        format!("postgresql:///{NAME}?host={socket}&user={role}&password={PASSWORD}")
    }

    /// In another database of the same server, as `create database` needs it.
    pub(crate) fn beside(&self, statement: &str) {
        self.server.psql("postgres", &["-c", statement]);
    }
}

#[allow(clippy::print_stderr)]
fn skipped() {
    eprintln!(
        "skipped: there is no Postgres on PATH or in /usr/lib/postgresql ({})",
        PROGRAMS.join(", ")
    );
}
