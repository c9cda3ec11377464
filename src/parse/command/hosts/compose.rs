//! Compose files: what services are built from, and what they run.

use super::values;
use crate::parse::command::names::is_local_file;
use crate::parse::command::tree::{self, Format, Node, Tree};
use crate::parse::command::{Call, Host, Kind, Reading, Text, Variables, Weight, Word};
use crate::source::Source;

pub(super) fn read(source: &Source) -> Reading {
    let mut reading = Reading::default();
    let weight = if is_local_file(&source.path) { Weight::Maybe } else { Weight::Image };
    for tree in tree::read(source, Format::Yaml, &mut reading) {
        let root = Host::new(Kind::Compose, source, "include", weight);
        for item in tree.get("include").map(Tree::items).unwrap_or_default() {
            let paths = item.get("path").unwrap_or(item);
            for text in paths.text().into_iter().chain(paths.items().iter().filter_map(Tree::text))
            {
                let call = Call::file_as(Word::new(text.clone()), Kind::Compose);
                reading.link(&root, item.range.clone(), call);
            }
        }
        for entry in tree.get("services").map(Tree::entries).unwrap_or_default() {
            let name = format!("services.{}", values::short(&entry.key));
            service(&mut reading, &Host::new(Kind::Compose, source, name, weight), &entry.value);
        }
    }
    values::join(&mut reading, source, Kind::Compose, weight);
    reading
}

fn service(reading: &mut Reading, host: &Host, service: &Tree) {
    let mut variables = Variables::new();
    if let Some(tree) = service.get("environment") {
        values::set(&mut variables, tree);
    }
    let both = ["entrypoint", "command"].map(|it| service.get(it));
    if let [Some(entrypoint), Some(command)] = both {
        // The image runs the one with the other behind it.
        let words = [entrypoint, command].map(|it| words(it, &variables)).concat();
        reading.add_words(host, &command.range, words);
    } else {
        for tree in both.iter().flatten() {
            command(reading, host, tree, &variables);
        }
    }
    if let Some(test) = service.at(&["healthcheck", "test"]) {
        health(reading, host, test, &variables);
    }
    for key in ["post_start", "pre_stop"] {
        for hook in service.get(key).map(Tree::items).unwrap_or_default() {
            if let Some(tree) = hook.get("command") {
                command(reading, host, tree, &variables);
            }
        }
    }
    for action in service.at(&["develop", "watch"]).map(Tree::items).unwrap_or_default() {
        if let Some(tree) = action.at(&["exec", "command"]) {
            command(reading, host, tree, &variables);
        }
    }
    if let Some(tree) = service.get("build") {
        build(reading, host, tree);
    }
    if let Some(tree) = service.get("extends") {
        extends(reading, host, tree);
    }
}

/// A list of words, or a text that is split as a shell would, with no shell to run it
/// (<https://docs.docker.com/reference/compose-file/services/#command>). One line of it is one command.
fn command(reading: &mut Reading, host: &Host, tree: &Tree, variables: &Variables) {
    match &tree.node {
        Node::Text(text) => {
            values::add_text(reading, host, &tree.range, &one_line(text), variables);
        }
        Node::List(_) => reading.add_words(host, &tree.range, values::arguments(tree)),
        Node::Table(_) | Node::Other => {}
    }
}

fn one_line(text: &Text) -> Text {
    let mut line = Text::default();
    for spot in text.spots() {
        let c = if spot.c == '\n' { ' ' } else { spot.c };
        line.push(crate::parse::command::Spot { c, ..*spot });
    }
    line
}

fn words(tree: &Tree, variables: &Variables) -> Vec<Word> {
    match &tree.node {
        Node::Text(text) => crate::parse::command::split(text, variables),
        Node::List(_) | Node::Table(_) | Node::Other => values::arguments(tree),
    }
}

/// `[CMD, …]` is a list of words, `[CMD-SHELL, text]` and a text alone are for a shell.
fn health(reading: &mut Reading, host: &Host, test: &Tree, variables: &Variables) {
    let words = values::arguments(test);
    match (&test.node, words.split_first()) {
        (Node::List(_), Some((first, rest))) if first.is("CMD") => {
            reading.add_words(host, &test.range, rest.to_vec());
        }
        (Node::List(items), Some((first, _))) if first.is("CMD-SHELL") => {
            for tree in items.iter().skip(1) {
                values::add_lines(reading, host, tree, variables);
            }
        }
        _ => values::add_lines(reading, host, test, variables),
    }
}

/// `build: folder`, or a table.
fn build(reading: &mut Reading, host: &Host, tree: &Tree) {
    let kind = Some(Kind::Dockerfile);
    let part = tree.get("target").and_then(Tree::text).map(|it| Word::new(it.clone()));
    let text = |key: &str| tree.get(key).and_then(Tree::text);
    let context = tree.text().or(text("context"));
    let range = tree.range.clone();
    if let Some(inline) = text("dockerfile_inline") {
        inlined(reading, host, inline);
        return;
    }
    let folder = context.map(Text::to_string).unwrap_or_default();
    let path = match (text("dockerfile"), context) {
        (Some(file), _) => Some(values::file_in(&folder, file)),
        (None, Some(context)) => Some(Word::new(context.clone())),
        (None, None) => None,
    };
    // A context elsewhere is nothing of this repository.
    if !folder.contains("://") {
        reading.link(host, range, Call::File { path, kind, part });
    }
}

/// The lines of a Dockerfile in the place where it is used: what follows an instruction that runs something.
fn inlined(reading: &mut Reading, host: &Host, text: &Text) {
    const RUNS: &[&str] = &["RUN", "CMD", "ENTRYPOINT"];
    let lines = text.spots().split(|it| it.c == '\n');
    for line in lines {
        let line = Text::from(line);
        let written = line.to_string();
        let body = written.trim_start();
        let Some((instruction, _)) = body.split_once(char::is_whitespace) else { continue };
        if !RUNS.contains(&instruction.to_ascii_uppercase().as_str()) {
            continue;
        }
        let skipped = written.chars().count() - body.chars().count() + instruction.chars().count();
        let rest = Text::from(line.spots().get(skipped..).unwrap_or_default());
        let range = rest.range().unwrap_or_default();
        let list = rest.to_string();
        if list.trim_start().starts_with('[') {
            let quoted = list.split('"').skip(1).step_by(2);
            let words = quoted.map(|it| values::implied(it, &range)).collect();
            reading.add_words(host, &range, words);
        } else {
            reading.add_shell(host, &range, &rest);
        }
    }
}

/// `extends: name`, or `extends: {file, service}`.
fn extends(reading: &mut Reading, host: &Host, tree: &Tree) {
    let Some(service) = tree.text().or_else(|| tree.get("service")?.text()) else { return };
    let range = service.range().unwrap_or_default();
    let part = Some(values::implied(&format!("services.{service}"), &range));
    let file = tree.get("file").and_then(Tree::text).map(|it| Word::new(it.clone()));
    let kind = file.as_ref().map(|_| Kind::Compose);
    reading.link(host, range, Call::File { path: file, kind, part });
}
