//! The child process of the embedded Postgres: speaks the protocol of Postgres on a socket, to one after the other.
//!
//! The engine has one backend, which begins as its owner, and no login. Whoever connects becomes the role that was asked
//! for (`SET SESSION AUTHORIZATION`), which `RESET` and `DISCARD ALL` do not take back here: for a backend without a login
//! there is nothing to go back to. What would take it back by name is refused.

use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use oliphaunt_wasix::{DatabaseStorage, Extension, Oliphaunt};

use super::OWNER;
use super::embedded::KEEP;
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
    ("synchronous_commit", "off"),
    ("jit", "off"),
    ("timezone", "UTC"),
];

/// Plans are told to the client at a level that no `client_min_messages` keeps back (Postgres manual, "Message Severity
/// Levels": `INFO` is always sent); only a superuser sets these.
const EXPLAIN: &[(&str, &str)] = &[
    ("session_preload_libraries", "auto_explain"),
    ("auto_explain.log_min_duration", "0"),
    ("auto_explain.log_level", "info"),
    ("auto_explain.log_nested_statements", "on"),
    ("auto_explain.log_format", "json"),
    ("auto_explain.log_verbose", "on"),
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
    /// Nothing where it broke off: the next one to connect opens it again.
    engine: Option<Oliphaunt>,
}

type Shared = Arc<Mutex<Option<UnixStream>>>;

impl<'a> Backend<'a> {
    fn open(data: &'a Path, in_memory: bool) -> Result<Backend<'a>> {
        let mut it = Backend { data, in_memory, engine: None };
        it.engine = Some(it.opened()?);
        if in_memory {
            it.own(ROLES).context("make the roles")?;
        }
        Ok(it)
    }

    fn opened(&self) -> Result<Oliphaunt> {
        let storage = if self.in_memory {
            DatabaseStorage::Memory
        } else {
            DatabaseStorage::Directory(self.data.to_owned())
        };
        let mut builder = Oliphaunt::builder()
            .storage(storage)
            .extensions(LOADED)
            .startup_gucs(SETTINGS.iter().copied());
        if !self.in_memory {
            builder = builder.startup_gucs(EXPLAIN.iter().copied());
        }
        builder.open().context("open the embedded Postgres")
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
                Err(it) => {
                    self.engine = None;
                    let _ = client.refuse("XX000", &it.to_string());
                    if self.in_memory {
                        return Err(Failure::new(it.to_string()));
                    }
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
        if self.engine.is_none() {
            self.engine = Some(self.opened().map_err(|it| std::io::Error::other(it.message))?);
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
                b'Q' if !is_owner && takes_back(&message) => {
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
        let engine = self.engine.as_mut().ok_or_else(|| std::io::Error::other("it is closed"))?;
        let sent = engine.exec_protocol_raw([message, FAIL].concat());
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
        let Some(mut engine) = self.engine.take() else {
            return Err(Failure::new("the embedded Postgres broke off"));
        };
        if self.in_memory {
            let backup = engine.backup().context("read the database")?;
            Oliphaunt::restore(self.data, backup).context("write the database")?;
        }
        engine.close().context("close the database")
    }
}

enum Go {
    On,
    Away,
}

/// Whether a text names what makes a session somebody else's.
fn takes_back(message: &[u8]) -> bool {
    let text = String::from_utf8_lossy(message).to_lowercase();
    let words: Vec<&str> = text
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|it| !it.is_empty())
        .collect();
    words.contains(&"session_authorization")
        || words.windows(2).any(|it| it == ["session", "authorization"])
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

/// The other side (Postgres manual, "Message Formats").
struct Client {
    stream: UnixStream,
}

impl Client {
    /// The role and the database that are asked for.
    fn start(&mut self) -> std::io::Result<(String, String)> {
        const SSL: u32 = 80_877_103;
        loop {
            let body = self.body()?;
            let (code, rest) = body.split_at_checked(4).unwrap_or_default();
            if code == SSL.to_be_bytes() {
                self.stream.write_all(b"N")?;
                continue;
            }
            let words: Vec<String> = rest
                .split(|it| *it == 0)
                .map(|it| String::from_utf8_lossy(it).into_owned())
                .collect();
            let value = |name: &str| {
                let mut pairs = words.chunks_exact(2);
                pairs.find(|it| it[0] == name).map(|it| it[1].clone()).unwrap_or_default()
            };
            return Ok((value("user"), value("database")));
        }
    }

    /// What follows a length.
    fn body(&mut self) -> std::io::Result<Vec<u8>> {
        let mut length = [0; 4];
        self.stream.read_exact(&mut length)?;
        let length = u64::from(u32::from_be_bytes(length)).saturating_sub(4);
        let mut body = Vec::new();
        (&self.stream).take(length).read_to_end(&mut body)?;
        Ok(body)
    }

    /// The next message, whole; nothing where the other side is gone.
    fn message(&mut self) -> std::io::Result<Option<(u8, Vec<u8>)>> {
        let mut kind = [0];
        if self.stream.read(&mut kind)? == 0 {
            return Ok(None);
        }
        let body = self.body()?;
        let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX).to_be_bytes();
        Ok(Some((kind[0], [&kind, &length[..], &body].concat())))
    }

    fn welcome(&mut self) -> std::io::Result<()> {
        self.tell(b'R', &0_u32.to_be_bytes())?;
        for (name, value) in
            [("server_version", super::embedded::VERSION), ("client_encoding", "UTF8")]
        {
            self.tell(b'S', format!("{name}\0{value}\0").as_bytes())?;
        }
        self.tell(b'K', &[0; 8])?;
        self.ready()
    }

    fn ready(&mut self) -> std::io::Result<()> {
        self.tell(b'Z', b"I")
    }

    fn refuse(&mut self, code: &str, message: &str) -> std::io::Result<()> {
        let fields = format!("SERROR\0VERROR\0C{code}\0M{message}\0\0");
        self.tell(b'E', fields.as_bytes())
    }

    fn tell(&mut self, kind: u8, body: &[u8]) -> std::io::Result<()> {
        let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX).to_be_bytes();
        self.stream.write_all(&[&[kind], &length[..], body].concat())
    }
}
