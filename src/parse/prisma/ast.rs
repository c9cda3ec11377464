//! A `schema.prisma` as it is written (Prisma manual, "Prisma schema"). Places are bytes of the file.

use std::ops::Range;

/// One file. What could not be read is among the errors, and everything around it is there all the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    pub models: Vec<Model>,
    pub enums: Vec<Enum>,
    pub sources: Vec<Source>,
    pub errors: Vec<SyntaxError>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// What was expected or is wrong, as a sentence without an end.
    pub message: String,
    pub at: Range<usize>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    pub text: String,
    pub at: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelKind {
    Model,
    View,
    /// A composite type, which only `MongoDB` has.
    Type,
}

/// `model`, `view` or `type`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    pub kind: ModelKind,
    pub name: Name,
    pub fields: Vec<Field>,
    /// `@@…`.
    pub attributes: Vec<Attribute>,
    /// From the first word to the closing bracket.
    pub at: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arity {
    Required,
    /// `T?`
    Optional,
    /// `T[]`
    List,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: Name,
    /// `String`, `User`; of `Unsupported("tsvector")` that word.
    pub data_type: Name,
    /// What stands in `Unsupported("…")`.
    pub unsupported: Option<String>,
    pub arity: Arity,
    /// `@…`.
    pub attributes: Vec<Attribute>,
    /// From its name to the end of its last attribute.
    pub at: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enum {
    pub name: Name,
    pub values: Vec<EnumValue>,
    pub attributes: Vec<Attribute>,
    pub at: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumValue {
    pub name: Name,
    pub attributes: Vec<Attribute>,
    pub at: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    Datasource,
    Generator,
}

/// `datasource` or `generator`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub kind: SourceKind,
    pub name: Name,
    /// `provider = "postgresql"`.
    pub properties: Vec<(Name, Value)>,
    pub at: Range<usize>,
}

/// `@map("user_id")`, `@db.VarChar(100)`, `@@index([a, b(sort: Desc)])`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Without the signs before it: `map`, `db.VarChar`.
    pub name: Name,
    pub arguments: Vec<Argument>,
    /// With the signs before it and the brackets after it.
    pub at: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// `name:`.
    pub name: Option<Name>,
    pub value: Value,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    pub kind: ValueKind,
    pub at: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// Without quotes, its escapes read.
    String(String),
    /// As written: `-1.50`.
    Number(String),
    /// `true`, `Cascade`, `ACTIVE`, a field's name.
    Constant(String),
    /// `now()`, `dbgenerated("…")`, `title(ops: raw("…"))`.
    Function(String, Vec<Argument>),
    Array(Vec<Value>),
}
