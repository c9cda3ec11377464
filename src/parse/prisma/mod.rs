//! `schema.prisma`: what Prisma believes the database looks like.

mod arguments;
pub mod ast;
mod checksum;
mod datamodel;
mod keys;
mod lexer;
mod lock;
mod parser;
mod reading;
mod relations;
mod tokens;
mod types;
mod valid;
mod values;

pub use checksum::{checksum, is_checksum_of, same_checksum};
pub use datamodel::{
    Broken, Datamodel, Enum, Field, FieldType, Fill, Literal, Model, Provider, Reference, Settings,
};
pub use keys::{Key, Order, derived};
pub use lock::Lock;
pub use parser::parse;
