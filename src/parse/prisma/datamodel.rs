//! All files of a schema, with the names that the database has for what is in them.

use super::ast::{Arity, ModelKind};
use super::keys::Key;
use crate::schema::{Referential, TableName};
use crate::source::Span;

/// What Prisma believes the database looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Datamodel {
    /// The first that a `datasource` names.
    pub provider: Option<Provider>,
    /// `relationMode = "prisma"`: the database has no foreign keys.
    pub without_foreign_keys: bool,
    /// The schemas that it is about: those of the `datasource`, else `public`.
    pub schemas: Vec<String>,
    /// Where the `datasource` says what.
    pub settings: Settings,
    pub models: Vec<Model>,
    pub enums: Vec<Enum>,
    /// What Prisma would not read.
    pub broken: Vec<Broken>,
    /// Types that fields have and that nothing in the files is called by. They are among what is broken.
    pub unknown: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// `postgresql`, `mysql`; `postgres` is read as the first.
    pub name: String,
    pub at: Span,
}

/// The places of what a `datasource` says besides its provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// A `url` that is written out, and not `env("…")`.
    pub url: Option<(String, Span)>,
    pub relation_mode: Option<Span>,
    pub schemas: Option<Span>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub message: String,
    pub at: Span,
}

/// A model with its table, a view, or the table of an implicit many-to-many relation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// What the client calls it.
    pub name: String,
    pub table: TableName,
    /// `@@map` says the table's name.
    pub mapped: bool,
    pub kind: ModelKind,
    /// Prisma made the table for a relation.
    pub implicit: bool,
    /// `@@ignore`: no client has it.
    pub ignored: bool,
    /// Those that are columns.
    pub fields: Vec<Field>,
    /// The columns of `@id` or `@@id`.
    pub id: Vec<String>,
    /// What the database calls the primary key.
    pub id_name: String,
    /// Each `@unique` and `@@unique`.
    pub uniques: Vec<Key>,
    /// Each `@@index`.
    pub indexes: Vec<Key>,
    pub references: Vec<Reference>,
    /// Its name.
    pub at: Span,
}

/// `@relation(fields: […], references: […])`, which is a foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The field that has it.
    pub field: String,
    pub columns: Vec<String>,
    /// What the client calls the model that is referred to.
    pub model: String,
    /// Its columns that are referred to.
    pub targets: Vec<String>,
    /// What is written, or what Prisma takes where nothing is: never unsaid.
    pub on_delete: Referential,
    pub on_update: Referential,
    /// What the database calls the foreign key.
    pub name: String,
    pub at: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What the client calls it.
    pub name: String,
    pub column: String,
    /// `@map` says the column's name.
    pub mapped: bool,
    pub data_type: FieldType,
    pub arity: Arity,
    pub default: Option<Fill>,
    /// `@ignore`: no client has it.
    pub ignored: bool,
    /// From its name to its last attribute.
    pub at: Span,
}

impl Field {
    /// Postgres fills it in where an `INSERT` leaves it out. `uuid()`, `cuid()` and `@updatedAt` are the client's.
    pub fn is_filled(&self) -> bool {
        self.default.as_ref().is_some_and(|it| !matches!(it, Fill::Client(_)))
    }
}

/// What a field has where nobody gives it a value (Prisma manual, "Prisma schema API", `@default` and `@updatedAt`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fill {
    /// `uuid()`, `cuid()`, `@updatedAt`: as written. The client writes it, and the database has no default.
    Client(String),
    /// `now()`
    Now,
    /// `autoincrement()`, `sequence()`
    Sequence,
    /// What stands in `dbgenerated("…")`; absent: whatever the database has.
    Expression(Option<String>),
    Value(Literal),
    List(Vec<Literal>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// As written: `-1.50`.
    Number(String),
    Boolean(bool),
    /// A text, or the label of an enum as the database has it.
    Text(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// As Postgres calls it: `varchar(100)`.
    Scalar(String),
    /// As the database calls it.
    Enum(String),
    /// What stands in `Unsupported("…")`.
    Unsupported(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enum {
    pub name: String,
    pub data_type: TableName,
    /// As the database has them.
    pub values: Vec<String>,
    /// As the client has them, in the same order.
    pub names: Vec<String>,
    /// Its name.
    pub at: Span,
}

impl Datamodel {
    /// Whether its tables are those of Postgres, or of what speaks like it. Where nothing is said, they are.
    pub fn is_for_postgres(&self) -> bool {
        let name = self.provider.as_ref().map(|it| it.name.as_str());
        name.is_none_or(|it| matches!(it, "postgresql" | "cockroachdb"))
    }
}

impl Enum {
    /// What the database calls a value.
    pub fn label<'a>(&'a self, name: &'a str) -> &'a str {
        let found = self.names.iter().zip(&self.values).find(|it| it.0 == name);
        found.map_or(name, |it| it.1)
    }
}
