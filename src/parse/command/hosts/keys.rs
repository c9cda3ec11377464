//! Kinds of files in which commands stand under well-known keys, wherever those are.

use super::values;
use crate::parse::command::tree::{self, Format, Node, Tree};
use crate::parse::command::{Call, Host, Kind, Reading, Spot, Text, Variables, Weight, Word};
use crate::source::Source;

/// What is read of one kind of file.
pub(super) struct Keys {
    pub(super) kind: Kind,
    /// Keys of a text, or a list of texts, that a shell runs.
    pub(super) commands: &'static [&'static str],
    /// Keys of variables that are set for what stands beside and below them.
    pub(super) variables: &'static [&'static str],
    /// Keys below which nothing is run.
    pub(super) data: &'static [&'static str],
    /// Keys of folders in which the commands beside and below them run.
    pub(super) folders: &'static [&'static str],
    /// Keys of files that are run or built, and what these are.
    pub(super) files: &'static [(&'static str, Option<Kind>)],
}

/// What is in force at a place.
#[derive(Clone)]
struct Scope {
    variables: Variables,
    folder: String,
}

pub(super) fn read(source: &Source, keys: &Keys, weight: Weight) -> Reading {
    let mut reading = Reading::default();
    let trees = tree::read(source, Format::Yaml, &mut reading);
    let several = trees.len() > 1;
    let mut walk = Walk { source, keys, weight, reading, path: Vec::new() };
    for (at, tree) in trees.iter().enumerate() {
        walk.path = if several { vec![format!("{}", at + 1)] } else { Vec::new() };
        walk.tree(tree, &Scope { variables: Variables::new(), folder: String::new() });
    }
    let mut reading = walk.reading;
    values::join(&mut reading, source, keys.kind, weight);
    reading
}

struct Walk<'a> {
    source: &'a Source,
    keys: &'a Keys,
    weight: Weight,
    reading: Reading,
    path: Vec<String>,
}

impl Walk<'_> {
    /// No deeper than the tree.
    fn tree(&mut self, tree: &Tree, scope: &Scope) {
        match &tree.node {
            Node::Table(entries) => {
                let scope = self.scope(tree, scope);
                for entry in entries {
                    let key = entry.key.as_str();
                    if self.keys.data.contains(&key) || self.keys.variables.contains(&key) {
                        continue;
                    }
                    self.path.push(values::short(key).to_owned());
                    if self.keys.commands.contains(&key) {
                        self.command(&entry.value, &scope);
                    } else if let Some((_, kind)) = self.keys.files.iter().find(|it| it.0 == key) {
                        self.file(&entry.value, *kind, &scope);
                    } else {
                        self.tree(&entry.value, &scope);
                    }
                    self.path.pop();
                }
            }
            Node::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.path.push(format!("{}", at + 1));
                    self.tree(item, scope);
                    self.path.pop();
                }
            }
            Node::Text(_) | Node::Other => {}
        }
    }

    fn scope(&self, tree: &Tree, outer: &Scope) -> Scope {
        let mut scope = outer.clone();
        for key in self.keys.variables {
            if let Some(tree) = tree.get(key) {
                values::set(&mut scope.variables, tree);
            }
        }
        let named = self.keys.folders.iter().find_map(|it| tree.get(it)?.text());
        let named = named.map(Text::to_string);
        if let Some(inner) = named.as_deref().and_then(values::folder) {
            scope.folder = values::inside(&outer.folder, inner);
        }
        scope
    }

    fn host(&self, scope: &Scope) -> Host {
        let host = Host::new(self.keys.kind, self.source, self.path.join("."), self.weight);
        host.in_folder(&scope.folder)
    }

    /// A text, a list of texts, or a table that has the command in it.
    fn command(&mut self, value: &Tree, scope: &Scope) {
        let host = self.host(scope);
        let value =
            if self.keys.kind == Kind::CircleCi { parameters(value) } else { value.clone() };
        values::add_lines(&mut self.reading, &host, &value, &scope.variables);
        match &value.node {
            Node::Table(_) => self.tree(&value, scope),
            Node::List(items) if items.iter().any(|it| !it.entries().is_empty()) => {
                self.tree(&value, scope);
            }
            Node::List(_) | Node::Text(_) | Node::Other => {}
        }
    }

    fn file(&mut self, value: &Tree, kind: Option<Kind>, scope: &Scope) {
        let host = self.host(scope);
        let several = value.items().iter().filter_map(Tree::text);
        for text in value.text().into_iter().chain(several) {
            let path = Word::new(text.clone());
            let call = match kind {
                Some(kind) => Call::file_as(path, kind),
                None => Call::file(path),
            };
            self.reading.link(&host, value.range.clone(), call);
        }
    }
}

/// The parameters of `CircleCI` (`<< parameters.x >>`), which are put in before a shell could take them for input, in
/// the spelling that says so. No deeper than the tree.
fn parameters(tree: &Tree) -> Tree {
    let node = match &tree.node {
        Node::Text(text) => Node::Text(filled(text)),
        Node::List(items) => Node::List(items.iter().map(parameters).collect()),
        Node::Table(_) | Node::Other => tree.node.clone(),
    };
    Tree { node, range: tree.range.clone(), tag: tree.tag.clone() }
}

fn filled(text: &Text) -> Text {
    let spots = text.spots();
    let mut filled = Text::default();
    let mut at = 0;
    while let Some(rest) = spots.get(at..).filter(|it| !it.is_empty()) {
        let length = parameter(rest).unwrap_or(1);
        let taken = rest.get(..length).unwrap_or_default();
        if length > 1 {
            filled
                .extend(&taken.iter().take(1).map(|it| Spot { c: '$', ..*it }).collect::<Vec<_>>());
        }
        for spot in taken {
            let c = match spot.c {
                '<' if length > 1 => '{',
                '>' if length > 1 => '}',
                c => c,
            };
            filled.push(Spot { c, ..*spot });
        }
        at += length;
    }
    filled
}

/// How many characters the `<< name.of >>` that begins here has.
fn parameter(rest: &[Spot]) -> Option<usize> {
    let twice =
        |from: usize, c: char| rest.iter().skip(from).take(2).filter(|it| it.c == c).count() == 2;
    if !twice(0, '<') {
        return None;
    }
    let inside = rest.iter().skip(2).take_while(|it| is_parameter(it.c)).count();
    let dotted = rest.iter().skip(2).take(inside).any(|it| it.c == '.');
    (dotted && twice(2 + inside, '>')).then_some(inside + 4)
}

fn is_parameter(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | ' ')
}
