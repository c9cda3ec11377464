//! What readers of tables and lists have in common: texts of several lines, lists of words, variables.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use crate::parse::command::tree::{Node, Tree};
use crate::parse::command::{Call, Host, Kind, Reading, Spot, Text, Variables, Weight, Word};
use crate::source::{RepoPath, Source};

/// How many variables are known in one place, and how many characters they hold together. More are not known.
const VARIABLES: usize = 200;
const CHARACTERS: usize = 1024;
/// How much of a key a host is named with.
const NAME: usize = 60;

/// A text, or the texts of a list, one to a line. None where there is no text.
pub(super) fn lines(tree: &Tree) -> Option<Text> {
    let mut text = Text::default();
    append(tree, &mut text);
    (!text.is_empty()).then_some(text)
}

/// No deeper than the tree.
fn append(tree: &Tree, text: &mut Text) {
    match &tree.node {
        Node::Text(line) => {
            if let Some(last) = text.spots().last() {
                text.push(Spot { c: '\n', start: last.end, end: last.end });
            }
            text.extend(line.spots());
        }
        Node::List(items) => items.iter().for_each(|it| append(it, text)),
        Node::Table(_) | Node::Other => {}
    }
}

/// Adds what a shell runs of a text or a list of texts; of a list of single words, what they are as one command, too.
pub(super) fn add_lines(reading: &mut Reading, host: &Host, tree: &Tree, variables: &Variables) {
    let Some(text) = lines(tree) else { return };
    add_text(reading, host, &tree.range, &text, variables);
    let single = |it: &Tree| it.text().is_some_and(|it| !it.spots().iter().any(is_blank));
    if tree.items().len() > 1 && tree.items().iter().all(single) {
        reading.add_words(host, &tree.range, arguments(tree));
    }
}

fn is_blank(spot: &Spot) -> bool {
    spot.c.is_whitespace()
}

/// Adds what a shell runs of a text where these variables are set.
pub(super) fn add_text(
    reading: &mut Reading,
    host: &Host,
    whole: &Range<usize>,
    text: &Text,
    variables: &Variables,
) {
    let first = reading.commands.len();
    if text.spots().iter().any(|it| it.c == '$') {
        reading.add_shell_with(host, whole, text, variables);
    } else {
        reading.add_shell(host, whole, text);
    }
    // An expression is put into the text before a shell sees its quotes.
    let words = reading.commands.iter_mut().skip(first).flat_map(|it| it.words.iter_mut());
    for word in words.filter(|it| it.unknown.is_none()) {
        word.unknown = expression(&word.text);
    }
}

/// The first `${{ … }}` of a text.
fn expression(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("${{")?;
    let end = rest.find("}}").map_or(rest.len(), |it| it + 2);
    Some(format!("${{{{{}", rest.get(..end)?))
}

/// As `add_text`, of what may be a command or not.
pub(super) fn guess_text(
    reading: &mut Reading,
    host: &Host,
    whole: &Range<usize>,
    text: &Text,
    variables: &Variables,
) {
    let first = reading.commands.len();
    add_text(reading, host, whole, text, variables);
    reading.commands.iter_mut().skip(first).for_each(|it| it.guessed = true);
}

/// A text as one word. What a platform or a shell of it would fill in is not known.
pub(super) fn argument(text: &Text) -> Word {
    let mut word = Word::new(text.clone());
    let filled = word.text.split_once('$').map(|it| it.1);
    if let Some(rest) = filled.filter(|it| it.starts_with(|c: char| !c.is_whitespace())) {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        word.unknown = rest.get(..end).map(|it| format!("${it}"));
    }
    word
}

/// The words of a list, or the one word of a text.
pub(super) fn arguments(tree: &Tree) -> Vec<Word> {
    match &tree.node {
        Node::Text(text) => vec![argument(text)],
        Node::List(items) => items.iter().filter_map(Tree::text).map(argument).collect(),
        Node::Table(_) | Node::Other => Vec::new(),
    }
}

/// A word that stands for one that the file only implies.
pub(super) fn implied(text: &str, range: &Range<usize>) -> Word {
    Word::new(Text::within(text, range))
}

/// The variables of a table (`NAME: value`, `NAME: {value: …}`) or a list (`NAME=value`, `{name, value}`), set over
/// those that are there.
pub(super) fn set(variables: &mut Variables, tree: &Tree) {
    for entry in tree.entries() {
        let value = entry.value.get("value").unwrap_or(&entry.value);
        put(variables, &entry.key, value.text());
    }
    for item in tree.items() {
        if let Some(text) = item.text() {
            let Some(at) = text.spots().iter().position(|it| it.c == '=') else { continue };
            let (name, value) = text.spots().split_at(at);
            let value = Text::from(value.get(1..).unwrap_or_default());
            put(variables, &Text::from(name).to_string(), Some(&value));
            continue;
        }
        let name = ["name", "key", "variable"].iter().find_map(|it| item.get(it)?.text());
        match name {
            Some(name) => {
                put(variables, &name.to_string(), item.get("value").and_then(Tree::text));
            }
            // `environment` of CircleCI may be a list of tables.
            None => item.entries().iter().for_each(|it| put(variables, &it.key, it.value.text())),
        }
    }
}

fn put(variables: &mut Variables, name: &str, value: Option<&Text>) {
    let sizes = variables.values().flatten().map(|it| it.spots().len());
    let room = CHARACTERS.saturating_sub(sizes.sum());
    let known =
        value.filter(|it| it.spots().len() <= room && !it.spots().iter().any(|it| it.c == '$'));
    if variables.contains_key(name) || (variables.len() < VARIABLES && name.len() <= NAME) {
        variables.insert(name.to_owned(), known.cloned());
    }
}

/// A key, not too long to name a host with.
pub(super) fn short(key: &str) -> &str {
    key.get(..key.floor_char_boundary(NAME)).unwrap_or_default()
}

/// Lets the file as a whole be everything that is read of it, for whoever runs the file.
pub(super) fn join(reading: &mut Reading, source: &Source, kind: Kind, weight: Weight) {
    let root = Host::new(kind, source, "", weight);
    let hosts = reading.commands.iter().map(|it| (&it.host, &it.span));
    let hosts = hosts.chain(reading.links.iter().map(|it| (&it.host, &it.span)));
    let mut known: BTreeSet<Arc<str>> = BTreeSet::new();
    let mut parts = Vec::new();
    // Templates run where they are taken over, and what rehearses does so whoever calls it.
    let counts = |it: &Host| !it.key.is_empty() && it.weight == weight;
    for (host, span) in hosts.filter(|it| counts(it.0)) {
        if known.insert(Arc::clone(&host.key)) {
            parts.push((Arc::clone(&host.key), span.range()));
        }
    }
    for (key, range) in parts {
        reading.link(&root, range.clone(), Call::part(implied(&key, &range)));
    }
}

/// The folder that a value names from the top of the repository; none where it is outside, or not known.
pub(super) fn folder(text: &str) -> Option<&str> {
    let known = !text.contains(['$', '~', '<', '{']) && !text.starts_with('/');
    known.then_some(text)
}

/// A folder inside a folder.
pub(super) fn inside(outer: &str, inner: &str) -> String {
    RepoPath::joined(outer, inner).to_string()
}

/// A file, named from a folder, as a word of the place where it is named.
pub(super) fn file_in(folder: &str, text: &Text) -> Word {
    let folder = folder.trim_matches('/');
    if folder.is_empty() || folder == "." {
        return Word::new(text.clone());
    }
    let range = text.range().unwrap_or_default();
    Word::new(Text::within(&format!("{folder}/{text}"), &range))
}
