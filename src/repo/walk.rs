//! What differs between two sides, and what lies in one: no directory is opened that cannot matter.

use std::cmp::Ordering;
use std::rc::Rc;

use crate::failure::{Failure, Result};
use crate::source::{Mode, ObjectId, RepoPath};

use super::id::Id;
use super::index::Snapshot;
use super::objects::{Kind, Objects};
use super::side::{Delta, Entry, Wanted};
use super::tree::{Cursor, Dir, Listing, What, malformed, order};

/// One side of a walk: where it starts, and the index that its directories may point into.
#[derive(Clone, Copy)]
pub(super) struct Start<'a> {
    pub root: Option<Dir>,
    pub index: Option<&'a Snapshot>,
}

/// Walks over one or two sides of one repository. The stack is on the heap: trees can be thousands of levels deep.
pub(super) struct Walk<'a> {
    pub objects: &'a Objects,
    pub wanted: &'a dyn Wanted,
}

/// One name in a directory of which the two sides differ.
struct Pair {
    name: Box<[u8]>,
    before: Option<What>,
    after: Option<What>,
    /// A regular file where a directory was.
    replaces: bool,
}

impl Walk<'_> {
    pub(super) fn diff(&self, before: Start<'_>, after: Start<'_>) -> Result<Vec<Delta>> {
        let mut deltas = Vec::new();
        let mut path = Vec::new();
        let pairs = self.pairs(before, before.root, after, after.root, &path)?;
        let mut stack = vec![(pairs.into_iter(), 0)];
        while let Some((pairs, prefix)) = stack.last_mut() {
            let Some(pair) = pairs.next() else {
                stack.pop();
                continue;
            };
            path.truncate(*prefix);
            path.extend_from_slice(&pair.name);
            let sides = [pair.before, pair.after];
            if sides.iter().flatten().any(|it| it.is_directory()) {
                if self.wanted.directory(&path) {
                    path.push(b'/');
                    let [old, new] = sides.map(|it| it.and_then(What::directory));
                    let below = self.pairs(before, old, after, new, &path)?;
                    stack.push((below.into_iter(), path.len()));
                }
                continue;
            }
            let [before, after] = sides.map(|it| it.and_then(What::file));
            if reports(self.wanted, &path, before.map(mode), after.map(mode), pair.replaces) {
                deltas.push(Delta {
                    path: RepoPath::from(path.as_slice()),
                    before: before.map(version),
                    after: after.map(version),
                });
            }
        }
        Ok(deltas)
    }

    pub(super) fn list(&self, start: Start<'_>) -> Result<Vec<Entry>> {
        let Some(root) = start.root else { return Ok(Vec::new()) };
        let mut entries = Vec::new();
        let mut path = Vec::new();
        let mut stack = vec![Cursor::new(self.listing(start, root, &path)?, 0)];
        while let Some(cursor) = stack.last_mut() {
            match cursor.next(&mut path) {
                None => {
                    stack.pop();
                }
                Some(What::Directory(dir)) => {
                    if self.wanted.directory(&path) {
                        path.push(b'/');
                        stack.push(Cursor::new(self.listing(start, dir, &path)?, path.len()));
                    }
                }
                Some(What::File(mode, id)) => {
                    if reports(self.wanted, &path, None, Some(mode), false) {
                        let path = RepoPath::from(path.as_slice());
                        entries.push(Entry { path, mode, id: id.object_id() });
                    }
                }
            }
        }
        Ok(entries)
    }

    /// The names of one directory that differ, in git's order.
    fn pairs(
        &self,
        before: Start<'_>,
        old: Option<Dir>,
        after: Start<'_>,
        new: Option<Dir>,
        path: &[u8],
    ) -> Result<Vec<Pair>> {
        let same = matches!((old, new), (Some(Dir::Tree(old)), Some(Dir::Tree(new))) if old == new);
        if same {
            return Ok(Vec::new());
        }
        let list = |start, dir: Option<Dir>| match dir {
            Some(dir) => self.listing(start, dir, path),
            None => Ok(Rc::default()),
        };
        let (old, new) = (list(before, old)?, list(after, new)?);
        Ok(differences(&old, &new))
    }

    fn listing(&self, start: Start<'_>, dir: Dir, path: &[u8]) -> Result<Rc<Listing>> {
        match dir {
            Dir::Tree(id) => listing(self.objects, id, path),
            Dir::Staged { first, last } => start
                .index
                .ok_or_else(|| Failure::new("a staged directory without its index"))?
                .listing(first, last, path.len())
                .map(Rc::new)
                .map_err(|what| malformed(path, "the index", what)),
        }
    }
}

