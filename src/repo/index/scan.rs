//! Every entry of an index: where it names no tree for the whole of itself.

use crate::repo::id::Id;
use crate::repo::tree::{Dir, Listing, What, kind_of, position};
use crate::source::RepoPath;

use super::{CacheTree, Extensions, Header, Result, Trust, Unread, u32_at};

/// Few bytes of version 4 can stand for long names. No repository has this much of them.
const NAMES: usize = 1 << 29;
const SHORT: Unread = Unread::Damaged("it ends inside its entries");

/// The staged files of one index file.
#[derive(Debug)]
pub(in crate::repo) struct Snapshot {
    data: Vec<u8>,
    /// Names of version 4, which writes each as a change of the one before.
    names: Vec<u8>,
    entries: Vec<Staged>,
    cache: Option<CacheTree>,
    id_length: usize,
    pub(in crate::repo) conflicted: Vec<RepoPath>,
}

/// Offsets of one entry. An index of more than 4 GiB is git's business.
#[derive(Clone, Copy, Debug)]
struct Staged {
    at: u32,
    name: u32,
    length: u32,
}

impl Snapshot {
    pub(in crate::repo) fn scan(data: Vec<u8>, id_length: usize, trust: Trust) -> Result<Snapshot> {
        if u32::try_from(data.len()).is_err() {
            return Err(Unread::Unsupported("it is larger than 4 GiB"));
        }
        let header = Header::read(&data)?;
        let body = data.len().checked_sub(id_length).ok_or(SHORT)?;
        let mut scan = Scan {
            data: &data[..body],
            version: header.version,
            id_length,
            names: Vec::new(),
            // Each takes 62 bytes at least, so a wrong number cannot ask for more memory than the file has.
            entries: Vec::with_capacity(header.entries.min(data.len() / 62)),
            conflicted: Vec::new(),
            empty: false,
        };
        let end = scan.entries(header.entries)?;
        let extensions = Extensions::read(&data[end..body])?;
        if extensions.split {
            return Err(Unread::Unsupported("most of it is in another file"));
        }
        if scan.empty {
            return Err(Unread::Damaged("it has an entry without a name"));
        }
        let Scan { names, entries, conflicted, .. } = scan;
        let cache = match extensions.tree {
            Some(tree) if trust != Trust::Nothing => Some(CacheTree::read(tree, id_length)?),
            _ => None,
        };
        Ok(Snapshot { data, names, entries, cache, id_length, conflicted })
    }

    pub(in crate::repo) fn root(&self) -> Dir {
        Dir::Staged { first: 0, last: self.entries.len(), node: self.cache.as_ref().map(|_| 0) }
    }

    /// The entries from `first` to before `last`, whose names all begin with the same `prefix` bytes.
    pub(in crate::repo) fn listing(
        &self,
        first: usize,
        last: usize,
        node: Option<usize>,
        prefix: usize,
    ) -> std::result::Result<Listing, &'static str> {
        let mut listing = Listing::default();
        let mut at = first;
        while at < last {
            let full = self.name(at);
            let rest = &full[prefix..];
            let Some(length) = position(rest, b'/') else {
                let mode = self.mode(at).ok_or("has a directory where a file should be")?;
                let id = self.id(at).ok_or("has an entry without an id")?;
                listing.push(rest, What::File(mode, id));
                at += 1;
                continue;
            };
            let (name, inside) = (&rest[..length], prefix + length + 1);
            let (end, dir) = self.directory(at, last, node, name, &full[..inside])?;
            listing.push(name, What::Directory(dir));
            at = end;
        }
        listing.check()?;
        Ok(listing)
    }

    /// The directory `path` that begins with the entry at `at`, and the first entry after it.
    fn directory(
        &self,
        at: usize,
        last: usize,
        node: Option<usize>,
        name: &[u8],
        path: &[u8],
    ) -> std::result::Result<(usize, Dir), &'static str> {
        let below = |it: usize| self.name(it).starts_with(path);
        if self.name(at).len() == path.len() {
            // A directory outside of a sparse checkout, as one entry.
            let id = self
                .id(at)
                .filter(|_| self.is_sparse(at))
                .ok_or("has a name that ends with a slash")?;
            if at + 1 < last && below(at + 1) {
                return Err("has entries below a directory that is collapsed");
            }
            return Ok((at + 1, Dir::Tree(id)));
        }
        let cached = node.zip(self.cache.as_ref()).and_then(|(node, cache)| {
            let child = cache.child(node, name)?;
            Some((child, cache.valid(child)))
        });
        if let Some((_, Some((count, id)))) = cached {
            let end = at.saturating_add(count);
            if count == 0 || end > last || !below(end - 1) || (end < last && below(end)) {
                return Err("has a cache-tree that does not fit its entries");
            }
            return Ok((end, Dir::Tree(id)));
        }
        let mut end = at + 1;
        // Doubling steps, then halving ones: most directories are small.
        let mut step = 1;
        while end + step <= last && below(end + step - 1) {
            end += step;
            step *= 2;
        }
        while step > 0 {
            if end + step <= last && below(end + step - 1) {
                end += step;
            }
            step /= 2;
        }
        Ok((end, Dir::Staged { first: at, last: end, node: cached.map(|(child, _)| child) }))
    }

    fn name(&self, at: usize) -> &[u8] {
        let Staged { name, length, .. } = self.entries[at];
        let names = if self.names.is_empty() { &self.data } else { &self.names };
        &names[name as usize..][..length as usize]
    }

    fn raw_mode(&self, at: usize) -> u32 {
        u32_at(&self.data, self.entries[at].at as usize + 24).unwrap_or(0)
    }

    fn mode(&self, at: usize) -> Option<crate::source::Mode> {
        kind_of(self.raw_mode(at)).flatten()
    }

    fn is_sparse(&self, at: usize) -> bool {
        kind_of(self.raw_mode(at)) == Some(None)
    }

    fn id(&self, at: usize) -> Option<Id> {
        let start = self.entries[at].at as usize + 40;
        Id::from_bytes(&self.data[start..][..self.id_length])
    }
}

