//! Deployments that change the database on their own.

pub mod deploy_migration;
mod forbidden;
mod reach;
mod routes;
pub mod unresolvable_command;
