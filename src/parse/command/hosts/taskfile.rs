//! `Taskfile.yml` of Task (<https://taskfile.dev/reference/schema>).

use std::collections::BTreeMap;

use super::values;
use crate::parse::command::names::deploys;
use crate::parse::command::tree::{self, Format, Node, Tree};
use crate::parse::command::{Call, Host, Kind, Reading, Text, Variables, Weight, Word};
use crate::source::Source;

/// Other files by the names that stand before their tasks.
type Includes<'a> = BTreeMap<&'a str, &'a Tree>;

pub(super) fn read(source: &Source) -> Reading {
    let mut reading = Reading::default();
    for tree in tree::read(source, Format::Yaml, &mut reading) {
        let mut variables = Variables::new();
        for key in ["vars", "env"] {
            if let Some(tree) = tree.get(key) {
                values::set(&mut variables, tree);
            }
        }
        let includes = tree.get("includes").map(Tree::entries).unwrap_or_default();
        let includes = includes.iter().map(|it| (it.key.as_str(), &it.value)).collect();
        for entry in tree.get("tasks").map(Tree::entries).unwrap_or_default() {
            let name = entry.key.as_str();
            let weight = if deploys(name) { Weight::Named } else { Weight::Maybe };
            let host = Host::new(Kind::Taskfile, source, name, weight);
            task(&mut reading, &host, &entry.value, &variables, &includes);
        }
        // `task` alone runs `default`.
        let root = Host::new(Kind::Taskfile, source, "", Weight::Maybe);
        if let Some(task) = tree.at(&["tasks", "default"]) {
            let part = values::implied("default", &task.range);
            reading.link(&root, task.range.clone(), Call::part(part));
        }
    }
    reading
}

fn task(
    reading: &mut Reading,
    host: &Host,
    task: &Tree,
    outer: &Variables,
    includes: &Includes<'_>,
) {
    let mut variables = outer.clone();
    for key in ["vars", "env"] {
        if let Some(tree) = task.get(key) {
            values::set(&mut variables, tree);
        }
    }
    let folder = task.get("dir").and_then(Tree::text).map(Text::to_string);
    let host = match folder.as_deref().and_then(values::folder) {
        Some(inner) => {
            let folder = values::inside(&host.folder.to_string(), inner);
            host.clone().in_folder(&folder)
        }
        None => host.clone(),
    };
    let scripts =
        ["cmds", "cmd", "deps", "preconditions", "status"].iter().filter_map(|it| task.get(it));
    let short = matches!(task.node, Node::Text(_) | Node::List(_)).then_some(task);
    for tree in scripts.chain(short) {
        let one = std::slice::from_ref(tree);
        let items = if let Node::List(items) = &tree.node { items.as_slice() } else { one };
        let depends = task.get("deps").is_some_and(|it| it.range == tree.range);
        for item in items {
            step(reading, &host, item, depends, &variables, includes);
        }
    }
}

/// A command, or `task: name`, or `defer:` either.
fn step(
    reading: &mut Reading,
    host: &Host,
    item: &Tree,
    depends: bool,
    variables: &Variables,
    includes: &Includes<'_>,
) {
    let mut item = item;
    for _ in 0..2 {
        if let Some(text) = item.text() {
            if depends {
                call(reading, host, text, includes);
            } else {
                let text = templated(text, variables);
                values::add_text(reading, host, &item.range, &text, variables);
            }
            return;
        }
        if let Some(text) = item.get("task").and_then(Tree::text) {
            call(reading, host, text, includes);
        }
        let inner = ["cmd", "sh", "defer"].iter().find_map(|it| item.get(it));
        match inner {
            Some(inner) => item = inner,
            None => return,
        }
    }
    if let Some(text) = item.text().filter(|_| !depends) {
        values::add_text(reading, host, &item.range, &templated(text, variables), variables);
    }
}

/// Another task: of this file, or `name:task` of one that is included under that name.
fn call(reading: &mut Reading, host: &Host, text: &Text, includes: &Includes<'_>) {
    let name = text.to_string();
    let range = text.range().unwrap_or_default();
    let name = name.trim_start_matches(':');
    reading.link(host, range.clone(), Call::part(values::implied(name, &range)));
    let Some((space, inner)) = name.split_once(':') else { return };
    let Some(include) = includes.get(space) else { return };
    let Some(path) = include.text().or_else(|| include.get("taskfile")?.text()) else { return };
    let part = Some(values::implied(inner, &range));
    let (path, kind) = (Some(Word::new(path.clone())), Some(Kind::Taskfile));
    reading.link(host, range, Call::File { path, kind, part });
}

/// `{{.NAME}}` is `${NAME}` to a shell that knows the variables of the file.
fn templated(text: &Text, variables: &Variables) -> Text {
    let spots = text.spots();
    let mut templated = Text::default();
    let mut at = 0;
    while let Some(rest) = spots.get(at..).filter(|it| !it.is_empty()) {
        let opens = rest.iter().take(2).filter(|it| it.c == '{').count() == 2;
        let end = if opens { closing(rest) } else { None };
        let Some(end) = end else {
            templated.extend(rest.get(..1).unwrap_or_default());
            at += 1;
            continue;
        };
        let taken = rest.get(..end).unwrap_or_default();
        let inside: String = taken.iter().map(|it| it.c).collect();
        let name = inside.trim_matches(['{', '}', ' ', '-']).trim_start_matches('.');
        match variables.get(name) {
            Some(Some(value)) => templated.extend(value.spots()),
            _ => {
                let range = Text::from(taken).range().unwrap_or_default();
                templated.extend(Text::within(&format!("${inside}"), &range).spots());
            }
        }
        at += end;
    }
    templated
}

/// Where the `{{ … }}` that begins here ends, on its line.
fn closing(rest: &[crate::parse::command::Spot]) -> Option<usize> {
    let line = rest.iter().take_while(|it| it.c != '\n').take(200);
    let chars: Vec<char> = line.map(|it| it.c).collect();
    chars.windows(2).position(|it| it == ['}', '}']).map(|it| it + 2)
}
