//! What a server says that a migration has done to it, where it is not what the text says.

mod failing_migration;
mod hidden_loss;
mod loss;
mod unfinished_rehearsal;

use std::ops::Range;

use super::{Found, Rule};
use crate::parse::Migration;
use crate::schema::{Catalog, Snapshot, TableName};

pub(super) const RULES: &[&Rule] =
    &[&failing_migration::RULE, &hidden_loss::RULE, &unfinished_rehearsal::RULE];

/// A change that was applied to copies of the database that its history leaves behind.
#[derive(Debug)]
pub struct Rehearsal<'a> {
    pub migrations: &'a [Migration],
    /// The catalogs of the server before.
    pub before: &'a Snapshot,
    /// What became of each copy.
    pub trials: &'a [Trial],
    /// What reading the migrations says that they leave behind.
    pub model: &'a Catalog,
    /// Why the copies are not all of what there is: then what fails may fail for that.
    pub partial: Option<&'a str>,
}

/// A copy, and what was done to it.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    /// `in one text`, `statement by statement`.
    pub how: &'static str,
    /// The catalogs of the server after, as far as it came.
    pub after: Snapshot,
    pub failed: Option<Failure>,
    /// Which locks on what was there were held to the end.
    pub locks: Vec<(String, String)>,
    /// Rows that statements would write, in functions and blocks as well, however few there are.
    pub writes: Vec<Write>,
}

/// Where it ended before its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Which of the migrations.
    pub migration: usize,
    /// In bytes of its text.
    pub at: Range<usize>,
    pub message: String,
    /// It was stopped, for time or disk.
    pub stopped: bool,
}

/// A statement that writes rows, as its plan tells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Write {
    /// `Delete`, `Update`, `Insert`, `Merge`.
    pub operation: String,
    pub table: TableName,
}

/// What a rehearsal proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Additive {
    /// Nothing that was there is gone, changed or emptied.
    Proven,
    /// These are.
    Refuted(Vec<String>),
    /// It was not seen to the end, or not from the beginning.
    Unproven(String),
}

/// Judges a rehearsal.
pub fn rehearsed(rehearsal: &Rehearsal<'_>) -> (Vec<Found>, Additive) {
    let losses = loss::of(rehearsal);
    let mut found = Vec::new();
    found.extend(failing_migration::found(rehearsal));
    found.extend(hidden_loss::found(rehearsal, &losses));
    found.extend(unfinished_rehearsal::found(rehearsal));
    let failed = rehearsal.trials.iter().find_map(|it| it.failed.as_ref());
    let additive = if !losses.is_empty() {
        Additive::Refuted(losses.iter().map(loss::Loss::message).collect())
    } else if let Some(partial) = rehearsal.partial {
        Additive::Unproven(partial.to_owned())
    } else if let Some(failed) = failed {
        Additive::Unproven(format!("it does not apply: {}", failed.message))
    } else {
        Additive::Proven
    };
    (found, additive)
}
