//! Reads a [`Snapshot`] from a server.

use std::collections::BTreeMap;

use super::session::Session;
use crate::failure::Result;
use crate::parse::json::{self, Json};
use crate::schema::{Identity, Row, Snapshot, literal};

/// One statement: kind, name, what it is and which one it is, the last two as JSON.
const QUERY: &str = concat!(
    include_str!("snapshot.sql"),
    "union all\n",
    include_str!("shared.sql"),
    "order by 1, 2"
);
/// The part of it that looks at nothing within the database.
const SHARED: &str = include_str!("shared.sql");

impl Session {
    /// Everything in the database. Names are told in full, whatever the session's search path is.
    pub fn snapshot(&mut self) -> Result<Snapshot> {
        self.told(QUERY)
    }

    /// What belongs to all databases of the server: roles, and what is set for them. As a session in `database` is told
    /// it, from any other: a database that somebody is connected to cannot be copied.
    pub(super) fn shared(&mut self, database: &str) -> Result<Snapshot> {
        self.told(&SHARED.replace("current_database()", &literal(database)))
    }

    /// What tables and types are, in the transaction that is open. What is left out of it is not looked up.
    pub(super) fn shape(&mut self) -> Result<Snapshot> {
        let kinds = "'schema', 'table', 'foreign_table', 'view', 'matview', 'sequence', 'composite', 'column',
            'constraint', 'index', 'trigger', 'policy', 'function', 'type', 'extension'";
        let rows = self.rows(&format!("select * from ({QUERY}) it where kind in ({kinds})"))?;
        Ok(Snapshot(rows.into_iter().filter_map(row).collect()))
    }

    fn told(&mut self, query: &str) -> Result<Snapshot> {
        self.script("begin; set local search_path = ''")?;
        let rows = self.rows(query);
        self.script("rollback")?;
        Ok(Snapshot(rows?.into_iter().filter_map(row).collect()))
    }
}

fn row(cells: Vec<String>) -> Option<(Identity, Row)> {
    let [kind, name, is, which] = <[String; 4]>::try_from(cells).ok()?;
    Some((Identity { kind, name }, Row { is: members(&is), which: members(&which) }))
}

fn members(text: &str) -> BTreeMap<String, String> {
    let Json::Value(value) = json::read(text) else { return BTreeMap::new() };
    match value.members() {
        Some(members) => {
            members.into_iter().map(|it| (it.key, it.value.raw().to_owned())).collect()
        }
        None => BTreeMap::from([(String::new(), value.raw().to_owned())]),
    }
}
