//! Where a database is, by the URL that its users have of it. What is secret in it is never shown.

use std::fmt;

use crate::failure::{Failure, Result};

/// A URL as Postgres' own tools and Prisma take it (Postgres manual, 34.1.1.2), taken apart.
pub struct Address {
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
    /// A name, a number, or the folder of a socket.
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) database: Option<String>,
    pub(super) security: Security,
    /// A file with the certificates of those who may vouch for the server.
    pub(super) roots: Option<String>,
    /// What a server behind a proxy is chosen by: `endpoint=…` of Neon.
    pub(super) options: Option<String>,
}

/// How much a connection is protected (Postgres manual, 34.19.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Security {
    Disable,
    Prefer,
    /// Encrypted, to whoever answers.
    Require,
    /// Encrypted, to whom a certificate vouches for by name.
    Verify,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Host and database, and nothing else.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.database {
            Some(name) if is_plain(name) => write!(f, "`{name}` on `{}`", self.host),
            _ => write!(f, "the database on `{}`", self.host),
        }
    }
}

impl Address {
    /// Reads a URL. What is wrong is said without what stands there: a password with a `@` or `/` in it that is not
    /// written as `%40` or `%2F` ends up anywhere.
    pub fn read(url: &str) -> Result<Address> {
        let bad = || {
            Failure::new("the connection string cannot be read")
                .help("write `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`, with `%40` for `@`, `%2F` for `/`, `%3A` for `:` and `%3F` for `?` in names and passwords")
        };
        let url = url.trim();
        let rest = ["postgres://", "postgresql://"].iter().find_map(|it| url.strip_prefix(it));
        let rest = rest.ok_or_else(bad)?;
        // One behind the host's end is of a password, all of whose rest would be taken for something else.
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        if rest[end..].contains('@') {
            return Err(bad());
        }
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (rest, name) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, place) = match rest.rsplit_once('@') {
            Some((user, place)) => (user, place),
            None => ("", rest),
        };
        let (user, password) = match user.split_once(':') {
            Some((user, password)) => (user, Some(password)),
            None => (user, None),
        };
        let text = |it: &str| decoded(it).ok_or_else(bad);
        let some = |it: &str| -> Result<Option<String>> {
            Ok(Some(text(it)?).filter(|it| !it.is_empty()))
        };
        // An address with colons stands in brackets.
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, port),
            _ => (place, ""),
        };
        let host = text(host.trim_start_matches('[').trim_end_matches(']'))?;
        let (mut host, mut port) = (host, port.to_owned());
        let mut it = Address {
            user: some(user)?,
            password: password.map(text).transpose()?,
            host: String::new(),
            port: 5432,
            database: some(name)?,
            security: Security::Prefer,
            roots: None,
            options: None,
        };
        let mut security = None;
        for pair in query.split('&').filter(|it| !it.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = text(value)?;
            match key {
                "host" => host = value,
                "port" => port = value,
                "user" => it.user = Some(value),
                "password" => it.password = Some(value),
                "dbname" => it.database = Some(value),
                "sslmode" => security = Some(secured(&value)?),
                "sslrootcert" if value != "system" => it.roots = Some(value),
                "options" => it.options = Some(value),
                // Pools, schemas and timeouts of Prisma, and what only other clients know.
                _ => {}
            }
        }
        if host.is_empty() {
            host.push_str("localhost");
        }
        let fits = |c: char| c.is_ascii_alphanumeric() || "._-:/%".contains(c);
        if !host.chars().all(fits) {
            return Err(bad());
        }
        if !port.is_empty() {
            it.port = port.parse().map_err(|_| bad())?;
        }
        it.host = host;
        // Whoever names a root wants it asked. To another machine nothing goes in the clear unless it is said.
        it.security = match security {
            Some(Security::Require) if it.roots.is_some() => Security::Verify,
            Some(security) => security,
            None if it.roots.is_some() => Security::Verify,
            None if it.is_near() => Security::Prefer,
            None => Security::Require,
        };
        Ok(it)
    }

    pub(super) fn is_socket(&self) -> bool {
        self.host.starts_with('/')
    }

    fn is_near(&self) -> bool {
        self.is_socket() || ["localhost", "127.0.0.1", "::1"].contains(&self.host.as_str())
    }
}

fn secured(value: &str) -> Result<Security> {
    Ok(match value {
        "disable" => Security::Disable,
        "allow" | "prefer" => Security::Prefer,
        "require" => Security::Require,
        "verify-ca" | "verify-full" => Security::Verify,
        _ => {
            return Err(Failure::new("the connection string has an `sslmode` that nobody knows")
                .help("write `disable`, `prefer`, `require` or `verify-full`"));
        }
    })
}

/// Whether a name can be shown: what was meant for another part of the URL may have ended up in it.
fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    !name.is_empty() && name.chars().all(plain)
}

/// `%40` is `@`.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::{Address, Security};

    #[test]
    fn what_prisma_and_hosts_write_is_read() {
        let it = Address::read(
            "postgresql://postgres.ab:p%40ss@aws-0-eu.pooler.supabase.com:6543/postgres?pgbouncer=true&schema=public",
        )
        .unwrap();
        assert_eq!(it.to_string(), "`postgres` on `aws-0-eu.pooler.supabase.com`");
        assert_eq!(
            (it.user.as_deref(), it.password.as_deref()),
            (Some("postgres.ab"), Some("p@ss"))
        );
        assert_eq!((it.port, it.security), (6543, Security::Require));
        let it = Address::read("postgres:///shop?host=/var/run/postgresql&user=me").unwrap();
        assert!(it.is_socket() && it.security == Security::Prefer);
        let it = Address::read("postgres://[::1]:5433/shop?sslmode=verify-full").unwrap();
        assert_eq!((it.host.as_str(), it.port, it.security), ("::1", 5433, Security::Verify));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_is_wrong_with_it_a_password_is_not_shown(
            password in "[a-z@:/?#%&= ]{0,4}hunter2[a-z@:/?#%&= ]{0,4}",
            host in "[a-z.]{0,8}(:[0-9a-z]{0,5})?",
        ) {
            let said = match Address::read(&format!("postgres://me:{password}@{host}/shop")) {
                Ok(it) => format!("{it} {it:?}"),
                Err(failure) => format!("{failure:?}"),
            };
            prop_assert!(!said.contains("hunter2"), "{said}");
        }
    }
}
