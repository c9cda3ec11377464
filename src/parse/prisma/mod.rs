//! `schema.prisma`: what Prisma believes the database looks like.

pub mod ast;
mod datamodel;
mod lexer;
mod parser;
mod relations;
mod tokens;
mod types;
mod values;

pub use datamodel::{Broken, Datamodel, Enum, Field, FieldType, Model, Provider, Reference};
pub use parser::parse;
