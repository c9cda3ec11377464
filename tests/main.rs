//! Every test is a claim: its name is what holds.
#![allow(clippy::unwrap_used)]

mod repo;
mod support;
