#![allow(clippy::unwrap_used)]

mod hooks;
