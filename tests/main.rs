//! Every test is a claim: its name is what holds. One binary, so that helpers are shared and linking happens once.
#![allow(
    clippy::unwrap_used,
    clippy::format_collect,
    clippy::struct_field_names,
    clippy::too_many_lines,
    clippy::type_complexity
)]

mod accept;
mod approval;
mod architecture;
mod cli;
mod deploy;
mod dialects;
mod hooks;
mod policy;
mod postgres;
mod prisma;
mod properties;
mod referee;
mod rehearsal;
mod repo;
mod report;
mod rules;
mod sql;
mod support;
mod verify;
