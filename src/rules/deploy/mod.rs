//! Deployments that change the database on their own.

pub mod agent_permission;
pub mod client_generation_missing;
pub mod data_loss_flag;
pub mod deploy_migration;
mod forbidden;
mod graph;
mod known;
mod map;
pub mod production_url;
mod psql;
mod reach;
mod routes;
mod told;
pub mod unresolvable_command;

use std::collections::BTreeSet;

use super::{Found, Rule};
use crate::parse::command::{Host, Reading, Weight};
use crate::source::{RepoPath, Span};

pub use forbidden::Forbidden;
pub use map::{Map, Place, map};
pub use production_url::{is_hosted, without_passwords};

pub use client_generation_missing::{generates, missing};

pub(super) const RULES: &[&Rule] = &[
    &deploy_migration::RULE,
    &unresolvable_command::RULE,
    &data_loss_flag::RULE,
    &agent_permission::RULE,
    &production_url::RULE,
    &client_generation_missing::RULE,
];

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
    let mut found: Vec<Found> = Vec::new();
    for it in &reached {
        let migration = deploy_migration::finding(it);
        found.extend(migration.map(|finding| Found { rule: &deploy_migration::RULE, finding }));
        let opaque = unresolvable_command::finding(it);
        found.extend(opaque.map(|finding| Found { rule: &unresolvable_command::RULE, finding }));
    }
    let refused: BTreeSet<Span> = found.iter().map(|it| it.finding.span.clone()).collect();
    // One text may come to the same command twice.
    let mut told = BTreeSet::new();
    for command in &reading.commands {
        let agent = agent_permission::finding(command, judging);
        let agent = agent.filter(|it| told.insert(it.span.clone()));
        found.extend(agent.map(|finding| Found { rule: &agent_permission::RULE, finding }));
        // The same command is not refused and warned of.
        let flag = data_loss_flag::of_command(command, judging);
        let flag =
            flag.filter(|it| !overlaps(&refused, &command.span) && told.insert(it.span.clone()));
        found.extend(flag.map(|finding| Found { rule: &data_loss_flag::RULE, finding }));
    }
    found
}

/// Whether one of the spans lies in the place of a command.
fn overlaps(spans: &BTreeSet<Span>, place: &Span) -> bool {
    let from = Span { path: place.path.clone(), start: place.start, end: 0 };
    let next = spans.range(from..).next();
    next.is_some_and(|it| it.path == place.path && it.start < place.end)
}

/// Judges a file for what stands in it, whatever kind it is of. `before`: what it was, which is no news.
pub fn written(path: &RepoPath, text: &str, before: Option<&str>) -> Vec<Found> {
    let urls = production_url::of_text(path, text, before).into_iter();
    let urls = urls.map(|finding| Found { rule: &production_url::RULE, finding });
    let known = before.is_some_and(|it| !data_loss_flag::of_text(path, it).is_empty());
    let consents = data_loss_flag::of_text(path, text).into_iter().filter(|_| !known);
    let consents = consents.map(|finding| Found { rule: &data_loss_flag::RULE, finding });
    urls.chain(consents).collect()
}
