//! What whoever applies a migration by hand asks the database before and after.
//!
//! Before: what would make a statement fail or take long, on what is there already. After: whether everything is there
//! that the migration makes.

mod after;
mod before;

use std::fmt::Write as _;

pub use after::after;
pub use before::before;

use crate::schema::{TableName, literal};

/// A question to the live database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    pub about: String,
    /// One statement, without a semicolon.
    pub sql: String,
    pub expected: Expected,
}

/// The answer that lets one go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    NoRows,
    /// Rows as psql shows them, cells between bars.
    Rows(Vec<String>),
    /// To be looked at: no answer is wrong.
    Any(String),
}

impl Query {
    /// With what is expected of it, as a comment above.
    pub fn text(&self) -> String {
        let shown = |it: &str| crate::schema::Shown(it).to_string();
        let mut text = format!("-- {}\n", shown(&self.about));
        match &self.expected {
            Expected::NoRows => text += "-- Expect: no rows.\n",
            Expected::Any(how) => {
                let _ = writeln!(text, "-- {}", shown(how));
            }
            Expected::Rows(rows) => {
                text += "-- Expect:\n";
                for it in rows {
                    let _ = writeln!(text, "--   {}", shown(it));
                }
            }
        }
        text + &self.sql + ";\n"
    }
}

/// Pairs of schema and name, as `IN` takes them.
pub(crate) fn pairs<'a>(all: impl Iterator<Item = &'a TableName>) -> String {
    let all: Vec<String> =
        all.map(|it| format!("({}, {})", literal(&it.schema), literal(&it.name))).collect();
    all.join(", ")
}