/// The reading of the entries, one after the other.
struct Scan<'a> {
    data: &'a [u8],
    version: u32,
    id_length: usize,
    names: Vec<u8>,
    entries: Vec<Staged>,
    conflicted: Vec<RepoPath>,
    empty: bool,
}

impl Scan<'_> {
    /// Reads them all and says where they end.
    fn entries(&mut self, count: usize) -> Result<usize> {
        let mut at = 12;
        let mut empty = false;
        let (mut last, mut last_stage) = (0..0, 0);
        for entry in 0..count {
            let fixed = at + 42 + self.id_length;
            let word =
                |at: usize| Some(u16::from_be_bytes(self.data.get(at..at + 2)?.try_into().ok()?));
            let flags = word(fixed - 2).ok_or(SHORT)?;
            let extended = if flags & 0x4000 == 0 { None } else { Some(word(fixed).ok_or(SHORT)?) };
            let start = if extended.is_some() { fixed + 2 } else { fixed };
            let (name, after) = self.name(at, start, flags, &last)?;
            let stage = (flags >> 12) & 3;
            let text = self.text(&name);
            if entry > 0 {
                let before = self.text(&last);
                if (before, last_stage) >= (text, stage) && !(text.is_empty() && before.is_empty())
                {
                    return Err(Unread::Damaged("its entries are not in order"));
                }
            }
            empty |= text.is_empty();
            if stage > 0 {
                let path = RepoPath::from(text);
                if self.conflicted.last() != Some(&path) {
                    self.conflicted.push(path);
                }
            } else if extended.unwrap_or(0) & 0x2000 == 0 {
                let offset = |it: usize| {
                    u32::try_from(it).map_err(|_| Unread::Unsupported("it is too large"))
                };
                let staged = Staged {
                    at: offset(at)?,
                    name: offset(name.start)?,
                    length: offset(name.len())?,
                };
                self.entries.push(staged);
            }
            (last, last_stage, at) = (name, stage, after);
        }
        self.empty = empty;
        Ok(at)
    }

    /// Where the name is that begins at `start`, and where the next entry begins.
    fn name(
        &mut self,
        at: usize,
        start: usize,
        flags: u16,
        last: &std::ops::Range<usize>,
    ) -> Result<(std::ops::Range<usize>, usize)> {
        let rest = self.data.get(start..).ok_or(SHORT)?;
        if self.version == 4 {
            let (cut, used) = number(rest).ok_or(SHORT)?;
            let keep = last
                .len()
                .checked_sub(cut)
                .ok_or(Unread::Damaged("it has a name that begins nowhere"))?;
            let length = position(&rest[used..], 0).ok_or(SHORT)?;
            if self.names.len() + keep + length > NAMES {
                return Err(Unread::Unsupported("its names are too long"));
            }
            let name = self.names.len()..self.names.len() + keep + length;
            self.names.extend_from_within(last.start..last.start + keep);
            self.names.extend_from_slice(&rest[used..used + length]);
            return Ok((name, start + used + length + 1));
        }
        let length = match usize::from(flags & 0xfff) {
            0xfff => position(rest, 0).ok_or(SHORT)?,
            length => length,
        };
        let after = at + ((start - at + length + 8) & !7);
        if after > self.data.len() {
            return Err(SHORT);
        }
        let name = start..start + length;
        if position(&self.data[name.clone()], 0).is_some() {
            return Err(Unread::Damaged("it has a name with a NUL byte"));
        }
        Ok((name, after))
    }

    fn text(&self, name: &std::ops::Range<usize>) -> &[u8] {
        if self.version == 4 { &self.names[name.clone()] } else { &self.data[name.clone()] }
    }
}

/// git's variable-length number, and how many bytes it takes.
fn number(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = usize::from(bytes.first()? & 0x7f);
    let mut used = 1;
    while bytes[used - 1] & 0x80 != 0 {
        value = value.checked_add(1)?.checked_mul(128)?;
        value += usize::from(bytes.get(used)? & 0x7f);
        used += 1;
    }
    Some((value, used))
}
