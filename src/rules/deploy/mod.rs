//! Deployments that change the database on their own.

pub mod deploy_migration;
mod forbidden;
mod graph;
mod known;
mod map;
mod psql;
mod reach;
mod routes;
mod told;
pub mod unresolvable_command;

use super::{Found, Rule};
use crate::parse::command::{Host, Reading, Weight};
use crate::source::RepoPath;

pub use forbidden::Forbidden;
pub use map::{Map, Place, map};

pub(super) const RULES: &[&Rule] = &[&deploy_migration::RULE, &unresolvable_command::RULE];

/// By what commands are judged, besides what they say.
pub struct Judging<'a> {
    /// Whether the change adds or edits what is written there.
    pub changed: &'a dyn Fn(&Host) -> bool,
    /// Whether only people run it, whatever its name says.
    pub local: &'a dyn Fn(&Host) -> bool,
    /// Whether a job in that file that has a database of its own may migrate it.
    pub rehearses: &'a dyn Fn(&RepoPath) -> bool,
    pub forbidden: &'a Forbidden,
}

impl Judging<'_> {
    fn weight(&self, host: &Host) -> Weight {
        match host.weight {
            Weight::Rehearsal if !(self.rehearses)(&host.path) => Weight::Platform,
            Weight::Named | Weight::Alone if (self.local)(host) => Weight::Maybe,
            weight => weight,
        }
    }
}

/// Judges the commands of all files at once, since one runs another.
pub fn findings(reading: &Reading, judging: &Judging<'_>) -> Vec<Found> {
    let mut graph = graph::Graph::new(reading, judging.forbidden);
    let reached = reach::reached(&mut graph, judging);
    let found = reached.iter().map(|it| {
        deploy_migration::finding(it)
            .map(|finding| Found { rule: &deploy_migration::RULE, finding })
            .or_else(|| {
                let finding = unresolvable_command::finding(it)?;
                Some(Found { rule: &unresolvable_command::RULE, finding })
            })
    });
    found.flatten().collect()
}
