//! `schema.prisma`: what Prisma believes the database looks like.

mod arguments;
pub mod ast;
mod datamodel;
mod keys;
mod lexer;
mod parser;
mod reading;
mod relations;
mod tokens;
mod types;
mod valid;
mod values;

pub use datamodel::{
    Broken, Datamodel, Enum, Field, FieldType, Fill, Literal, Model, Provider, Reference, Settings,
};
pub use keys::{Key, Order, derived};
pub use parser::parse;
