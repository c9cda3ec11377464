//! A database that is in use: looked at, never written to.

use super::address::{Address, Security};
use super::connect::connect;
use super::session::Session;
use crate::failure::{Failure, Result};
use crate::schema::Snapshot;

/// A session that can only read.
pub struct Live {
    session: Session,
    /// Host and database, to be named.
    pub name: String,
    /// What the server calls its version: `15.8`.
    pub version: String,
    /// What protects the connection.
    pub protection: &'static str,
}

/// One transaction for all that is asked, so that it is one moment that is seen, and so that what is set here is gone
/// from a pooled connection when it ends.
const BEGIN: &str = "begin transaction isolation level repeatable read read only;
set local statement_timeout = '60s';
set local lock_timeout = '5s';
set local idle_in_transaction_session_timeout = '5min';
set local search_path = ''";

impl Live {
    pub fn connect(address: &Address) -> Result<Live> {
        let mut session = Session::of(connect(address)?);
        let lost = |_| Failure::new(format!("{address}: the connection broke"));
        session.script(BEGIN).map_err(lost)?;
        let version = session.rows("show server_version")?.concat().concat();
        let version = version.split(' ').next().unwrap_or_default().to_owned();
        let protection = match address.security {
            _ if address.is_socket() => "a socket of this machine",
            Security::Disable => "no encryption",
            Security::Prefer => {
                let asked =
                    session.rows("select ssl from pg_stat_ssl where pid = pg_backend_pid()");
                let encrypted = asked?.concat().concat() == "t";
                if encrypted {
                    "encryption, the server's certificate not verified"
                } else {
                    "no encryption"
                }
            }
            Security::Require => "encryption, the server's certificate not verified",
            Security::Verify => "encryption, the server's certificate verified",
        };
        Ok(Live { session, name: address.to_string(), version, protection })
    }

    /// What the database has, functions, roles and comments aside.
    pub fn snapshot(&mut self) -> Result<Snapshot> {
        self.session.shape()
    }

    /// The rows of one query, as text.
    pub fn rows(&mut self, query: &str) -> Result<Vec<Vec<String>>> {
        self.session.rows(query)
    }
}
