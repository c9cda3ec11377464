//! Who may do what.

use serde::{Deserialize, Serialize};

use super::ObjectName;

/// One privilege, folded: `select`, `insert`, `execute`, `usage`; a role, where membership in it is granted.
pub type Privilege = String;

/// What a privilege is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Securable {
    Tables(Vec<ObjectName>),
    /// `ALL TABLES IN SCHEMA`.
    AllTablesIn(Vec<String>),
    Schemas(Vec<String>),
    Sequences(Vec<ObjectName>),
    /// Functions and procedures, each with its arguments where the statement gives them.
    Routines(Vec<(ObjectName, Option<Vec<String>>)>),
    AllRoutinesIn(Vec<String>),
    /// Membership in the roles that stand as privileges.
    Membership,
    /// Databases, types, languages and so on, as written.
    Other(String),
}