/// Reads one tree. `path` is for the message, with a slash at its end.
pub(super) fn listing(objects: &Objects, id: Id, path: &[u8]) -> Result<Rc<Listing>> {
    if let Some(known) = objects.known_listing(id) {
        return Ok(known);
    }
    let data = objects.need(id, Kind::Tree).map_err(|failure| {
        if path.is_empty() {
            return failure;
        }
        Failure {
            message: format!("could not list `{}`: {}", RepoPath::from(path), failure.message),
            help: failure.help,
        }
    })?;
    let listing = Listing::of_tree(data, id.as_bytes().len())
        .map_err(|what| malformed(path, &format!("its tree {}", id.hex()), what))?;
    let listing = Rc::new(listing);
    objects.keep_listing(id, &listing);
    Ok(listing)
}

/// One path of one side, directories opened only on the way to it.
pub(super) fn entry(objects: &Objects, start: Start<'_>, path: &[u8]) -> Result<Option<What>> {
    let every = |_: &[u8]| true;
    let walk = Walk { objects, wanted: &every };
    let mut here = start.root;
    let mut depth = 0;
    loop {
        let Some(dir) = here else { return Ok(None) };
        let listing = walk.listing(start, dir, &path[..depth])?;
        let length = path[depth..].iter().position(|&byte| byte == b'/');
        let name = &path[depth..depth + length.unwrap_or(path.len() - depth)];
        let directory = listing.find(name, true);
        let Some(length) = length else { return Ok(listing.find(name, false).or(directory)) };
        here = directory.and_then(What::directory);
        depth += length + 1;
    }
}

/// Whether a non-directory at `path` is the walker's business: a file that is wanted, or something that stands where a
/// wanted directory would be.
pub(super) fn reports(
    wanted: &dyn Wanted,
    path: &[u8],
    before: Option<Mode>,
    after: Option<Mode>,
    replaces: bool,
) -> bool {
    let elsewhere = |mode: Option<Mode>| matches!(mode, Some(Mode::Symlink | Mode::Submodule));
    wanted.file(path)
        || ((replaces || elsewhere(before) || elsewhere(after)) && wanted.directory(path))
}

fn mode((mode, _): (Mode, Id)) -> Mode {
    mode
}

fn version((mode, id): (Mode, Id)) -> (Mode, ObjectId) {
    (mode, id.object_id())
}

fn differences(before: &Listing, after: &Listing) -> Vec<Pair> {
    let (mut old, mut new) = (before.slots().iter().peekable(), after.slots().iter().peekable());
    let mut pairs = Vec::new();
    loop {
        let ordering = match (old.peek(), new.peek()) {
            (None, None) => return pairs,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(a), Some(b)) => {
                order(before.name(a), a.what.is_directory(), after.name(b), b.what.is_directory())
            }
        };
        let a = if ordering.is_le() { old.next() } else { None };
        let b = if ordering.is_ge() { new.next() } else { None };
        let (was, is) = (a.map(|it| it.what), b.map(|it| it.what));
        // Two ranges of two indexes are never the same, whatever their numbers are.
        if was == is && !matches!(is, Some(What::Directory(Dir::Staged { .. }))) {
            continue;
        }
        let name = a.map(|it| before.name(it)).or(b.map(|it| after.name(it))).unwrap_or_default();
        let replaces = a.is_none()
            && matches!(is, Some(What::File(Mode::Regular | Mode::Executable, _)))
            && before.find(name, true).is_some();
        pairs.push(Pair { name: name.into(), before: was, after: is, replaces });
    }
}
