//! What a database is, and how it changes.
//!
//! A [`Catalog`] is the shape of a database at one moment. A [`Change`] is one effect on it, small enough that a rule
//! can judge it alone. SQL text is translated into changes once; rules, caches and reports know nothing of SQL.

mod apply;
mod canonical;
mod catalog;
mod change;
mod create;
mod effort;
mod expression;
mod journal;
mod lock;
mod op;
mod privilege;
mod provider;
mod relation;
mod remake;
mod reserved;
mod resolve;
mod routine;
mod snapshot;
mod store;
mod stored;
mod type_change;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::source::Span;

pub use canonical::{canonical_type, same_default};
pub use catalog::{Catalog, Resolved, bare_type, enum_labels};
pub use change::{
    AttributeOp, Boundary, Cascade, Certainty, Change, DomainOp, EventTriggerOp, Filter, Guard,
    Lasting, Persistence, RewriteRuleOp, RlsSwitch, RoleOp, RoutineOp, Work, Worked,
};
pub use create::{NewColumn, NewConstraint, NewIndex, NewRoutine, NewTable};
pub use effort::{Effort, Rewrite};
pub use expression::{Expression, Whenever};
pub use lock::{Lock, LockMode};
pub use op::Op;
pub use privilege::{Privilege, Securable};
pub use provider::Provider;
pub use relation::{
    Column, Constraint, ConstraintKind, ForeignKey, Generated, Index, IndexKey, Policy,
    PolicyCommand, Referential, RelationKind, Table, Trigger,
};
pub use reserved::{RESERVED, RESERVED_BUT_FOR_FUNCTIONS};
pub use routine::{Routine, RoutineKind, Volatility};
pub use snapshot::{Identity, Row, Snapshot, is_inside};
pub use type_change::{Rework, Risk, TypeChange};

/// Identifiers are cut at this many bytes (Postgres manual, 4.1.1: `NAMEDATALEN` - 1).
pub const NAME_LIMIT: usize = 63;

/// A name as a statement gives it, folded and cut as Postgres does, perhaps without its schema.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ObjectName {
    pub schema: Option<String>,
    pub name: String,
}

impl ObjectName {
    pub fn new(schema: Option<&str>, name: &str) -> ObjectName {
        ObjectName { schema: schema.map(str::to_owned), name: name.to_owned() }
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) if !schema.is_empty() => {
                write!(f, "{}.{}", Shown(schema), Shown(&self.name))
            }
            _ => write!(f, "{}", Shown(&self.name)),
        }
    }
}

/// A name with its schema: what a relation or a type is called in the whole database. The schema is empty in a database
/// that has none: MySQL, SQLite.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TableName {
    pub schema: String,
    pub name: String,
}

impl TableName {
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> TableName {
        TableName { schema: schema.into(), name: name.into() }
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.schema.is_empty() {
            return write!(f, "{}", Shown(&self.name));
        }
        write!(f, "{}.{}", Shown(&self.schema), Shown(&self.name))
    }
}

impl TableName {
    /// Of a name as a server tells it, in quotes where it has to be: a relation, a type, a function with its arguments.
    pub fn of_server(name: &str) -> Option<TableName> {
        let mut parts = vec![String::new()];
        let mut rest = name.chars().peekable();
        let mut inside = false;
        while let Some(c) = rest.next() {
            match c {
                '"' if inside && rest.peek() == Some(&'"') => {
                    rest.next();
                    parts.last_mut()?.push('"');
                }
                '"' => inside = !inside,
                '.' if !inside => parts.push(String::new()),
                '(' if !inside => break,
                c => parts.last_mut()?.push(c),
            }
        }
        let [schema, name] = <[String; 2]>::try_from(parts).ok()?;
        Some(TableName { schema, name })
    }

    /// The name as a statement writes it: in quotes where folding would change it.
    pub fn sql(&self) -> String {
        if self.schema.is_empty() {
            return quoted(&self.name);
        }
        format!("{}.{}", quoted(&self.schema), quoted(&self.name))
    }
}

/// An identifier as a statement writes it (Postgres manual, 4.1.1).
pub fn quoted(name: &str) -> String {
    let plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
    let starts = name.bytes().next().is_some_and(|it| !it.is_ascii_digit());
    if starts && name.bytes().all(plain) && !reserved::is_reserved(name) {
        name.to_owned()
    } else {
        format!("\"{}\"", Shown(name).to_string().replace('"', "\"\""))
    }
}

/// A text as a statement writes it (Postgres manual, 4.1.2.1).
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name made safe to print: what cannot be seen, or would break the line, is escaped.
pub struct Shown<'a>(pub &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            if c.is_control() || crate::source::is_invisible(c) {
                write!(f, "{}", c.escape_unicode())?;
            } else {
                write!(f, "{c}")?;
            }
        }
        Ok(())
    }
}

/// When something came to be, so that what is new can be told from what people depend on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Born {
    /// The change set, counted by [`Catalog::settle`].
    pub epoch: u32,
    /// Created for certain: unconditionally, not `IF NOT EXISTS`, and nothing older hangs below it.
    pub sure: bool,
    /// The branch of conditional code that created it, if any did.
    pub branch: Option<u32>,
    /// The `CREATE` statement. Not kept in stored catalogs.
    #[serde(skip)]
    pub at: Option<Span>,
}

/// A type that a migration made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Type {
    pub kind: TypeKind,
    pub born: Born,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TypeKind {
    /// Its labels in order.
    Enum(Vec<String>),
    Domain {
        /// `CHECK`, `NOT NULL`.
        constrained: bool,
    },
    /// Its attributes with their types.
    Composite(Vec<(String, String)>),
    Other,
}
