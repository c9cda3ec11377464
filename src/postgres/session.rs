//! One connection. The only place that knows the client.

use std::fmt::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use postgres::error::ErrorPosition;
use postgres::{Client, Config, NoTls, SimpleQueryMessage};

use crate::failure::{Failure, Result};

pub struct Session {
    client: Client,
}

/// What the server said against a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Five characters (Postgres manual, "Error codes"); empty where the connection broke.
    pub code: String,
    pub message: String,
    /// In characters of what was sent, from 0.
    pub at: Option<usize>,
}

impl From<postgres::Error> for Refused {
    fn from(error: postgres::Error) -> Refused {
        let Some(it) = error.as_db_error() else {
            return Refused { code: String::new(), message: error.to_string(), at: None };
        };
        let at = match it.position() {
            Some(ErrorPosition::Original(at)) => Some(*at as usize),
            _ => None,
        };
        let at = at.map(|it| it.saturating_sub(1));
        Refused { code: it.code().code().to_owned(), message: it.message().to_owned(), at }
    }
}

/// The way to a server on this machine.
pub(super) fn socket(folder: &Path, database: &str, role: &str) -> Config {
    let mut config = Config::new();
    config.host_path(folder).dbname(database).user(role);
    config
}

impl From<Refused> for Failure {
    fn from(it: Refused) -> Failure {
        Failure::new(format!("Postgres refused: {}", it.message))
    }
}

impl Session {
    /// With a client that is connected.
    pub(super) fn of(client: Client) -> Session {
        Session { client }
    }

    pub(super) fn open(sockets: &Path, database: &str, role: &str) -> Result<Session> {
        Session::with(socket(sockets, database, role))
    }

    /// The same, on a server whose log nobody here can read: what it tells who is connected stands in `log` as it would
    /// there, below `name`.
    pub(super) fn overheard(
        mut config: Config,
        name: &str,
        log: &Arc<Mutex<String>>,
    ) -> Result<Session> {
        let (name, log) = (name.to_owned(), log.clone());
        config.notice_callback(move |it| {
            let Ok(mut log) = log.lock() else { return };
            let text = it.message().replace('\n', "\n\t");
            let _ = writeln!(log, "<{name}> {}:  {text}", it.severity());
        });
        Session::with(config)
    }

    /// On any server.
    pub(super) fn with(mut config: Config) -> Result<Session> {
        config.application_name("sprag");
        let client = config.connect(NoTls).map_err(|it| Failure::new(Refused::from(it).message))?;
        Ok(Session { client })
    }

    /// Sends a text as one simple query, as editors and Prisma do: without `BEGIN` of its own it is one transaction.
    pub fn send(&mut self, sql: &str) -> std::result::Result<(), Refused> {
        self.client.batch_execute(sql).map_err(Refused::from)
    }

    /// The same for what is our own.
    pub fn script(&mut self, sql: &str) -> Result<()> {
        self.send(sql).map_err(Failure::from)
    }

    /// The rows of one query, as text. What is NULL is empty.
    pub fn rows(&mut self, sql: &str) -> Result<Vec<Vec<String>>> {
        let answer =
            self.client.simple_query(sql).map_err(|it| Failure::from(Refused::from(it)))?;
        let rows = answer.iter().filter_map(|it| match it {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        let cells = |row: &postgres::SimpleQueryRow| {
            (0..row.len()).map(|it| row.get(it).unwrap_or_default().to_owned()).collect()
        };
        Ok(rows.map(cells).collect())
    }

    /// Whether the server is still there.
    pub fn is_open(&self) -> bool {
        !self.client.is_closed()
    }
}
