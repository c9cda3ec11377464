//! The index file, read without git: most of it is never looked at.

mod cache_tree;
mod scan;
mod window;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::id::Id;

use cache_tree::CacheTree;
use window::Window;

pub(super) use scan::Snapshot;

/// Why the file was not read to its end.
#[derive(Debug)]
pub(super) enum Unread {
    /// git can read it.
    Unsupported,
    /// Nobody can, though git may not notice.
    Damaged(&'static str),
    File(io::Error),
}

pub(super) type Result<T> = std::result::Result<T, Unread>;

/// What the index says, from the cheapest answer to the dearest.
pub(super) enum Answer {
    /// There is no index: nothing is staged.
    Absent,
    /// The tree that has exactly the staged files.
    Tree(Id),
    Entries(Snapshot),
}

/// How much of the cache-tree is believed. Everything, except in tests of what happens without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    Whole,
    Subtrees,
    Nothing,
}

/// Reads the file at `path`. git replaces it by renaming, so one open file is one consistent state.
pub(super) fn read(path: &Path, id_length: usize, trust: Trust) -> Result<Answer> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Answer::Absent),
        Err(error) => return Err(error.into()),
    };
    let (after, data) = match listed_at_the_end(&mut file, id_length)? {
        Some(found) => found,
        None => after_the_entries(&mut file, id_length)?,
    };
    let extensions = Extensions::read(&data)?;
    if let (Trust::Whole, Some(tree)) = (trust, extensions.tree)
        && let Some(id) = cache_tree::root(tree, id_length)?
    {
        return Ok(Answer::Tree(id));
    }
    if extensions.split {
        return Err(Unread::Unsupported);
    }
    let cache = extensions.tree.filter(|_| trust != Trust::Nothing);
    let cache = cache.map(|it| CacheTree::read(it, id_length)).transpose()?;
    file.rewind()?;
    let (snapshot, end) = Snapshot::scan(&file, id_length, cache.as_ref())?;
    if end != after {
        return Err(Unread::Damaged("its entries do not end where it says"));
    }
    Ok(Answer::Entries(snapshot))
}

/// Where the entries end, and the extensions that follow. The entries are only stepped over.
fn after_the_entries(file: &mut File, id_length: usize) -> Result<(u64, Vec<u8>)> {
    file.rewind()?;
    let (mut window, entries) = Window::open(file, id_length)?;
    for _ in 0..entries {
        window.entry()?;
    }
    let after = window.position();
    let mut rest = window.rest()?;
    // A hash of the file ends it, or zeros.
    let end =
        rest.len().checked_sub(id_length).ok_or(Unread::Damaged("it ends inside its entries"))?;
    rest.truncate(end);
    Ok((after, rest))
}

/// The same, where the last extension (`EOIE`) says where the first one begins.
fn listed_at_the_end(file: &mut File, id_length: usize) -> Result<Option<(u64, Vec<u8>)>> {
    let length = file.metadata()?.len();
    let tail = 12 + 2 * id_length as u64;
    let Some(at) = length.checked_sub(tail).filter(|&at| at >= 12) else { return Ok(None) };
    let mut head = [0; 12];
    file.read_exact(&mut head)?;
    Header::read(&head)?;
    let mut end = [0; 12];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut end)?;
    let size = u32_at(&end, 4).unwrap_or(0) as usize;
    let start = u64::from(u32_at(&end, 8).unwrap_or(0));
    if &end[..4] != b"EOIE" || size != 4 + id_length || start < 12 || start > at {
        return Ok(None);
    }
    let mut extensions = vec![0; usize::try_from(at - start).unwrap_or(0)];
    file.seek(SeekFrom::Start(start))?;
    file.read_exact(&mut extensions)?;
    // Only a chain of extensions that ends exactly here proves that the offset is the end of the entries.
    let proven = Extensions::read(&extensions).is_ok_and(|it| it.count > 0);
    Ok(proven.then_some((start, extensions)))
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Unread {
        Unread::File(error)
    }
}

pub(super) struct Header {
    pub version: u32,
    pub entries: usize,
}

impl Header {
    pub(super) fn read(data: &[u8]) -> Result<Header> {
        if data.get(..4) != Some(b"DIRC") {
            return Err(Unread::Damaged("it does not begin as an index does"));
        }
        let (Some(version), Some(entries)) = (u32_at(data, 4), u32_at(data, 8)) else {
            return Err(Unread::Damaged("it ends inside its header"));
        };
        match version {
            2..=4 => Ok(Header { version, entries: entries as usize }),
            5.. => Err(Unread::Unsupported),
            _ => Err(Unread::Damaged("its version is not one that git ever wrote")),
        }
    }
}

/// What follows the entries.
#[derive(Default)]
pub(super) struct Extensions<'a> {
    pub tree: Option<&'a [u8]>,
    /// Most entries are in another file (`link`).
    pub split: bool,
    count: usize,
}

impl<'a> Extensions<'a> {
    pub(super) fn read(data: &'a [u8]) -> Result<Extensions<'a>> {
        let mut found = Extensions::default();
        let mut at = 0;
        while at < data.len() {
            let (Some(name), Some(size)) = (data.get(at..at + 4), u32_at(data, at + 4)) else {
                return Err(Unread::Damaged("it ends inside an extension"));
            };
            let Some(body) = data.get(at + 8..).and_then(|it| it.get(..size as usize)) else {
                return Err(Unread::Damaged("it ends inside an extension"));
            };
            match name {
                b"TREE" if found.tree.is_some() => {
                    return Err(Unread::Damaged("it has two cache-trees"));
                }
                b"TREE" => found.tree = Some(body),
                b"link" => found.split = true,
                b"sdir" => {}
                _ if name[0].is_ascii_uppercase() => {}
                _ if name.iter().all(u8::is_ascii_alphabetic) => {
                    // An extension that has to be understood.
                    return Err(Unread::Unsupported);
                }
                _ => return Err(Unread::Damaged("it has an extension without a name")),
            }
            found.count += 1;
            at += 8 + body.len();
        }
        Ok(found)
    }
}

pub(super) fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(data.get(at..)?.get(..4)?.try_into().ok()?))
}
