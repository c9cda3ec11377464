//! Which scripts and files a call means.

use std::collections::BTreeMap;

use crate::parse::command::{Call, Host, Kind, Word};
use crate::source::RepoPath;

/// How many names are compared with patterns in all.
const COMPARED: usize = 2_000_000;

/// A call of a file: the file that it stands in, the folder it runs in, the word for the file, and its kind and part.
type Asked = (RepoPath, RepoPath, Option<(String, Option<String>)>, Option<Kind>, String);

/// Every host by the name that others call it by, and the answers given so far.
#[derive(Default)]
pub(super) struct Routes<'a> {
    files: BTreeMap<&'a RepoPath, BTreeMap<&'a str, usize>>,
    everywhere: BTreeMap<&'a str, Vec<usize>>,
    known: BTreeMap<(RepoPath, String), usize>,
    /// The answers to calls of files.
    asked: BTreeMap<Asked, usize>,
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
            // A target of a `Makefile` is no script, whatever its name.
            if host.kind == Kind::PackageJson {
                self.everywhere.entry(name).or_default().push(next);
            }
            next
        })
    }

    /// The number of the answer to a call. `moves`: the caller goes to another folder.
    pub(super) fn resolve(&mut self, from: &Host, moves: bool, call: &Call) -> usize {
        match call {
            Call::File { path, kind, part } => {
                let word = path.as_ref().map(|it| (it.text.clone(), it.unknown.clone()));
                let part = part.as_ref().map_or("", |it| it.text.as_str()).to_owned();
                // A file may have dozens of names, and is asked for again with each word that callers add.
                let asked = (from.path.clone(), from.folder.clone(), word, *kind, part);
                if let Some(known) = self.asked.get(&asked) {
                    return *known;
                }
                let number = self.file(from, call, &asked.4);
                self.asked.insert(asked, number);
                number
            }
            Call::Script { name, elsewhere, .. } => {
                let own = if *elsewhere || moves { None } else { self.package(&from.folder) };
                let key = (own.unwrap_or(RepoPath::from("")), pattern(name));
                self.remembered(key, |routes, (path, name)| {
                    routes.compared += if name.contains('*') { routes.everywhere.len() } else { 0 };
                    let own = routes.named(path, name);
                    if own.is_empty() { routes.named(&RepoPath::from(""), name) } else { own }
                })
            }
        }
    }

    fn file(&mut self, from: &Host, call: &Call, part: &str) -> usize {
        let path = call.files(from).into_iter().find(|it| self.files.contains_key(it));
        let Some(path) = path else { return self.answer(Vec::new()) };
        let names = self.files.get(&path);
        let found = names.and_then(|it| it.get(part)).map(|it| (*it, true));
        let key = (path, format!("#{part}"));
        self.remembered(key, |_, _| found.into_iter().collect())
    }

    /// The number of the answer to a program that a `package.json` brings along; none where none does.
    pub(super) fn program(&mut self, name: &str) -> Option<usize> {
        let found = self.everywhere.get(format!("bin.{name}").as_str())?.clone();
        let key = (RepoPath::from(""), format!("bin.{name}"));
        Some(self.remembered(key, |_, _| found.into_iter().map(|it| (it, false)).collect()))
    }

    fn remembered(
        &mut self,
        key: (RepoPath, String),
        answer: impl FnOnce(&mut Routes<'a>, &(RepoPath, String)) -> Vec<(usize, bool)>,
    ) -> usize {
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let found = answer(self, &key);
        let number = self.answer(found);
        self.known.insert(key, number);
        number
    }

    fn answer(&mut self, found: Vec<(usize, bool)>) -> usize {
        self.targets.push(found);
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

    /// The `package.json` that is nearest to a folder.
    fn package(&self, folder: &RepoPath) -> Option<RepoPath> {
        let mut folder = Some(folder.clone()).filter(|it| !it.as_bytes().is_empty());
        loop {
            for name in Kind::PackageJson.usual_names() {
                let path = folder.as_ref().map_or_else(
                    || RepoPath::from(*name),
                    |it| RepoPath::from([it.as_bytes(), b"/", name.as_bytes()].concat()),
                );
                if self.files.contains_key(&path) {
                    return Some(path);
                }
            }
            folder = folder?.parent();
        }
    }
}

/// The names that a word may come to: of `test:${{ matrix.group }}` all that begin so.
fn pattern(name: &Word) -> String {
    let known = name.unknown.as_deref().and_then(|it| name.text.find(it));
    match known {
        Some(at) if at > 0 => format!("{}*", &name.text[..at]),
        _ => name.text.clone(),
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
