//! A connection string. What is printed of it is its host.

use std::fmt;

use postgres::Config;
use postgres::config::{Host, SslMode};

use crate::failure::{Failure, Result};

/// Where a database is, and how to get in.
#[derive(Clone)]
pub struct ShadowAddress {
    pub(super) config: Config,
    host: String,
    port: u16,
    database: String,
}

/// What the client knows of a URL's parameters; Prisma and poolers have more, which mean nothing to a server.
const KNOWN: &[&str] = &[
    "host",
    "port",
    "dbname",
    "user",
    "password",
    "options",
    "sslmode",
    "connect_timeout",
    "channel_binding",
    "target_session_attrs",
];

impl ShadowAddress {
    /// Reads `postgres://…` and `host=… dbname=…`. What is wrong with it is not told: it may be the password.
    pub fn parse(text: &str) -> Result<ShadowAddress> {
        let text = text.trim();
        let parameters = |query: &str| -> String {
            let known = |it: &&str| KNOWN.contains(&it.split('=').next().unwrap_or_default());
            query.split('&').filter(known).collect::<Vec<_>>().join("&")
        };
        let is_url = text.contains("://");
        let text = match text.split_once('?') {
            Some((url, query)) if is_url => format!("{url}?{}", parameters(query)),
            _ => text.to_owned(),
        };
        let wrong = || {
            Failure::new("the URL of the shadow server cannot be read")
                .help("write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE")
        };
        let config: Config = text.parse().map_err(|_| wrong())?;
        let host = match config.get_hosts() {
            [Host::Tcp(host)] => host.trim_matches(['[', ']']).to_ascii_lowercase(),
            [Host::Unix(path)] => path.display().to_string(),
            _ => return Err(wrong()),
        };
        let port = config.get_ports().first().copied().unwrap_or(5432);
        // As libpq has it (Postgres manual, "Parameter Key Words").
        let database = config.get_dbname().or(config.get_user()).unwrap_or_default().to_owned();
        Ok(ShadowAddress { config, host, port, database })
    }

    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn user(&self) -> &str {
        self.config.get_user().unwrap_or_default()
    }

    /// Whether it insists on a connection that nobody can read.
    pub fn wants_tls(&self) -> bool {
        !matches!(self.config.get_ssl_mode(), SslMode::Disable | SslMode::Prefer)
    }

    /// Whether both are the same database, whoever asks.
    pub fn is_same(&self, other: &ShadowAddress) -> bool {
        let place = |it: &ShadowAddress| {
            // A socket and a loopback address of one machine lead to one server.
            let here = it.host.starts_with('/')
                || it.host.starts_with("127.")
                || matches!(it.host.as_str(), "localhost" | "::1" | "0.0.0.0");
            let host = if here { "localhost" } else { it.host.trim_end_matches('.') };
            (host.to_owned(), it.port, it.database.clone())
        };
        place(self) == place(other)
    }

    /// The same server, another database and role.
    pub(super) fn of(&self, database: &str, login: Option<(&str, &str)>) -> Config {
        let mut config = self.config.clone();
        config.dbname(database);
        if let Some((role, password)) = login {
            config.user(role).password(password);
        }
        config
    }
}

impl fmt::Debug for ShadowAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ShadowAddress({})", self.host)
    }
}

/// The URLs of Postgres in a text: a file of variables, a configuration.
pub fn addresses(text: &str) -> Vec<ShadowAddress> {
    let mut found = Vec::new();
    for line in text.lines() {
        // Prisma's `SHADOW_DATABASE_URL` is what such a server is for.
        if line.to_ascii_lowercase().contains("shadow") {
            continue;
        }
        for scheme in ["postgres://", "postgresql://"] {
            for (at, _) in line.match_indices(scheme) {
                let rest = &line[at..];
                let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ',' | ';');
                let url = rest.split(ends).next().unwrap_or_default();
                found.extend(ShadowAddress::parse(url).ok());
            }
        }
    }
    found
}
