//! The child process of the embedded Postgres: speaks the protocol of Postgres on a socket, to one after the other.
//!
//! The engine has one backend, which begins as its owner, and no login. Whoever connects becomes the role that was asked
//! for (`SET SESSION AUTHORIZATION`), which `RESET` and `DISCARD ALL` do not take back here: for a backend without a login
//! there is nothing to go back to. What would take it back by name is refused.

use std::io::{ErrorKind, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use oliphaunt_wasix::{DatabaseStorage, Extension, Oliphaunt};

use super::OWNER;
use super::embedded::KEEP;
use super::engine::TELL_PLANS;
use super::wire::Client;
use crate::failure::{Context, Failure, Result};

/// What a child may hold in memory, in bytes. It has some 300 MB of its own.
const MEMORY: u64 = 2 << 30;

const LOADED: [Extension; 20] = [
    Extension::AUTO_EXPLAIN,
    Extension::BTREE_GIN,
    Extension::BTREE_GIST,
    Extension::CITEXT,
    Extension::CUBE,
    Extension::EARTHDISTANCE,
    Extension::FUZZYSTRMATCH,
    Extension::HSTORE,
    Extension::INTARRAY,
    Extension::ISN,
    Extension::LO,
    Extension::LTREE,
    Extension::PG_TRGM,
    Extension::PGCRYPTO,
    Extension::SEG,
    Extension::TABLEFUNC,
    Extension::TSM_SYSTEM_ROWS,
    Extension::TSM_SYSTEM_TIME,
    Extension::UNACCENT,
    Extension::UUID_OSSP,
];

/// What it brings itself is undone (a search path, changes of system tables), and what a throw-away server needs no care
/// for is left out.
const SETTINGS: &[(&str, &str)] = &[
    ("search_path", "\"$user\", public"),
    ("allow_system_table_mods", "off"),
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("jit", "off"),
    ("timezone", "UTC"),
];

/// The role that it begins with owns it, as ours does, and the name of it belongs to who migrates.
const ROLES: &str = "
create role sprag_helper superuser;
set session authorization sprag_helper;
alter role postgres rename to sprag_owner;
set session authorization sprag_owner;
drop role sprag_helper;
create role postgres login createdb createrole bypassrls;
alter database postgres owner to postgres;
";

/// Runs the engine on a directory until it is ended.
pub fn serve(data: &Path, sockets: &Path, in_memory: bool) -> Result<()> {
    let served = Backend::open(data, in_memory).and_then(|it| it.serve(sockets));
    served.map_err(|it| Failure::new(format!("<> FATAL:  {}", it.message)))
}

struct Backend<'a> {
    data: &'a Path,
    in_memory: bool,
    engine: Oliphaunt,
}

type Shared = Arc<Mutex<Option<UnixStream>>>;

