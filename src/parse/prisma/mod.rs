//! `schema.prisma`: what Prisma believes the database looks like.

pub mod ast;
mod checksum;
mod datamodel;
mod lexer;
mod lock;
mod parser;
mod relations;
mod tokens;
mod types;
mod values;

pub use checksum::{checksum, same_checksum};
pub use datamodel::{Broken, Datamodel, Enum, Field, FieldType, Model, Provider, Reference};
pub use lock::Lock;
pub use parser::parse;
