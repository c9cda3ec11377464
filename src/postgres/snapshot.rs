//! Reads a [`Snapshot`] from a server.

use std::collections::BTreeMap;

use super::session::Session;
use crate::failure::Result;
use crate::parse::json::{self, Json};
use crate::schema::{Identity, Row, Snapshot};

/// One statement: kind, name, what it is and which one it is, the last two as JSON.
const QUERY: &str = include_str!("snapshot.sql");

impl Session {
    /// Everything in the database. Names are told in full, whatever the session's search path is.
    pub fn snapshot(&mut self) -> Result<Snapshot> {
        self.script("begin; set local search_path = ''")?;
        let rows = self.rows(QUERY);
        self.script("rollback")?;
        Ok(Snapshot(rows?.into_iter().filter_map(row).collect()))
    }

    /// What tables and types are, in the transaction that is open. What is left out of it is not looked up.
    pub(super) fn shape(&mut self) -> Result<Snapshot> {
        let kinds = "'schema', 'table', 'foreign_table', 'view', 'matview', 'sequence', 'composite', 'column',
            'constraint', 'index', 'trigger', 'policy', 'function', 'type', 'extension'";
        let rows = self.rows(&format!("select * from ({QUERY}) it where kind in ({kinds})"))?;
        Ok(Snapshot(rows.into_iter().filter_map(row).collect()))
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
