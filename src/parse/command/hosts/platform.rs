//! Platforms whose file is a tree with commands under well-known keys: Railway, Netlify, Nixpacks, Vercel, Heroku's
//! `app.json`, Shopify.

use crate::parse::command::names::is_local;
use crate::parse::command::tree::{self, Format, Node, Tree};
use crate::parse::command::{Call, Host, Kind, Reading, Variables, Weight, Word};
use crate::source::Source;

/// Where a kind of file says what.
struct Keys {
    /// `*` stands for any key.
    commands: &'static [&'static [&'static str]],
    /// Names of Dockerfiles.
    images: &'static [&'static [&'static str]],
    /// Tables of variables.
    variables: &'static [&'static str],
    /// Tables that only the one who types is meant by.
    local: &'static [&'static [&'static str]],
}

const NONE: Keys = Keys { commands: &[], images: &[], variables: &[], local: &[] };

fn keys(kind: Kind) -> Keys {
    match kind {
        Kind::Railway => Keys {
            commands: &[
                &["deploy", "startCommand"],
                &["deploy", "preDeployCommand"],
                &["build", "buildCommand"],
                &["environments", "*", "deploy", "startCommand"],
                &["environments", "*", "deploy", "preDeployCommand"],
                &["environments", "*", "build", "buildCommand"],
            ],
            images: &[
                &["build", "dockerfilePath"],
                &["environments", "*", "build", "dockerfilePath"],
            ],
            ..NONE
        },
        Kind::Netlify => Keys {
            commands: &[
                &["build", "command"],
                &["build", "ignore"],
                &["context", "*", "command"],
                &["context", "*", "build", "command"],
                &["dev", "command"],
            ],
            variables: &["build", "environment"],
            local: &[&["dev"], &["context", "dev"]],
            ..NONE
        },
        Kind::Nixpacks => Keys {
            commands: &[&["phases", "*", "cmds"], &["phases", "*", "cmd"], &["start", "cmd"]],
            variables: &["variables"],
            ..NONE
        },
        Kind::Vercel => Keys {
            commands: &[
                &["buildCommand"],
                &["installCommand"],
                &["ignoreCommand"],
                &["devCommand"],
                &["build", "command"],
            ],
            local: &[&["devCommand"]],
            ..NONE
        },
        Kind::AppJson => Keys {
            commands: &[&["scripts", "*"], &["environments", "*", "scripts", "*"]],
            local: &[&["scripts", "test"], &["scripts", "test-setup"], &["environments", "test"]],
            ..NONE
        },
        _ => NONE,
    }
}

pub(super) fn read(source: &Source, kind: Kind) -> Reading {
    let mut reading = Reading::default();
    let trees = tree::read(source, Format::of(source), &mut reading);
    if kind == Kind::AppJson {
        // Other tools have a file of that name too, and some of them read more than JSON.
        reading.problems.clear();
    }
    let keys = keys(kind);
    for tree in trees {
        let variables = variables(&tree, &keys);
        let places = keys.commands.iter().flat_map(|it| under(&tree, it));
        let shopify = under(&tree, &["commands", "*"]);
        for (path, tree) in places.chain(shopify) {
            let host = host(source, kind, &keys, &path);
            commands(&mut reading, &host, tree, &variables);
        }
        for (path, tree) in keys.images.iter().flat_map(|it| under(&tree, it)) {
            if let Node::Text(text) = &tree.node {
                let call = Call::file_as(Word::new(text.clone()), Kind::Dockerfile);
                reading.link(&host(source, kind, &keys, &path), tree.range.clone(), call);
            }
        }
    }
    reading
}

fn host(source: &Source, kind: Kind, keys: &Keys, path: &[String]) -> Host {
    let begins = |it: &&[&str]| path.len() >= it.len() && path.iter().zip(*it).all(|(a, b)| a == b);
    // `dev` of Shopify runs in its containers too.
    let named = kind == Kind::AppJson && path.iter().any(|it| is_local(it));
    let local = named || keys.local.iter().any(begins);
    let weight = if local { Weight::Maybe } else { Weight::Platform };
    Host::new(kind, source, path.join("."), weight)
}

/// A command, several of them, or the words of one.
fn commands(reading: &mut Reading, host: &Host, tree: &Tree, variables: &Variables) {
    match &tree.node {
        Node::Text(text) => reading.add_shell_with(host, &tree.range, text, variables),
        Node::List(items) => {
            let texts: Vec<_> = items.iter().filter_map(Tree::text).cloned().collect();
            for (item, text) in items.iter().filter_map(|it| Some((it, it.text()?))) {
                reading.add_shell_with(host, &item.range, text, variables);
            }
            let single = |it: &str| !it.trim().contains(char::is_whitespace);
            if texts.len() > 1 && texts.iter().all(|it| single(&it.to_string())) {
                let words = texts.into_iter().map(Word::new).collect();
                reading.add_words_with(host, &tree.range, words, variables);
            }
        }
        Node::Table(_) | Node::Other => {}
    }
}

fn variables(tree: &Tree, keys: &Keys) -> Variables {
    let table = tree.at(keys.variables).filter(|_| !keys.variables.is_empty());
    let entries = table.map(Tree::entries).unwrap_or_default().iter();
    entries.map(|it| (it.key.clone(), it.value.text().cloned())).collect()
}

/// What stands under keys in keys, and by which way.
fn under<'a>(tree: &'a Tree, keys: &[&str]) -> Vec<(Vec<String>, &'a Tree)> {
    let mut found = vec![(Vec::new(), tree)];
    for key in keys {
        let below = |(path, tree): (Vec<String>, &'a Tree)| {
            let entries = tree.entries().iter().filter(|it| *key == "*" || it.key == *key);
            let next = |it: &'a tree::Entry| {
                (path.iter().cloned().chain([it.key.clone()]).collect(), &it.value)
            };
            entries.map(next).collect::<Vec<_>>()
        };
        found = found.into_iter().flat_map(below).collect();
    }
    found
}
