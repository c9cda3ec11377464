//! One binary for all tests, so that helpers are shared and linking happens once.
#![allow(clippy::unwrap_used)]

mod policy;
