//! Manifests of Kubernetes: the containers of whatever has some, and charts of Helm that make such manifests.

use std::sync::Arc;

use super::values;
use crate::parse::command::names::is_local_file;
use crate::parse::command::tree::{self, Format, Node, Tree};
use crate::parse::command::{Host, Kind, Reading, Variables, Weight};
use crate::source::Source;

/// Keys of lists of containers in a pod.
const CONTAINERS: &[&str] = &["containers", "initContainers", "ephemeralContainers"];
/// Places of a container whose `exec.command` is run.
const HOOKS: &[&[&str]] = &[
    &["lifecycle", "postStart", "exec", "command"],
    &["lifecycle", "preStop", "exec", "command"],
    &["livenessProbe", "exec", "command"],
    &["readinessProbe", "exec", "command"],
    &["startupProbe", "exec", "command"],
];

pub(super) fn read(source: &Source) -> Reading {
    let mut reading = Reading::default();
    let weight = if is_local_file(&source.path) { Weight::Maybe } else { Weight::Platform };
    let text = if source.text.contains("{{") {
        Arc::from(plain(&source.text))
    } else {
        source.text.clone()
    };
    let written = Source { path: source.path.clone(), text };
    let trees = tree::read(&written, Format::Yaml, &mut reading);
    for (at, tree) in trees.iter().enumerate() {
        let name = tree.at(&["metadata", "name"]).and_then(Tree::text).map(ToString::to_string);
        let kind = tree.get("kind").and_then(Tree::text).map(ToString::to_string);
        let name = format!("{} {}", kind.unwrap_or_default(), name.unwrap_or_default());
        let name = if trees.len() > 1 { format!("{}. {name}", at + 1) } else { name };
        walk(source, &mut reading, tree, values::short(name.trim()), weight);
    }
    if source.text.contains("{{") {
        // What a chart is before its values are filled in is often no YAML, and nobody's mistake.
        reading.problems.clear();
        // A chart whose values name the program says nothing by itself.
        for command in &mut reading.commands {
            command.guessed |= command.words.first().is_some_and(|it| it.unknown.is_some());
        }
    }
    values::join(&mut reading, source, Kind::Kubernetes, weight);
    reading
}

/// No deeper than the tree.
fn walk(source: &Source, reading: &mut Reading, tree: &Tree, name: &str, weight: Weight) {
    match &tree.node {
        Node::Table(entries) => {
            for entry in entries {
                let key = entry.key.as_str();
                if CONTAINERS.contains(&key) {
                    for (at, it) in entry.value.items().iter().enumerate() {
                        let named = it.get("name").and_then(Tree::text).map(ToString::to_string);
                        let named = named.unwrap_or_else(|| format!("{}", at + 1));
                        let key = format!("{name} {key}.{}", values::short(&named));
                        container(reading, &Host::new(Kind::Kubernetes, source, key, weight), it);
                    }
                } else if !matches!(key, "data" | "stringData" | "annotations" | "labels") {
                    walk(source, reading, &entry.value, name, weight);
                }
            }
        }
        Node::List(items) => {
            for it in items {
                walk(source, reading, it, name, weight);
            }
        }
        Node::Text(_) | Node::Other => {}
    }
}

/// `command` and `args` are one list of words, without a shell
/// (<https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/>).
fn container(reading: &mut Reading, host: &Host, container: &Tree) {
    let mut variables = Variables::new();
    if let Some(tree) = container.get("env") {
        values::set(&mut variables, tree);
    }
    let both = ["command", "args"].map(|it| container.get(it));
    let words = both.iter().flatten().flat_map(|it| values::arguments(it)).collect::<Vec<_>>();
    if let Some(tree) = both.iter().flatten().next().filter(|_| !words.is_empty()) {
        let first = reading.commands.len();
        reading.add_words(host, &tree.range, words);
        // Without a command the image has one, and may take these for its options.
        let named = container.get("command").is_some();
        reading.commands.iter_mut().skip(first).for_each(|it| it.guessed |= !named);
    }
    for path in HOOKS {
        if let Some(tree) = container.at(path) {
            reading.add_words(host, &tree.range, values::arguments(tree));
        }
    }
}

/// A template of Helm as the YAML it may become, with every character in its place: what is filled in is a variable
/// that nobody knows, and lines with nothing else are blank.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    let mut blank = true;
    while let Some(at) = rest.find("{{") {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        let (line, new) = match before.rsplit_once('\n') {
            Some((_, line)) => (line, true),
            None => (before, false),
        };
        blank = (blank || new) && line.trim().is_empty();
        let end = from.find("}}").map_or(from.len(), |it| it + 2);
        let (action, after) = from.split_at(end);
        let behind = after.chars().find(|it| *it == '\n' || !it.is_whitespace());
        blank &= matches!(behind, None | Some('\n' | '{' | '#'));
        for (at, c) in action.chars().enumerate() {
            match c {
                '\n' | '\r' => plain.push(c),
                _ if blank => (0..c.len_utf8()).for_each(|_| plain.push(' ')),
                _ if at == 0 => plain.push('$'),
                _ => (0..c.len_utf8()).for_each(|_| plain.push('_')),
            }
        }
        rest = after;
    }
    plain.push_str(rest);
    plain
}
