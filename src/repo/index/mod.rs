//! The index file, read without git: most of it is never looked at.

mod cache_tree;
mod scan;
mod window;

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::id::Id;

pub(super) use cache_tree::CacheTree;
pub(super) use scan::Snapshot;
pub(super) use window::Window;

/// Why the file was not read to its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// git can read it.
    Unsupported(&'static str),
    /// Nobody can, though git may not notice.
    Damaged(&'static str),
}

pub(super) type Result<T> = std::result::Result<T, Unread>;

/// What the index says, from the cheapest answer to the dearest.
pub(super) enum Answer {
    /// There is no index: nothing is staged.
    Absent,
    /// The tree that has exactly the staged files.
    Tree(Id),
    Entries(Box<Snapshot>),
}

/// How much of the cache-tree is believed. Everything, except in tests of what happens without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    Whole,
    Subtrees,
    Nothing,
}

/// Reads the file at `path`. git replaces it by renaming, so one open file is one consistent state.
pub(super) fn read(path: &Path, id_length: usize, trust: Trust) -> std::io::Result<Result<Answer>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Ok(Answer::Absent));
        }
        Err(error) => return Err(error),
    };
    if trust == Trust::Whole {
        match staged_tree(&mut file, id_length)? {
            Ok(Some(id)) => return Ok(Ok(Answer::Tree(id))),
            Ok(None) => {}
            Err(unread) => return Ok(Err(unread)),
        }
        file.rewind()?;
    }
    let mut data = Vec::with_capacity(usize::try_from(file.metadata()?.len()).unwrap_or(0));
    file.read_to_end(&mut data)?;
    let scanned = Snapshot::scan(data, id_length, trust);
    Ok(scanned.map(|snapshot| Answer::Entries(Box::new(snapshot))))
}

/// The tree of the cache-tree's root, if it is valid. Reads the entries only to step over them.
fn staged_tree<F: Read + Seek>(
    file: &mut F,
    id_length: usize,
) -> std::io::Result<Result<Option<Id>>> {
    let length = file.seek(SeekFrom::End(0))?;
    if let Some(extensions) = listed_at_the_end(file, length, id_length)? {
        return Ok(root(&extensions, id_length));
    }
    file.rewind()?;
    let mut window = Window::new(file);
    let rest = match window.after_entries(id_length)? {
        Ok(()) => window.rest()?,
        Err(unread) => return Ok(Err(unread)),
    };
    let Some(end) = rest.len().checked_sub(id_length) else {
        return Ok(Err(Unread::Damaged("it ends inside its entries")));
    };
    Ok(root(&rest[..end], id_length))
}

fn root(extensions: &[u8], id_length: usize) -> Result<Option<Id>> {
    Ok(match Extensions::read(extensions)?.tree {
        Some(tree) => cache_tree::root(tree, id_length)?,
        None => None,
    })
}

/// All extensions, where the last one (`EOIE`) says where the first one begins.
fn listed_at_the_end<F: Read + Seek>(
    file: &mut F,
    length: u64,
    id_length: usize,
) -> std::io::Result<Option<Vec<u8>>> {
    let tail = 12 + 2 * id_length as u64;
    let Some(at) = length.checked_sub(tail).filter(|&at| at >= 12) else { return Ok(None) };
    let mut head = [0; 12];
    file.rewind()?;
    file.read_exact(&mut head)?;
    if Header::read(&head).is_err() {
        return Ok(None);
    }
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
    Ok(Extensions::read(&extensions).is_ok_and(|it| it.count > 0).then_some(extensions))
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
            5.. => Err(Unread::Unsupported("its version is newer than 4")),
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
                    return Err(Unread::Unsupported(
                        "it has an extension that has to be understood",
                    ));
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
