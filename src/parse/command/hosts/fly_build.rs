//! What a `fly.toml` builds its image from, and the files and variables that its machines have.

use std::ops::Range;

use super::fly::is;
use crate::parse::command::tree::{Entry, Node, Tree};
use crate::parse::command::{Call, Host, Kind, Reading, Text, Variables, Weight, Word};
use crate::source::Source;

/// A file that Fly puts into the machine.
pub(super) struct File {
    guest: String,
    /// The file of the repository it is, or the secret that nobody sees.
    local: Option<Text>,
    secret: Option<String>,
}

fn entry<'a>(tree: &'a Tree, key: &str) -> Option<&'a Entry> {
    tree.entries().iter().rfind(|it| is(Some(&it.key), key))
}

fn text(tree: &Tree, key: &str) -> Option<Text> {
    entry(tree, key)?.value.text().cloned()
}

/// `[env]` and `[build.args]`.
pub(super) fn environment(tree: &Tree) -> Variables {
    let build = entry(tree, "build").and_then(|it| entry(&it.value, "args"));
    let tables = [build, entry(tree, "env")].into_iter().flatten();
    let entries = tables.flat_map(|it| it.value.entries());
    entries.map(|it| (it.key.clone(), it.value.text().cloned())).collect()
}

/// Leads to the `Dockerfile` that Fly builds, which is the one beside it where nothing else is said.
pub(super) fn build(source: &Source, reading: &mut Reading, tree: &Tree) {
    // The file of a single machine builds nothing.
    if ["containers", "init", "image", "guest"].iter().any(|it| entry(tree, it).is_some()) {
        return;
    }
    let host = Host::new(Kind::Fly, source, "[build]", Weight::Platform);
    let Some(build) = entry(tree, "build") else {
        reading.link(&host, 0..0, Call::usual(Kind::Dockerfile, None));
        return;
    };
    let table = &build.value;
    let others = ["image", "builder", "buildpacks", "builtin", "nixpacks"];
    if others.iter().any(|it| entry(table, it).is_some()) {
        return;
    }
    if let Some(compose) = entry(table, "compose") {
        let (call, range) = compose_file(compose);
        reading.link(&host, range, call);
        return;
    }
    let target = ["build-target", "build_target", "target"].iter().find_map(|it| text(table, it));
    let path = text(table, "dockerfile");
    let named = path.as_ref().and_then(Text::range);
    let range = named.unwrap_or_else(|| build.key_range.clone());
    let (path, part) = (path.map(Word::new), target.map(Word::new));
    reading.link(&host, range, Call::File { path, kind: Some(Kind::Dockerfile), part });
}

/// `compose = "compose.yml"`, or `[build.compose]` with or without a `file`.
fn compose_file(compose: &Entry) -> (Call, Range<usize>) {
    let named = match &compose.value.node {
        Node::Text(text) => Some(text.clone()),
        Node::Table(_) => text(&compose.value, "file"),
        Node::List(_) | Node::Other => None,
    };
    let range = named.as_ref().and_then(Text::range).unwrap_or(compose.key_range.clone());
    let call = match named {
        Some(text) => Call::file_as(Word::new(text), Kind::Compose),
        None => Call::usual(Kind::Compose, None),
    };
    (call, range)
}

/// `[[files]]`.
pub(super) fn files(tree: &Tree) -> Vec<File> {
    let items = entry(tree, "files").map(|it| it.value.items()).unwrap_or_default();
    let file = |it: &Tree| {
        let guest = text(it, "guest_path")?.to_string();
        let secret = text(it, "secret_name").map(|it| it.to_string());
        Some(File { guest, local: text(it, "local_path"), secret })
    };
    items.iter().filter_map(file).take(MOST).collect()
}

/// How many files are looked at.
const MOST: usize = 100;

/// Leads from a command to the file it runs. What a secret holds nobody can tell.
pub(super) fn copied(reading: &mut Reading, files: &[File]) {
    if files.is_empty() {
        return;
    }
    for command in reading.commands.clone() {
        let calls = command.calls().into_iter().filter_map(|it| match it {
            Call::File { path, .. } => path,
            Call::Script { .. } => None,
        });
        for word in command.words.first().cloned().into_iter().chain(calls) {
            let range = word.range().unwrap_or(command.span.range());
            for file in files.iter().filter(|it| word.is(&it.guest)) {
                if let Some(local) = &file.local {
                    let path = Word::new(Text::within(&local.to_string(), &range));
                    reading.link(&command.host, range.clone(), Call::file(path));
                }
                if let Some(secret) = &file.secret {
                    let unknown = Word::unknown(&format!("${secret}"), &range);
                    reading.add_words(&command.host, &range, vec![unknown]);
                }
            }
        }
    }
}
