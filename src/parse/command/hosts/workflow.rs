//! Workflows and actions of GitHub Actions.

use super::steps::{self, Scope};
use super::{rehearsal, values};
use crate::parse::command::tree::{self, Format, Tree};
use crate::parse::command::{Call, Host, Kind, Reading, Weight, Word};
use crate::source::Source;

/// Of how many jobs it is found out whether they only rehearse. GitHub starts no more than 256 of a matrix.
const LOOKED_AT: usize = 256;

/// `.github/workflows/*.yml`: each step of each job.
pub(super) fn read(source: &Source) -> Reading {
    let mut reading = Reading::default();
    let mut whole = Weight::Platform;
    for tree in tree::read(source, Format::Yaml, &mut reading) {
        let weight = weight(&tree);
        if weight == Weight::Maybe {
            whole = weight;
        }
        let scope = Scope::default().under(&tree);
        let jobs = tree.get("jobs").map(Tree::entries).unwrap_or_default();
        for (at, entry) in jobs.iter().enumerate() {
            let name = format!("jobs.{}", values::short(&entry.key));
            let workflow = Some(&tree).filter(|_| at < LOOKED_AT);
            job(source, &mut reading, workflow, &name, &entry.value, &scope, weight);
        }
    }
    values::join(&mut reading, source, Kind::Workflow, whole);
    reading
}

/// A workflow that only others call runs if one of them does.
fn weight(workflow: &Tree) -> Weight {
    let Some(on) = workflow.get("on") else { return Weight::Platform };
    let called = "workflow_call";
    let text = on.text().map(ToString::to_string);
    let items = on.items().iter().map(|it| it.text().map(ToString::to_string));
    let keys = on.entries().iter().map(|it| Some(it.key.clone()));
    let mut triggers = text.map(Some).into_iter().chain(items).chain(keys).peekable();
    let only = triggers.peek().is_some() && triggers.all(|it| it.as_deref() == Some(called));
    if only { Weight::Maybe } else { Weight::Platform }
}

fn job(
    source: &Source,
    reading: &mut Reading,
    workflow: Option<&Tree>,
    name: &str,
    job: &Tree,
    scope: &Scope,
    weight: Weight,
) {
    let scope = scope.under(job);
    if let Some(uses) = job.get("uses") {
        let host = Host::new(Kind::Workflow, source, name, weight).in_folder("");
        called(reading, &host, uses, job, &scope);
    }
    let place = workflow.and_then(|it| rehearsal::Place::of(source, it, job));
    for (at, step) in job.get("steps").map(Tree::items).unwrap_or_default().iter().enumerate() {
        let weight = match &place {
            Some(place) if place.holds(step) => Weight::Rehearsal,
            _ => weight,
        };
        let key = format!("{name}.steps.{}", at + 1);
        let host = Host::new(Kind::Workflow, source, key, weight).in_folder("");
        steps::read(reading, &host, step, &scope);
    }
}

/// A job that is a workflow of its own, of this repository or another.
fn called(reading: &mut Reading, host: &Host, uses: &Tree, job: &Tree, scope: &Scope) {
    let Some(text) = uses.text() else { return };
    let name = text.to_string();
    if !name.starts_with("./") {
        return;
    }
    reading.link(host, uses.range.clone(), Call::file_as(Word::new(text.clone()), Kind::Workflow));
    if let Some(with) = job.get("with") {
        steps::inputs(reading, host, &name, with, scope);
    }
}

/// `action.yml`: the steps of a composite action, the programs of another.
pub(super) fn action(source: &Source) -> Reading {
    const PROGRAMS: &[&str] = &["main", "pre", "post"];
    let mut reading = Reading::default();
    for tree in tree::read(source, Format::Yaml, &mut reading) {
        let Some(runs) = tree.get("runs") else { continue };
        let scope = Scope::default().under(runs);
        for (at, step) in runs.get("steps").map(Tree::items).unwrap_or_default().iter().enumerate()
        {
            let key = format!("runs.steps.{}", at + 1);
            let host = Host::new(Kind::Action, source, key, Weight::Maybe).in_folder("");
            steps::read(&mut reading, &host, step, &scope);
        }
        let host =
            |key: &str| Host::new(Kind::Action, source, format!("runs.{key}"), Weight::Maybe);
        for key in PROGRAMS {
            let Some((tree, text)) = runs.get(key).and_then(|it| Some((it, it.text()?))) else {
                continue;
            };
            let call = Call::file_as(Word::new(text.clone()), Kind::JavaScript);
            reading.link(&host(key), tree.range.clone(), call);
        }
        image(&mut reading, &host, runs);
    }
    values::join(&mut reading, source, Kind::Action, Weight::Maybe);
    reading
}

/// An action that is an image, and what it runs in it.
fn image(reading: &mut Reading, host: &dyn Fn(&str) -> Host, runs: &Tree) {
    let named = runs.get("image").and_then(|it| Some((it, it.text()?)));
    if let Some((tree, text)) = named.filter(|it| !it.1.to_string().starts_with("docker://")) {
        let call = Call::file_as(Word::new(text.clone()), Kind::Dockerfile);
        reading.link(&host("image"), tree.range.clone(), call);
    }
    for key in ["pre-entrypoint", "post-entrypoint"] {
        if let Some(tree) = runs.get(key) {
            reading.add_words(&host(key), &tree.range, values::arguments(tree));
        }
    }
    let lists = ["entrypoint", "args"].map(|it| runs.get(it));
    let words: Vec<Word> = lists.iter().flatten().flat_map(|it| values::arguments(it)).collect();
    if let Some(tree) = lists.iter().flatten().next().filter(|_| !words.is_empty()) {
        let first = reading.commands.len();
        reading.add_words(&host("args"), &tree.range, words);
        // Without an entrypoint the image has one, and may take these for its options.
        let named = runs.get("entrypoint").is_some();
        reading.commands.iter_mut().skip(first).for_each(|it| it.guessed |= !named);
    }
}
