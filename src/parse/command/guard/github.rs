//! What only workflows of GitHub have, and those of Gitea and Forgejo: events with filters, jobs that wait for jobs.

use std::collections::BTreeSet;
use std::ops::Range;

use super::place::Facts;
use super::values::canonical;
use super::{Bearing, Fact};
use crate::parse::command::Text;
use crate::parse::command::tree::{Node, Tree};
use crate::source::Source;

/// An event that starts a workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    pub event: String,
    pub range: Range<usize>,
    pub filters: Vec<Filter>,
}

/// What an event is only for: `branches`, `paths-ignore`, `types`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    pub key: String,
    pub values: Vec<String>,
    pub range: Range<usize>,
}

/// The events of a workflow; none where the file says none.
pub(super) fn triggers(workflow: &Tree) -> Option<Vec<Trigger>> {
    let on = workflow.get("on")?;
    let plain = |tree: &Tree| {
        let event = tree.text()?.to_string();
        Some(Trigger { event, range: tree.range.clone(), filters: Vec::new() })
    };
    Some(match &on.node {
        Node::Text(_) => plain(on).into_iter().collect(),
        Node::List(items) => items.iter().filter_map(plain).collect(),
        Node::Table(entries) => entries
            .iter()
            .map(|it| Trigger {
                event: it.key.clone(),
                range: it.key_range.clone(),
                filters: it.value.entries().iter().map(filter).collect(),
            })
            .collect(),
        Node::Other => Vec::new(),
    })
}

fn filter(entry: &crate::parse::command::tree::Entry) -> Filter {
    let value = &entry.value;
    let texts = value.text().into_iter().chain(value.items().iter().filter_map(Tree::text));
    let range = entry.key_range.start..value.range.end.max(entry.key_range.end);
    Filter { key: entry.key.clone(), values: texts.map(Text::to_string).collect(), range }
}

/// Whether the jobs that a job waits for are run: where one is left out, so is the job.
pub(super) fn waits(source: &Source, workflow: &Tree, job: &Tree, facts: &mut Facts) {
    let Some(jobs) = workflow.get("jobs") else { return };
    let mut known = BTreeSet::new();
    let mut next: Vec<String> = needs(job);
    while let Some(name) = next.pop() {
        let Some(job) = jobs.get(&name).filter(|_| known.insert(name.clone())) else { continue };
        next.extend(needs(job));
        for entry in job.entries().iter().filter(|it| it.key == "if") {
            facts.push(Fact {
                bearing: Bearing::LeavesOut,
                key: format!("{name}.if"),
                path: format!("jobs.{name}.if"),
                value: canonical(source, &entry.value),
                version: None,
                shown: super::first_line(&canonical(source, &entry.value)),
                range: entry.key_range.start..entry.value.range.end,
            });
        }
    }
}

fn needs(job: &Tree) -> Vec<String> {
    let Some(needs) = job.get("needs") else { return Vec::new() };
    let texts = needs.text().into_iter().chain(needs.items().iter().filter_map(Tree::text));
    texts.map(Text::to_string).collect()
}
