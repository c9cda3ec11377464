//! Functions and procedures.

use serde::{Deserialize, Serialize};

use super::{Born, ObjectName};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RoutineKind {
    Function,
    Procedure,
    Aggregate,
    /// `DROP ROUTINE`, which may name any of them.
    Any,
}

/// A function or procedure, stored under its name with the types of its arguments: `add(integer,integer)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routine {
    pub kind: RoutineKind,
    /// `SECURITY DEFINER`.
    pub definer: bool,
    /// `SET search_path`, whatever to.
    pub search_path: Option<String>,
    /// Folded: `sql`, `plpgsql`.
    pub language: String,
    /// As written: `uuid`, `setof users`, `trigger`, `table(…)`; empty for a procedure.
    pub returns: String,
    pub volatility: Volatility,
    pub leakproof: bool,
    /// The body does nothing but return what it was given, or nothing.
    pub idle: bool,
    /// Relations and functions that its body names, as far as it could be read.
    pub reads: Vec<ObjectName>,
    pub calls: Vec<String>,
    /// `GRANT` and `REVOKE` of `EXECUTE`: the role, and whether it may.
    pub granted: std::collections::BTreeMap<String, bool>,
    pub born: Born,
    /// The statement that created, replaced or altered it last. Not kept in stored catalogs.
    #[serde(skip)]
    pub defined: Born,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Volatility {
    #[default]
    Volatile,
    Stable,
    Immutable,
}
