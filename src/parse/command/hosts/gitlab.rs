//! Pipelines of GitLab: jobs, what they inherit, and the files they include.

use std::collections::BTreeSet;

use super::values;
use crate::parse::command::tree::{self, Format, Node, Tree};
use crate::parse::command::{Call, Host, Kind, Reading, Text, Variables, Weight, Word};
use crate::source::Source;

/// The parts of a job that a shell runs (<https://docs.gitlab.com/ci/yaml/>).
const SECTIONS: &[&str] = &["before_script", "script", "after_script"];
/// Keys at the top that are no jobs.
const GLOBAL: &[&str] =
    &["variables", "stages", "workflow", "include", "image", "services", "cache", "spec"];
/// How many links one file may have before templates of other files are no longer looked for.
const LINKS: usize = 50_000;
/// The file that GitLab reads first, where templates of other files are looked for.
const FIRST: &str = ".gitlab-ci.yml";

pub(super) fn read(source: &Source) -> Reading {
    let mut reading = Reading::default();
    for tree in tree::read(source, Format::Yaml, &mut reading) {
        let mut variables = Variables::new();
        if let Some(tree) = tree.get("variables") {
            values::set(&mut variables, tree);
        }
        let mut file = File {
            source,
            variables,
            included: included(&tree).into_iter().cloned().collect(),
            jobs: tree.entries().iter().map(|it| it.key.as_str()).collect(),
            reading: &mut reading,
        };
        file.includes("include", &tree);
        for entry in tree.entries().iter().filter(|it| !GLOBAL.contains(&it.key.as_str())) {
            if SECTIONS.contains(&entry.key.as_str()) {
                // `before_script` at the top is that of every job.
                let host = file.host(&entry.key, Weight::Platform);
                file.section(&host, &entry.value, &file.variables.clone());
            } else {
                file.job(&entry.key, &entry.value);
            }
        }
    }
    values::join(&mut reading, source, Kind::GitLab, Weight::Platform);
    reading
}

struct File<'a> {
    source: &'a Source,
    variables: Variables,
    /// The files of this repository that it includes.
    included: Vec<Text>,
    jobs: BTreeSet<&'a str>,
    reading: &'a mut Reading,
}

impl File<'_> {
    fn host(&self, key: &str, weight: Weight) -> Host {
        Host::new(Kind::GitLab, self.source, key, weight).in_folder("")
    }

    fn job(&mut self, name: &str, job: &Tree) {
        // A job with a dot is a template: it runs where another takes it over.
        let weight = if name.starts_with('.') { Weight::Maybe } else { Weight::Platform };
        let mut variables = self.variables.clone();
        if let Some(tree) = job.get("variables") {
            values::set(&mut variables, tree);
        }
        let name = values::short(name);
        let parents = job.get("extends").map(names).unwrap_or_default();
        for section in SECTIONS {
            let host = self.host(&format!("{name}.{section}"), weight);
            match job.get(section) {
                Some(tree) => self.section(&host, tree, &variables),
                None => {
                    for parent in &parents {
                        let range = parent.range().unwrap_or_default();
                        let part = format!("{}.{section}", values::short(&parent.to_string()));
                        self.template(&host, &parent.to_string(), &Text::within(&part, &range));
                    }
                }
            }
        }
        let hook = job.at(&["hooks", "pre_get_sources_script"]);
        if let Some(tree) = hook {
            let host = self.host(&format!("{name}.hooks"), weight);
            self.section(&host, tree, &variables);
        }
        if let Some(trigger) = job.get("trigger") {
            self.includes(&format!("{name}.trigger"), trigger);
        }
        if let Some(steps) = job.get("run") {
            // Steps in place of a script: `run: [{name, script}]`.
            let host = self.host(&format!("{name}.run"), weight);
            for step in steps.items() {
                if let Some(tree) = step.get("script") {
                    self.section(&host, tree, &variables);
                }
            }
        }
    }

    /// A script: lines, and lines of other jobs by `!reference [job, script]`.
    fn section(&mut self, host: &Host, tree: &Tree, variables: &Variables) {
        values::add_lines(self.reading, host, &without_references(tree), variables);
        let mut references = Vec::new();
        collect(tree, &mut references);
        for reference in references {
            let mut path = reference.items().iter().filter_map(Tree::text).map(Text::to_string);
            let (Some(job), section) = (path.next(), path.next()) else { continue };
            let part = match section {
                Some(section) => format!("{}.{section}", values::short(&job)),
                None => job.clone(),
            };
            self.template(host, &job, &Text::within(&part, &reference.range));
        }
    }

    /// Runs a part of another job: of this file, or of one that is included, or of the first.
    fn template(&mut self, host: &Host, job: &str, part: &Text) {
        let range = part.range().unwrap_or_default();
        let part = Word::new(part.clone());
        if self.jobs.contains(job) {
            self.reading.link(host, range, Call::part(part));
            return;
        }
        if self.reading.links.len() > LINKS {
            let message = "more templates of other files than are followed";
            if self.reading.problems.is_empty() {
                self.reading.problem(&self.source.path, range, message);
            }
            return;
        }
        let first = Word::new(Text::within(FIRST, &range));
        let files = self.included.iter().map(|it| Word::new(rooted(it))).chain([first]);
        for path in files.collect::<Vec<_>>() {
            let (path, kind, part) = (Some(path), Some(Kind::GitLab), Some(part.clone()));
            self.reading.link(host, range.clone(), Call::File { path, kind, part });
        }
    }

    fn includes(&mut self, key: &str, tree: &Tree) {
        let host = self.host(key, Weight::Platform);
        for text in included(tree) {
            let range = text.range().unwrap_or_default();
            let call = Call::file_as(Word::new(rooted(text)), Kind::GitLab);
            self.reading.link(&host, range, call);
        }
    }
}

/// The files of this repository under `include`: a name, or a table with `local`, or a list of these.
fn included(tree: &Tree) -> Vec<&Text> {
    let Some(include) = tree.get("include") else { return Vec::new() };
    let one = match &include.node {
        Node::List(items) => items.iter().collect(),
        Node::Text(_) | Node::Table(_) | Node::Other => vec![include],
    };
    let local =
        |it: &'_ Tree| -> bool { it.text().is_some_and(|it| !it.to_string().contains("://")) };
    let named =
        one.into_iter().filter_map(|it| it.get("local").or(Some(it)).filter(|it| local(it)));
    named.filter_map(Tree::text).collect()
}

/// Names begin at the top of the repository, with or without a slash.
fn rooted(text: &Text) -> Text {
    let slashes = text.spots().iter().take_while(|it| it.c == '/').count();
    Text::from(text.spots().get(slashes..).unwrap_or_default())
}

fn names(tree: &Tree) -> Vec<Text> {
    let items = tree.items().iter().filter_map(Tree::text);
    tree.text().into_iter().chain(items).cloned().collect()
}

fn is_reference(tree: &Tree) -> bool {
    tree.tag.as_deref() == Some("!reference")
}

/// No deeper than the tree.
fn collect<'a>(tree: &'a Tree, found: &mut Vec<&'a Tree>) {
    if is_reference(tree) {
        found.push(tree);
    } else {
        tree.items().iter().for_each(|it| collect(it, found));
    }
}

/// No deeper than the tree.
fn without_references(tree: &Tree) -> Tree {
    let node = match &tree.node {
        _ if is_reference(tree) => Node::Other,
        Node::List(items) => Node::List(items.iter().map(without_references).collect()),
        Node::Text(_) | Node::Table(_) | Node::Other => tree.node.clone(),
    };
    Tree { node, range: tree.range.clone(), tag: None }
}
