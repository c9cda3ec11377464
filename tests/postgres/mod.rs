//! Postgres is the referee: what the rules say of a migration is compared with what it does to a server.
//!
//! Where no Postgres is installed these tests say so, and pass.

mod dice;
mod locks;
mod pages;
mod scripts;
pub(crate) mod server;
mod shape;
mod snapshot;
mod transactions;
mod types;

use sprag::rules::Level;
use sprag::schema::{Catalog, TableName};

use crate::sql;
use server::{Database, Sent};
use snapshot::{Snapshot, losses, snapshot};

/// A script run on a server, and which rules refused it before.
struct Trial {
    before: Snapshot,
    after: Snapshot,
    errors: String,
    hits: Vec<&'static str>,
    catalog: Catalog,
}

impl Trial {
    fn run(database: &Database, past: &str, script: &str, sent: Sent) -> Trial {
        database.reset(past);
        let before = snapshot(database);
        let (_, errors) = database.send(script, sent);
        let after = snapshot(database);
        let mut catalog = sql::database(&[past]);
        let found = sql::judged(&mut catalog, &[sql::migration("1_change", script)]);
        let refused = found.iter().filter(|it| it.rule.level >= Level::Approve);
        let mut hits: Vec<&str> = refused.map(|it| it.rule.name).collect();
        hits.sort_unstable();
        hits.dedup();
        Trial { before, after, errors, hits, catalog }
    }

    /// What was lost though nobody refused it, and what the catalog believes that is too good to be true.
    fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.hits.is_empty() {
            // What stays open because a statement failed is seen by whoever applies it.
            let failed = !self.errors.is_empty();
            let losses = losses(&self.before, &self.after).into_iter();
            let losses = losses.filter(|it| !(failed && it.ends_with("is new and open")));
            wrong.extend(losses.map(|it| format!("passed, and {it}")));
        }
        // What a migration would have led to that fails, or that could not be read, is nobody's belief.
        let vouched = self.errors.is_empty() && !self.hits.contains(&"opaque-statement");
        let believed = self.after.iter().filter(|it| vouched && it.1.is_table());
        for (oid, it) in believed {
            let path = it.path();
            let name = TableName::new(it.schema.as_str(), it.name.as_str());
            let Some(ours) = self.catalog.table(&name) else { continue };
            if ours.rls && !it.rls {
                wrong.push(format!("{path} is taken for protected"));
            }
            if ours.forced_rls && !it.forced {
                wrong.push(format!("{path} is taken for protected from its owner"));
            }
            let Some(old) = self.before.get(oid) else { continue };
            if self.catalog.is_new(&name) {
                wrong.push(format!("{path} is old and taken for new"));
            }
            for (number, (column, _)) in &it.columns {
                let born = ours.columns.get(column).map(|it| &it.born);
                if old.columns.contains_key(number)
                    && born.is_some_and(|it| self.catalog.is_new_born(it))
                {
                    wrong.push(format!("{path}.{column} is old and taken for new"));
                }
            }
        }
        wrong
    }

    /// Where the catalog is not what the server has, table by table.
    fn differences(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for it in self.after.values().filter(|it| it.is_table()) {
            let name = TableName::new(it.schema.as_str(), it.name.as_str());
            let Some(ours) = self.catalog.table(&name) else {
                wrong.push(format!("{} is not in the catalog", it.path()));
                continue;
            };
            if (ours.rls, ours.forced_rls) != (it.rls, it.forced) {
                let server = (it.rls, it.forced);
                wrong.push(format!("{}: {server:?} on the server", it.path()));
            }
            let mut theirs: Vec<&str> = it.columns.values().map(|it| it.0.as_str()).collect();
            theirs.sort_unstable();
            let ours: Vec<&str> = ours.columns.keys().map(String::as_str).collect();
            if ours != theirs {
                wrong.push(format!(
                    "{}: {theirs:?} on the server, {ours:?} in the catalog",
                    it.path()
                ));
            }
        }
        let there = |name: &TableName| {
            self.after.values().any(|it| it.schema == name.schema && it.name == name.name)
        };
        for (name, _) in self.catalog.tables().filter(|(name, _)| !there(name)) {
            wrong.push(format!("{name} is not on the server"));
        }
        wrong
    }
}
