//! `schema.prisma`: what Prisma believes the database looks like.

pub mod ast;
mod lexer;
mod parser;
mod tokens;
mod values;

pub use parser::parse;
