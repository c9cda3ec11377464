//! Jobs of GitLab with what they take over from others of the same file.

use std::collections::BTreeMap;

use crate::parse::command::Text;
use crate::parse::command::tree::{Entry, Node, Tree};

/// How many jobs may take over from each other (<https://docs.gitlab.com/ci/yaml/#extends>: eleven levels).
const LEVELS: usize = 11;

/// The file with every job as it is run. Templates of which a job of the file takes over are left out.
pub(super) fn effective(tree: &Tree) -> Tree {
    let Node::Table(entries) = &tree.node else { return tree.clone() };
    let jobs: BTreeMap<&str, &Tree> =
        entries.iter().map(|it| (it.key.as_str(), &it.value)).collect();
    let used: Vec<String> = entries.iter().flat_map(|it| parents(&it.value)).collect();
    let kept = entries.iter().filter(|it| !(it.key.starts_with('.') && used.contains(&it.key)));
    let whole = |it: &Entry| Entry {
        key: it.key.clone(),
        key_range: it.key_range.clone(),
        value: referenced(&extended(&it.value, &jobs, LEVELS), &jobs, LEVELS),
    };
    Tree {
        range: tree.range.clone(),
        node: Node::Table(kept.map(whole).collect()),
        tag: tree.tag.clone(),
    }
}

fn parents(job: &Tree) -> Vec<String> {
    let Some(extends) = job.get("extends") else { return Vec::new() };
    let texts = extends.text().into_iter().chain(extends.items().iter().filter_map(Tree::text));
    texts.map(Text::to_string).collect()
}

/// What the parents say, overridden by what the job says. `extends` itself stays only where a parent is in another file.
fn extended(job: &Tree, jobs: &BTreeMap<&str, &Tree>, levels: usize) -> Tree {
    let names = parents(job);
    if names.is_empty() || levels == 0 {
        return job.clone();
    }
    let mut merged: Vec<Entry> = Vec::new();
    for name in &names {
        if let Some(parent) = jobs.get(name.as_str()) {
            merge(&mut merged, extended(parent, jobs, levels - 1).entries());
        }
    }
    let all_here = names.iter().all(|it| jobs.contains_key(it.as_str()));
    let own: Vec<Entry> =
        job.entries().iter().filter(|it| !(all_here && it.key == "extends")).cloned().collect();
    merge(&mut merged, &own);
    Tree { range: job.range.clone(), node: Node::Table(merged), tag: job.tag.clone() }
}

/// No deeper than the trees.
fn merge(under: &mut Vec<Entry>, over: &[Entry]) {
    for entry in over {
        match under.iter_mut().find(|it| it.key == entry.key) {
            Some(known) => match (&mut known.value.node, &entry.value.node) {
                (Node::Table(under), Node::Table(over)) => merge(under, over),
                _ => *known = entry.clone(),
            },
            None => under.push(entry.clone()),
        }
    }
}

/// `!reference [job, script]` with what it stands for. No deeper than the tree, and no more often than jobs may nest.
fn referenced(tree: &Tree, jobs: &BTreeMap<&str, &Tree>, levels: usize) -> Tree {
    let node = match &tree.node {
        Node::List(items) if tree.tag.as_deref() == Some("!reference") => {
            let mut path = items.iter().filter_map(Tree::text).map(Text::to_string);
            let job = path.next().and_then(|it| jobs.get(it.as_str()).copied());
            let found = path.try_fold(job, |at, key| Some(at?.get(&key)));
            match found.flatten().filter(|_| levels > 0) {
                Some(found) => return referenced(found, jobs, levels - 1),
                None => tree.node.clone(),
            }
        }
        Node::List(items) => {
            let mut all = Vec::new();
            for item in items {
                let is_reference = item.tag.as_deref() == Some("!reference");
                let item = referenced(item, jobs, levels);
                // Lists in scripts are laid out flat.
                match item.node {
                    Node::List(inner) if is_reference => all.extend(inner),
                    _ => all.push(item),
                }
            }
            Node::List(all)
        }
        Node::Table(entries) => Node::Table(
            entries
                .iter()
                .map(|it| Entry { value: referenced(&it.value, jobs, levels), ..it.clone() })
                .collect(),
        ),
        Node::Text(_) | Node::Other => tree.node.clone(),
    };
    Tree { range: tree.range.clone(), node, tag: tree.tag.clone() }
}
