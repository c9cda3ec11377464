//! An expression, as far as a rule must know it.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::ObjectName;

/// A scalar expression of a statement: a default, a check, the condition of a policy or of a partial index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expression {
    /// As written, white space and comments folded.
    pub text: String,
    /// Functions it calls, dotted and folded, in order: `auth.uid`, `now`. `CURRENT_DATE` and the like count.
    pub calls: Vec<String>,
    /// Those of them that stand outside of every sub-select, so that they run anew for every row.
    pub per_row: Vec<String>,
    /// Columns it names outside of sub-selects, without the table in front of them.
    pub columns: Vec<String>,
    /// Relations that its sub-selects read.
    pub reads: Vec<ObjectName>,
    /// Texts of its string literals.
    pub literals: Vec<String>,
    /// What it is for every row, where the text alone tells.
    pub constant: Option<bool>,
    /// Every row meets it where these columns are as a table mostly has them: `id IS NOT NULL`, `id > 0`.
    pub whenever: Option<Whenever>,
    /// It holds for whoever is not logged in: `auth.uid() IS NULL OR …`.
    pub holds_without_user: bool,
    /// It holds for whoever is logged in, as anybody: `auth.uid() IS NOT NULL`.
    pub holds_for_users: bool,
    /// Its place, in bytes of the migration. Not kept in stored catalogs.
    #[serde(skip)]
    pub at: Range<usize>,
}

/// What the columns of a table must be so that every row meets a condition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whenever {
    /// `NOT NULL`.
    pub set: Vec<String>,
    /// Numbers that count the rows, from one.
    pub keys: Vec<String>,
}
