#![allow(clippy::unwrap_used)]

mod report;
