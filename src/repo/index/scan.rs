//! The entries of an index that names no tree for the whole of itself.

use std::io::Read;

use crate::repo::id::Id;
use crate::repo::tree::{Dir, Listing, What, kind_of, position};
use crate::source::RepoPath;

use super::window::Window;
use super::{CacheTree, Result, Unread, u32_at};

/// Few bytes of version 4 can stand for long names. No repository has this much of them.
const NAMES: usize = 1 << 29;
const UNFIT: Unread = Unread::Damaged("its cache-tree does not fit its entries");

/// The staged files of one index file. A directory of which the tree is known is one entry.
#[derive(Debug, Default)]
pub(in crate::repo) struct Snapshot {
    names: Vec<u8>,
    entries: Vec<Staged>,
    pub(in crate::repo) conflicted: Vec<RepoPath>,
}

/// A file, or a directory whose name ends with a slash.
#[derive(Clone, Copy, Debug)]
struct Staged {
    name: u32,
    length: u32,
    mode: u32,
    id: Id,
}

impl Snapshot {
    /// Reads all entries, and says where they end. Directories with a valid node in `cache` are stepped over.
    pub(super) fn scan(
        source: impl Read,
        id_length: usize,
        cache: Option<&CacheTree>,
    ) -> Result<(Snapshot, u64)> {
        let (mut window, count) = Window::open(source, id_length)?;
        let mut snapshot = Snapshot::default();
        let mut names = Names::default();
        let mut left = count;
        // The directory that was stepped over last: nothing of it may follow.
        let mut done: Option<Vec<u8>> = None;
        while left > 0 {
            let entry = window.entry()?;
            left -= 1;
            let name = names.next(entry.cut, entry.name, entry.stage)?;
            if done.take().is_some_and(|it| name.starts_with(&it)) {
                return Err(UNFIT);
            }
            let covered = cache.and_then(|it| it.covering(name));
            if entry.stage > 0 || entry.intended {
                if covered.is_some() {
                    return Err(UNFIT);
                }
                if entry.stage > 0
                    && snapshot.conflicted.last().is_none_or(|it| it.as_bytes() != name)
                {
                    snapshot.conflicted.push(RepoPath::from(name));
                }
                continue;
            }
            let Some((length, files, id)) = covered else {
                let mode = u32_at(entry.mode, 0).unwrap_or(0);
                let id = Id::from_bytes(entry.id)
                    .ok_or(Unread::Damaged("it has an entry without an id"))?;
                snapshot.push(name, mode, id)?;
                continue;
            };
            snapshot.push(&name[..length], 0o040_000, id)?;
            let directory = name[..length].to_vec();
            let more = files.checked_sub(1).filter(|&it| it <= left).ok_or(UNFIT)?;
            for _ in 0..more {
                let entry = window.entry()?;
                if entry.stage > 0 || entry.intended {
                    return Err(UNFIT);
                }
                names.skip(entry.cut, entry.name)?;
            }
            left -= more;
            if !names.last.starts_with(&directory) {
                return Err(UNFIT);
            }
            done = Some(directory);
        }
        Ok((snapshot, window.position()))
    }

    fn push(&mut self, name: &[u8], mode: u32, id: Id) -> Result<()> {
        let large = |_| Unread::Unsupported;
        let (start, length) = (self.names.len(), name.len());
        if start + length > NAMES {
            return Err(Unread::Unsupported);
        }
        let name_at = u32::try_from(start).map_err(large)?;
        self.names.extend_from_slice(name);
        self.entries.push(Staged {
            name: name_at,
            length: u32::try_from(length).map_err(large)?,
            mode,
            id,
        });
        Ok(())
    }

    pub(in crate::repo) fn root(&self) -> Dir {
        Dir::Staged { first: 0, last: self.entries.len() }
    }

    /// The entries from `first` to before `last`, whose names all begin with the same `prefix` bytes.
    pub(in crate::repo) fn listing(
        &self,
        first: usize,
        last: usize,
        prefix: usize,
    ) -> std::result::Result<Listing, &'static str> {
        let mut listing = Listing::default();
        let mut at = first;
        while at < last {
            let full = self.name(at);
            let rest = &full[prefix..];
            let staged = &self.entries[at];
            let Some(length) = position(rest, b'/') else {
                let mode =
                    kind_of(staged.mode).flatten().ok_or("has a mode that git does not write")?;
                listing.push(rest, What::File(mode, staged.id));
                at += 1;
                continue;
            };
            let end = self.end_of(at, last, &full[..=prefix + length]);
            let dir = if rest.len() > length + 1 {
                Dir::Staged { first: at, last: end }
            } else if kind_of(staged.mode) == Some(None) && end == at + 1 {
                Dir::Tree(staged.id)
            } else {
                return Err("has a name that ends with a slash");
            };
            listing.push(&rest[..length], What::Directory(dir));
            at = end;
        }
        listing.check()?;
        Ok(listing)
    }

    /// The first entry after `at` that is not in `directory`. Doubling steps, then halving ones: most are small.
    fn end_of(&self, at: usize, last: usize, directory: &[u8]) -> usize {
        let inside = |it: usize| it < last && self.name(it).starts_with(directory);
        let (mut end, mut step) = (at + 1, 1);
        while inside(end + step - 1) {
            end += step;
            step *= 2;
        }
        while step > 0 {
            if inside(end + step - 1) {
                end += step;
            }
            step /= 2;
        }
        end
    }

    fn name(&self, at: usize) -> &[u8] {
        let Staged { name, length, .. } = self.entries[at];
        &self.names[name as usize..][..length as usize]
    }
}

/// The name of the entry that was read last, and the one before it.
#[derive(Default)]
struct Names {
    last: Vec<u8>,
    before: Vec<u8>,
    stage: u16,
}

impl Names {
    /// The name of an entry that must come after the one before.
    fn next(&mut self, cut: Option<usize>, written: &[u8], stage: u16) -> Result<&[u8]> {
        self.before.clear();
        self.before.extend_from_slice(&self.last);
        self.skip(cut, written)?;
        if self.last.is_empty() || written.contains(&0) {
            return Err(Unread::Damaged("it has an entry without a proper name"));
        }
        if (&self.before, self.stage) >= (&self.last, stage) {
            return Err(Unread::Damaged("its entries are not in order"));
        }
        self.stage = stage;
        Ok(&self.last)
    }

    /// The same, where the order does not matter.
    fn skip(&mut self, cut: Option<usize>, written: &[u8]) -> Result<()> {
        let cut = cut.unwrap_or(self.last.len());
        let keep = self
            .last
            .len()
            .checked_sub(cut)
            .ok_or(Unread::Damaged("it has a name that begins nowhere"))?;
        self.last.truncate(keep);
        self.last.extend_from_slice(written);
        self.stage = 0;
        Ok(())
    }
}
