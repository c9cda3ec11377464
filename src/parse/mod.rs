//! Files become documents. Reading never fails: what cannot be read is said with its place.

pub mod toml;
