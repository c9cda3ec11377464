//! Managers of git hooks: Lefthook and pre-commit. What they run, git runs by itself.

use std::ops::Range;

use super::values;
use crate::parse::command::tree::{self, Format, Node, Tree};
use crate::parse::command::{Call, Host, Kind, Reading, Variables, Weight, Word};
use crate::source::Source;

/// `lefthook.yml`, or the same as TOML or JSON (<https://lefthook.dev/configuration/>).
pub(super) fn lefthook(source: &Source) -> Reading {
    let mut reading = Reading::default();
    for tree in tree::read(source, Format::of(source), &mut reading) {
        for entry in tree.entries() {
            let key = values::short(&entry.key);
            let host = Host::new(Kind::Lefthook, source, key, Weight::Platform).in_folder("");
            if key == "extends" {
                for text in entry.value.items().iter().filter_map(Tree::text) {
                    let call = Call::file_as(Word::new(text.clone()), Kind::Lefthook);
                    reading.link(&host, text.range().unwrap_or_default(), call);
                }
                continue;
            }
            hook(&mut reading, &host, &entry.value);
        }
    }
    values::join(&mut reading, source, Kind::Lefthook, Weight::Platform);
    reading
}

/// `run` and `scripts` of a hook, wherever its groups have them. No deeper than the tree.
fn hook(reading: &mut Reading, host: &Host, tree: &Tree) {
    match &tree.node {
        Node::Table(entries) => {
            let mut variables = Variables::new();
            if let Some(tree) = tree.get("env") {
                values::set(&mut variables, tree);
            }
            for entry in entries {
                match entry.key.as_str() {
                    "run" => values::add_lines(reading, host, &entry.value, &variables),
                    "script" => {
                        if let Some(text) = entry.value.text() {
                            script(reading, host, &text.to_string(), entry.value.range.clone());
                        }
                    }
                    "scripts" => {
                        for it in entry.value.entries() {
                            script(reading, host, &it.key, it.key_range.clone());
                        }
                    }
                    "env" | "glob" | "exclude" | "tags" | "skip" | "only" | "fail_text" => {}
                    _ => hook(reading, host, &entry.value),
                }
            }
        }
        Node::List(items) => items.iter().for_each(|it| hook(reading, host, it)),
        Node::Text(_) | Node::Other => {}
    }
}

/// A file of the hook's folder.
fn script(reading: &mut Reading, host: &Host, name: &str, range: Range<usize>) {
    for folder in [".lefthook", ".lefthook-local"] {
        let path = format!("{folder}/{}/{name}", host.key);
        let call = Call::file(values::implied(&path, &range));
        reading.link(host, range.clone(), call);
    }
}

/// `.pre-commit-config.yaml`, and the `prek.toml` of prek (<https://pre-commit.com/#plugins>): the hooks that the repository brings itself.
pub(super) fn pre_commit(source: &Source) -> Reading {
    let mut reading = Reading::default();
    for tree in tree::read(source, Format::of(source), &mut reading) {
        for (at, repo) in tree.get("repos").map(Tree::items).unwrap_or_default().iter().enumerate()
        {
            let local = repo.get("repo").and_then(Tree::text).map(ToString::to_string);
            if local.as_deref() != Some("local") {
                continue;
            }
            for (number, hook) in
                repo.get("hooks").map(Tree::items).unwrap_or_default().iter().enumerate()
            {
                let key = format!("repos.{}.hooks.{}", at + 1, number + 1);
                let host = Host::new(Kind::PreCommit, source, key, Weight::Platform).in_folder("");
                entry(&mut reading, &host, hook);
            }
        }
    }
    values::join(&mut reading, source, Kind::PreCommit, Weight::Platform);
    reading
}

/// A command that is split as a shell would, and more words. To some languages it is no command.
fn entry(reading: &mut Reading, host: &Host, hook: &Tree) {
    let language = hook.get("language").and_then(Tree::text).map(ToString::to_string);
    if matches!(language.as_deref(), Some("pygrep" | "fail")) {
        return;
    }
    let Some((tree, text)) = hook.get("entry").and_then(|it| Some((it, it.text()?))) else {
        return;
    };
    let mut words = crate::parse::command::split(text, &Variables::new());
    words.extend(hook.get("args").map(values::arguments).unwrap_or_default());
    reading.add_words(host, &tree.range, words);
}
