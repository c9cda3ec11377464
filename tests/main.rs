#![allow(clippy::unwrap_used)]

mod deploy;
