//! The cache-tree: for each directory of the index, the tree that git wrote for it, unless something changed since.

use std::ops::Range;

use super::{Result, Unread};
use crate::repo::id::Id;
use crate::repo::tree::position;

const DAMAGED: Unread = Unread::Damaged("its cache-tree cannot be read");

/// The nodes of one index, the root first.
#[derive(Debug, Default)]
pub(super) struct CacheTree {
    names: Vec<u8>,
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    name: Range<usize>,
    /// The number of entries and their tree, unless something changed.
    valid: Option<(usize, Id)>,
    /// In order of their names.
    children: Vec<usize>,
}

/// The tree of the whole index.
pub(super) fn root(data: &[u8], id_length: usize) -> Result<Option<Id>> {
    let (name, line, _) = node(data, 0, id_length)?;
    if !name.is_empty() {
        return Err(DAMAGED);
    }
    Ok(line.valid.map(|(_, id)| id))
}

struct Line {
    valid: Option<(usize, Id)>,
    subtrees: usize,
}

/// Reads `<name>\0<entries> <subtrees>\n<id>`. Entries are -1, and the id absent, where something changed.
fn node(data: &[u8], at: usize, id_length: usize) -> Result<(Range<usize>, Line, usize)> {
    let rest = data.get(at..).ok_or(DAMAGED)?;
    let name = position(rest, 0).ok_or(DAMAGED)?;
    let numbers = &rest[name + 1..];
    let end = position(numbers, b'\n').ok_or(DAMAGED)?;
    let numbers = std::str::from_utf8(&numbers[..end]).map_err(|_| DAMAGED)?;
    let (entries, subtrees) = numbers.split_once(' ').ok_or(DAMAGED)?;
    let subtrees = subtrees.parse().map_err(|_| DAMAGED)?;
    let entries: i64 = entries.parse().map_err(|_| DAMAGED)?;
    let after = name + 1 + end + 1;
    let name = at..at + name;
    match usize::try_from(entries) {
        Err(_) => Ok((name, Line { valid: None, subtrees }, at + after)),
        Ok(entries) => {
            let id = rest.get(after..after + id_length).and_then(Id::from_bytes).ok_or(DAMAGED)?;
            Ok((name, Line { valid: Some((entries, id)), subtrees }, at + after + id_length))
        }
    }
}

impl CacheTree {
    pub(super) fn read(data: &[u8], id_length: usize) -> Result<CacheTree> {
        let mut nodes: Vec<Node> = Vec::new();
        // The nodes that are not complete yet, and how many children each still lacks.
        let mut open: Vec<(usize, usize)> = Vec::new();
        let mut at = 0;
        while nodes.is_empty() || !open.is_empty() {
            let (name, line, after) = node(data, at, id_length)?;
            if name.is_empty() != nodes.is_empty() {
                return Err(DAMAGED);
            }
            at = after;
            let this = nodes.len();
            if let Some((parent, missing)) = open.last_mut() {
                nodes[*parent].children.push(this);
                *missing -= 1;
            }
            nodes.push(Node { name, valid: line.valid, children: Vec::new() });
            open.push((this, line.subtrees));
            while open.last().is_some_and(|&(_, missing)| missing == 0) {
                open.pop();
            }
        }
        if at != data.len() {
            return Err(DAMAGED);
        }
        let mut tree = CacheTree { names: data.to_vec(), nodes };
        tree.sort()?;
        Ok(tree)
    }

    fn sort(&mut self) -> Result<()> {
        for node in 0..self.nodes.len() {
            let mut children = std::mem::take(&mut self.nodes[node].children);
            children.sort_unstable_by(|&a, &b| self.name(a).cmp(self.name(b)));
            if children.windows(2).any(|two| self.name(two[0]) == self.name(two[1])) {
                return Err(DAMAGED);
            }
            self.nodes[node].children = children;
        }
        Ok(())
    }

    fn name(&self, node: usize) -> &[u8] {
        &self.names[self.nodes[node].name.clone()]
    }

    /// The uppermost directory of `path` below the root whose tree is known: the length of its name with the slash,
    /// the number of its entries, its tree.
    pub(super) fn covering(&self, path: &[u8]) -> Option<(usize, usize, Id)> {
        let mut node = 0;
        let mut at = 0;
        loop {
            let length = position(&path[at..], b'/')?;
            node = self.child(node, &path[at..at + length])?;
            at += length + 1;
            if let Some((entries, id)) = self.nodes[node].valid {
                return Some((at, entries, id));
            }
        }
    }

    fn child(&self, node: usize, name: &[u8]) -> Option<usize> {
        let children = &self.nodes[node].children;
        let found = children.binary_search_by(|&it| self.name(it).cmp(name)).ok()?;
        Some(children[found])
    }
}