impl<'a> Backend<'a> {
    fn open(data: &'a Path, in_memory: bool) -> Result<Backend<'a>> {
        let storage = if in_memory {
            DatabaseStorage::Memory
        } else {
            DatabaseStorage::Directory(data.to_owned())
        };
        let mut builder = Oliphaunt::builder()
            .storage(storage)
            .extensions(LOADED)
            .startup_gucs(SETTINGS.iter().copied());
        if !in_memory {
            builder = builder.startup_gucs(TELL_PLANS.iter().copied());
        }
        let engine = builder.open().context("open the embedded Postgres")?;
        let mut it = Backend { data, in_memory, engine };
        if in_memory {
            it.own(ROLES).context("make the roles")?;
        }
        Ok(it)
    }

    fn serve(mut self, sockets: &Path) -> Result<()> {
        let listener = UnixListener::bind(sockets.join(".s.PGSQL.5432")).context("listen")?;
        let now: Shared = Arc::default();
        watch_memory(now.clone());
        for stream in waiting(listener, now.clone()) {
            let mut client = Client { stream };
            match self.talk(&mut client) {
                Ok(Go::On) => {}
                Ok(Go::Away) => return Ok(()),
                // Who is gone needs no answer.
                Err(it) if it.kind() != ErrorKind::Other => {}
                // An engine that broke off gives its directory back with its process, and to a new one.
                Err(it) => {
                    let _ = client.refuse("XX000", &it.to_string());
                    return Err(Failure::new(it.to_string()));
                }
            }
            if let Ok(mut now) = now.lock() {
                *now = None;
            }
        }
        Ok(())
    }

    fn talk(&mut self, client: &mut Client) -> std::io::Result<Go> {
        let (role, database) = client.start()?;
        if database == KEEP {
            self.keep().map_err(|it| std::io::Error::other(it.message))?;
            client.welcome()?;
            // Until the other side has read it.
            let _ = client.message();
            return Ok(Go::Away);
        }
        let quoted = role.replace('"', "\"\"");
        self.own("rollback")?;
        self.own("discard all")?;
        self.own(&format!("set session authorization \"{quoted}\""))?;
        let is_owner = role == OWNER;
        if is_owner && !self.in_memory {
            self.own("set auto_explain.log_min_duration = -1")?;
        }
        client.welcome()?;
        // Messages of the extended protocol are answered together.
        let mut all = Vec::new();
        while let Some((kind, message)) = client.message()? {
            match kind {
                b'X' => break,
                b'Q' if !is_owner && takes_back(&message, &role) => {
                    client.refuse("42501", "permission denied to set session authorization")?;
                    client.ready()?;
                    continue;
                }
                _ => all.extend(message),
            }
            if matches!(kind, b'Q' | b'S') {
                let answer = self.send(&std::mem::take(&mut all))?;
                client.stream.write_all(&answer)?;
            }
        }
        Ok(Go::On)
    }

    fn send(&mut self, message: &[u8]) -> std::io::Result<Vec<u8>> {
        // Rows that `COPY … FROM STDIN` waits for never come: it is told so. Nothing else minds.
        const FAIL: &[u8] = b"f\0\0\0\x15no rows are sent\0";
        let sent = self.engine.exec_protocol_raw([message, FAIL].concat());
        sent.map_err(|it| std::io::Error::other(format!("the embedded Postgres broke off: {it}")))
    }

    /// Sends what is our own.
    fn own(&mut self, sql: &str) -> std::io::Result<()> {
        let length = u32::try_from(sql.len() + 5).unwrap_or(u32::MAX).to_be_bytes();
        let message = [b"Q", &length[..], sql.as_bytes(), b"\0"].concat();
        let answer = self.send(&message)?;
        let mut rest = answer.as_slice();
        while let Some((&kind, message)) = rest.split_first() {
            if kind == b'E' {
                let text = String::from_utf8_lossy(message).replace('\0', " ");
                return Err(std::io::Error::other(format!("`{sql}` failed: {text}")));
            }
            let length = message.first_chunk().map_or(0, |it| u32::from_be_bytes(*it));
            rest = message.get(length as usize..).unwrap_or_default();
        }
        Ok(())
    }

    fn keep(&mut self) -> Result<()> {
        let doing = "finish the database";
        self.own("rollback").context(doing)?;
        self.own(&format!("set session authorization {OWNER}")).context(doing)?;
        // What it has in its own memory goes with it otherwise.
        self.own("checkpoint").context(doing)?;
        if self.in_memory {
            let backup = self.engine.backup().context("read the database")?;
            Oliphaunt::restore(self.data, backup).context("write the database")?;
        }
        self.engine.close().context("close the database")
    }
}

enum Go {
    On,
    Away,
}

/// Whether a text names what makes a session that of another role. To its own, and back to nobody, changes nothing.
fn takes_back(message: &[u8], role: &str) -> bool {
    let text = String::from_utf8_lossy(message).to_lowercase();
    let is_apart = |c: char| !(c.is_alphanumeric() || c == '_');
    let words: Vec<&str> = text.split(is_apart).filter(|it| !it.is_empty()).collect();
    let begins = |at: &usize| words[*at..].starts_with(&["session", "authorization"]);
    let same = |at: usize| {
        let from = at.checked_sub(1).and_then(|it| words.get(it));
        from == Some(&"reset")
            || words.get(at + 2).is_some_and(|it| *it == "default" || *it == role)
    };
    words.contains(&"session_authorization") || (0..words.len()).filter(begins).any(|it| !same(it))
}

/// Those who connect, one after the other. Who comes ends the session of who was there.
fn waiting(listener: UnixListener, now: Shared) -> mpsc::IntoIter<UnixStream> {
    let (tell, told) = mpsc::sync_channel(0);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            if let Ok(mut now) = now.lock()
                && let Some(before) = now.take()
            {
                let _ = before.shutdown(Shutdown::Read);
            }
            let copy = stream.try_clone().ok();
            if tell.send(stream).is_err() {
                return;
            }
            if let Ok(mut now) = now.lock() {
                *now = copy;
            }
        }
    });
    told.into_iter()
}

/// Ends the process where it holds more than it may, which a limit of its addresses cannot do: the engine reserves more
/// than any machine has.
fn watch_memory(now: Shared) {
    std::thread::spawn(move || {
        // Pages; they are of 4 KiB or more. Where there is no such file the module's own 4 GiB are the limit.
        while let Ok(text) = std::fs::read_to_string("/proc/self/statm") {
            let pages = text.split(' ').nth(1).and_then(|it| it.parse::<u64>().ok());
            if pages.unwrap_or_default().saturating_mul(4096) > MEMORY {
                let stream = now.lock().ok().and_then(|mut it| it.take());
                if let Some(stream) = stream {
                    let _ = Client { stream }.refuse(
                        "53200",
                        "this took more memory than a rehearsal may, and was stopped",
                    );
                }
                #[allow(clippy::exit, reason = "what runs cannot be asked to stop")]
                std::process::exit(2);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::embedded::{EXTENSIONS, VERSION};
    use super::*;

    #[test]
    fn it_is_what_it_is_said_to_be() {
        let mut loaded: Vec<&str> = LOADED.iter().map(|it| it.sql_name()).collect();
        loaded.push("plpgsql");
        loaded.sort_unstable();
        assert_eq!(loaded, EXTENSIONS);
        let mut backend = Backend::open(Path::new("nowhere"), true).unwrap();
        let sql = format!(
            "do $$ begin assert current_setting('server_version') = '{VERSION}'; assert current_user = '{OWNER}'; end $$"
        );
        backend.own(&sql).unwrap();
    }

    #[test]
    fn a_session_that_would_become_somebody_else_is_known_by_its_words() {
        for sql in [
            "SET session\n AUTHORIZATION x;",
            "select 1; set local session authorization 'sprag_owner'",
            "select set_config('session_authorization', 'x', false)",
        ] {
            assert!(takes_back(sql.as_bytes(), "postgres"), "{sql}");
        }
        for sql in [
            "set session authorization default",
            "SET SESSION AUTHORIZATION 'postgres';",
            "reset session authorization",
            "create table session (authorization_code text)",
        ] {
            assert!(!takes_back(sql.as_bytes(), "postgres"), "{sql}");
        }
    }
}
