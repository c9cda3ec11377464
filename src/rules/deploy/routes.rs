//! Which scripts and files a call means.

use std::collections::BTreeMap;

use crate::parse::command::{Call, Host};
use crate::source::RepoPath;

/// How many names are compared with patterns in all.
const COMPARED: usize = 2_000_000;

/// Every host by the name that others call it by, and the answers given so far.
#[derive(Default)]
pub(super) struct Routes<'a> {
    files: BTreeMap<&'a RepoPath, BTreeMap<&'a str, usize>>,
    everywhere: BTreeMap<&'a str, Vec<usize>>,
    known: BTreeMap<(RepoPath, String), usize>,
    /// Of each answer, the hosts it leads to, and whether the words of the call are added there.
    pub(super) targets: Vec<Vec<(usize, bool)>>,
    compared: usize,
}

impl<'a> Routes<'a> {
    /// The number of a host; `next` if it is new.
    pub(super) fn host(&mut self, host: &'a Host, next: usize) -> usize {
        let name = host.key.strip_prefix("scripts.").unwrap_or(&host.key);
        let names = self.files.entry(&host.path).or_default();
        *names.entry(name).or_insert_with(|| {
            self.everywhere.entry(name).or_default().push(next);
            next
        })
    }

    /// The number of the answer to a call. `moves`: the caller goes to another folder.
    pub(super) fn resolve(&mut self, from: &RepoPath, moves: bool, call: &Call) -> usize {
        let key = match call {
            Call::File { path } => (joined(from, &path.text), String::new()),
            Call::Script { name, elsewhere, .. } => {
                let own = if *elsewhere || moves { None } else { self.package(from) };
                (own.unwrap_or(RepoPath::from("")), name.text.clone())
            }
        };
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let (path, name) = &key;
        let found = match call {
            Call::File { .. } => {
                let whole = self.files.get(path).and_then(|it| it.get(""));
                whole.map(|it| (*it, true)).into_iter().collect()
            }
            Call::Script { .. } => {
                self.compared += if name.contains('*') { self.everywhere.len() } else { 0 };
                let own = self.named(path, name);
                if own.is_empty() { self.named(&RepoPath::from(""), name) } else { own }
            }
        };
        self.targets.push(found);
        self.known.insert(key, self.targets.len() - 1);
        self.targets.len() - 1
    }

    /// Whether there are more patterns than are followed.
    pub(super) fn exhausted(&self) -> bool {
        self.compared > COMPARED
    }

    /// The scripts of that name or pattern in a file, or in all of them where the path is empty; those that run before
    /// and after each, too. Whether it is the script itself.
    fn named(&self, path: &RepoPath, pattern: &str) -> Vec<(usize, bool)> {
        let names = match pattern {
            "" => Vec::new(),
            _ if !pattern.contains('*') => vec![pattern],
            _ if self.exhausted() => Vec::new(),
            _ => match self.files.get(path) {
                Some(scripts) => {
                    scripts.keys().copied().filter(|it| matches(pattern, it)).collect()
                }
                None => self.everywhere.keys().copied().filter(|it| matches(pattern, it)).collect(),
            },
        };
        let mut found = Vec::new();
        for name in names {
            for (full, main) in [
                (format!("pre{name}"), false),
                (name.to_owned(), true),
                (format!("post{name}"), false),
            ] {
                if let Some(scripts) = self.files.get(path) {
                    found.extend(scripts.get(full.as_str()).map(|it| (*it, main)));
                } else {
                    let all = self.everywhere.get(full.as_str()).map_or(&[][..], Vec::as_slice);
                    found.extend(all.iter().map(|it| (*it, main)));
                }
            }
        }
        found
    }

    /// The `package.json` that is nearest to a file.
    fn package(&self, path: &RepoPath) -> Option<RepoPath> {
        let mut folder = path.parent();
        loop {
            let mut name =
                folder.as_ref().map_or_else(Vec::new, |it| [it.as_bytes(), b"/"].concat());
            name.extend_from_slice(b"package.json");
            let name = RepoPath::from(name);
            if self.files.contains_key(&name) {
                return Some(name);
            }
            folder = folder?.parent();
        }
    }
}

/// Whether a name fits a pattern in which `*` stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// A path as a command in `host` names it, from the top of the repository.
fn joined(host: &RepoPath, path: &str) -> RepoPath {
    let folder = host.parent().map(|it| it.to_str_lossy().into_owned()).unwrap_or_default();
    let mut parts: Vec<&str> = folder.split('/').filter(|it| !it.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    RepoPath::from(parts.join("/").as_str())
}
