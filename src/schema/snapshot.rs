//! A database as its own catalogs tell it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a thing is and what it is called, both as Postgres says: `("column", "public.users.email")`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity {
    pub kind: String,
    pub name: String,
}

/// What the catalogs say of one thing: each value as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What it is: its type, its owner, its text. The same in every database that was made the same way.
    pub is: BTreeMap<String, String>,
    /// Which one it is: oid, number of the attribute, file. Tells what was made again from what stayed.
    pub which: BTreeMap<String, String>,
}

/// Everything in a database but what Postgres and its extensions brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot(pub BTreeMap<Identity, Row>);

impl Snapshot {
    pub fn get(&self, kind: &str, name: &str) -> Option<&Row> {
        self.0.get(&Identity { kind: kind.to_owned(), name: name.to_owned() })
    }

    /// The things of one kind.
    pub fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Row)> {
        self.0.iter().filter(move |it| it.0.kind == kind).map(|it| (it.0.name.as_str(), it.1))
    }

    /// The things of one kind that lie in another: the columns of a table.
    pub fn inside<'a>(
        &'a self,
        kind: &'a str,
        outer: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a Row)> {
        self.of(kind).filter(move |it| is_inside(it.0, outer))
    }
}

/// Whether a name lies in another: a column in its table, a table in its schema.
pub fn is_inside(name: &str, outer: &str) -> bool {
    name.len() > outer.len() && name.starts_with(outer) && name[outer.len()..].starts_with('.')
}
