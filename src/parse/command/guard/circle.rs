//! What the workflows of `CircleCI` say of a job.

use super::place::{Facts, Place, stands};
use crate::parse::command::tree::{Node, Tree};

/// Where the job stands in the workflows, and under which conditions.
pub(super) fn workflows(root: &Tree, job: &str, place: &Place<'_>, facts: &mut Facts) {
    for workflow in root.get("workflows").map(Tree::entries).unwrap_or_default() {
        let path = format!("workflows.{}", workflow.key);
        let jobs = workflow.value.get("jobs").map(Tree::items).unwrap_or_default();
        let mut runs = false;
        for item in jobs {
            match &item.node {
                Node::Text(name) if name.to_string() == job => runs = true,
                Node::Table(entries) => {
                    for entry in entries.iter().filter(|it| it.key == job) {
                        runs = true;
                        for it in entry.value.entries() {
                            place.fact(it, &format!("{path}.{job}"), facts);
                        }
                    }
                }
                _ => {}
            }
        }
        if runs {
            stands(workflow, &path, facts);
            for it in workflow.value.entries().iter().filter(|it| it.key != "jobs") {
                place.fact(it, &path, facts);
            }
        }
    }
}
