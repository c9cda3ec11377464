//! Where a database that is in use is not the one that the migrations leave behind.

mod access;
mod columns;
mod different_in_database;
mod keys;
mod missing_in_database;
mod only_in_database;
mod replay;
mod tables;
mod touched;

use std::collections::BTreeSet;

pub use replay::Replay;
pub use tables::is_platform;
pub use touched::touched;

use super::{Finding, Found, Rule};
use crate::schema::{Catalog, Snapshot, TableName};
use crate::source::{RepoPath, Span};

pub(super) const RULES: &[&Rule] =
    &[&missing_in_database::RULE, &different_in_database::RULE, &only_in_database::RULE];

/// Two databases that ought to be one.
#[derive(Debug)]
pub struct Verification<'a> {
    /// What the migrations leave behind where everything happens that may happen.
    pub most: &'a Catalog,
    /// The same where nothing does that may not.
    pub least: &'a Catalog,
    /// What the server says that it has.
    pub live: &'a Snapshot,
    /// The same, read.
    pub is: &'a Catalog,
    /// The subjects that are asked for. Absent: all of them.
    pub only: Option<&'a BTreeSet<String>>,
    /// Where to say what stands nowhere.
    pub place: &'a RepoPath,
}

impl Verification<'_> {
    fn asks(&self, subject: &str) -> bool {
        self.only.is_none_or(|it| it.contains(subject))
    }

    /// Whether it asks for a table, or for anything in it.
    fn asks_in(&self, table: &TableName) -> bool {
        let (name, inside) = (table.to_string(), format!("{table}."));
        self.asks(&name) || self.only.is_some_and(|it| it.iter().any(|it| it.starts_with(&inside)))
    }
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Verified {
    pub found: Vec<Found>,
    /// The tables that were asked for.
    pub tables: Vec<Told>,
    /// What was not compared, and why.
    pub unknown: Vec<String>,
    /// How many things were compared.
    pub compared: usize,
}

/// A table that the migrations leave behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub name: TableName,
    pub there: bool,
    /// Whether the database that is in use has row level security on it.
    pub rls: bool,
    /// Nothing was found about it or anything in it.
    pub right: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Missing,
    Different,
    Only,
}

#[derive(Clone, Debug)]
struct Difference {
    kind: Kind,
    subject: String,
    message: String,
    at: Option<Span>,
    /// What it lies in, or is.
    table: Option<TableName>,
}

/// Everything that differs, and what nobody could tell.
#[derive(Default)]
struct Differences {
    all: Vec<Difference>,
    unknown: Vec<String>,
    compared: usize,
}

impl Differences {
    fn say(&mut self, kind: Kind, subject: &str, message: String, at: Option<&Span>) {
        let (subject, at) = (subject.to_owned(), at.cloned());
        self.all.push(Difference { kind, subject, message, at, table: None });
    }
}

/// Compares them.
pub fn verified(it: &Verification<'_>) -> Verified {
    let most = tables::compare(it.most, it);
    let least = tables::compare(it.least, it);
    let mut verified =
        Verified { unknown: most.unknown, compared: most.compared, ..Verified::default() };
    let mut wrong: BTreeSet<TableName> = BTreeSet::new();
    for one in most.all {
        let same = |other: &&Difference| other.subject == one.subject && other.kind == one.kind;
        if least.all.iter().any(|it| same(&it)) {
            wrong.extend(one.table.clone());
            verified.found.push(found(one, it.place));
        } else {
            verified.unknown.push(format!("a migration may or may not do this: {}", one.message));
        }
    }
    for (name, table) in it.most.tables().filter(|(_, table)| tables::is_table(table)) {
        if it.asks_in(&name) {
            let there = tables::find(it.is, &name, &table);
            let rls = there.as_ref().is_some_and(|it| it.1.rls);
            let right = there.is_some() && !wrong.contains(&name);
            verified.tables.push(Told { name, there: there.is_some(), rls, right });
        }
    }
    verified
}

fn found(it: Difference, place: &RepoPath) -> Found {
    let (rule, help) = match it.kind {
        Kind::Missing => (
            &missing_in_database::RULE,
            "apply the migration, or write a new one where it was applied and taken away again",
        ),
        Kind::Different => (
            &different_in_database::RULE,
            "write a migration that makes it so, or one that says what it is now",
        ),
        Kind::Only => (
            &only_in_database::RULE,
            "write a migration that makes it where it is not there (`if not exists`), or an exception in the policy",
        ),
    };
    let span = it.at.unwrap_or_else(|| Span::file(place.clone()));
    let evidence = it.message.clone();
    let finding = Finding::new(it.subject, span, it.message).evidence(&evidence).help(help);
    Found { rule, finding }
}
