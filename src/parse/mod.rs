//! Files as documents. Nothing here fails: what cannot be read is part of the answer.

pub mod command;
pub mod json;
