//! Every test of the product, in one binary.
#![allow(clippy::unwrap_used)]

mod policy;
mod report;
