//! What lies in one directory: of a commit, or of the index.

use std::cmp::Ordering;
use std::ffi::CStr;
use std::ops::Range;
use std::rc::Rc;

use crate::failure::Failure;
use crate::source::{Mode, RepoPath};

use super::id::Id;

/// One directory's entries in git's order, each name once.
#[derive(Default)]
pub(super) struct Listing {
    names: Vec<u8>,
    slots: Vec<Slot>,
}

pub(super) struct Slot {
    name: Range<u32>,
    pub what: What,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    File(Mode, Id),
    Directory(Dir),
}

/// A directory that has not been listed yet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dir {
    Tree(Id),
    /// Entries of a scanned index, from the first to before the last.
    Staged {
        first: usize,
        last: usize,
    },
}

impl What {
    pub(super) fn is_directory(self) -> bool {
        matches!(self, What::Directory(_))
    }

    pub(super) fn file(self) -> Option<(Mode, Id)> {
        match self {
            What::File(mode, id) => Some((mode, id)),
            What::Directory(_) => None,
        }
    }

    pub(super) fn directory(self) -> Option<Dir> {
        match self {
            What::Directory(dir) => Some(dir),
            What::File(..) => None,
        }
    }
}

impl Listing {
    /// Reads a tree object: `<octal mode> <name>\0<id>`, again and again.
    pub(super) fn of_tree(data: Vec<u8>, id_length: usize) -> Result<Listing, &'static str> {
        if u32::try_from(data.len()).is_err() {
            return Err("is larger than 4 GiB");
        }
        // Directories of ten thousand entries are read at every commit, so nothing here looks at a byte twice.
        let mut slots = Vec::with_capacity(data.len() / 48);
        let mut at = 0;
        while at < data.len() {
            let rest = &data[at..];
            let space =
                position(rest, b' ').filter(|&it| it <= 7).ok_or("has an entry without a mode")?;
            let mode = octal(&rest[..space]).ok_or("has a mode that is not a number")?;
            let name = CStr::from_bytes_until_nul(&rest[space + 1..]);
            let length = name.map_err(|_| "has a name without an end")?.count_bytes();
            let name = at + space + 1..at + space + 1 + length;
            let after = name.end + 1;
            let id = data
                .get(after..after + id_length)
                .and_then(Id::from_bytes)
                .ok_or("ends inside an entry")?;
            let what = match kind_of(mode).ok_or("has a mode that git does not write")? {
                Some(mode) => What::File(mode, id),
                None => What::Directory(Dir::Tree(id)),
            };
            at = after + id_length;
            slots.push(Slot { name: short(name), what });
        }
        let listing = Listing { names: data, slots };
        listing.check()?;
        Ok(listing)
    }

    pub(super) fn push(&mut self, name: &[u8], what: What) {
        let start = self.names.len();
        self.names.extend_from_slice(name);
        self.slots.push(Slot { name: short(start..self.names.len()), what });
    }

    /// Two entries of one name are two answers to one question, and tools disagree on which one counts.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        for (at, slot) in self.slots.iter().enumerate() {
            let name = self.name(slot);
            if matches!(name, b"" | b"." | b"..") || name.contains(&b'/') {
                return Err("has a name that no file can have");
            }
            let Some(before) = at.checked_sub(1) else { continue };
            let last = &self.slots[before];
            match order(self.name(last), last.what.is_directory(), name, slot.what.is_directory()) {
                Ordering::Less => {}
                Ordering::Equal => return Err("has two entries of the same name"),
                Ordering::Greater => return Err("has its entries in the wrong order"),
            }
            // A file of the same name sorts before the directory, with names that begin like both in between.
            let twin = slot.what.is_directory()
                && self.slots[..at]
                    .iter()
                    .rev()
                    .map(|it| self.name(it))
                    .take_while(|it| it.starts_with(name))
                    .any(|it| it == name);
            if twin {
                return Err("has two entries of the same name");
            }
        }
        Ok(())
    }

    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    pub(super) fn name(&self, slot: &Slot) -> &[u8] {
        &self.names[slot.name.start as usize..slot.name.end as usize]
    }

    pub(super) fn find(&self, name: &[u8], directory: bool) -> Option<What> {
        let found = self
            .slots
            .binary_search_by(|it| order(self.name(it), it.what.is_directory(), name, directory))
            .ok()?;
        Some(self.slots[found].what)
    }
}

/// Checked for the whole: names are part of one tree or one index, which are not larger than 4 GiB.
fn short(range: Range<usize>) -> Range<u32> {
    let number = |it| u32::try_from(it).unwrap_or(u32::MAX);
    number(range.start)..number(range.end)
}

/// git's order of names: a directory counts as if a slash followed.
pub(super) fn order(a: &[u8], a_directory: bool, b: &[u8], b_directory: bool) -> Ordering {
    let common = a.len().min(b.len());
    let end = |name: &[u8], directory: bool| match name.get(common) {
        Some(&byte) => byte,
        None if directory => b'/',
        None => 0,
    };
    a[..common]
        .cmp(&b[..common])
        .then_with(|| end(a, a_directory).cmp(&end(b, b_directory)))
        .then_with(|| a.len().cmp(&b.len()))
}

/// The mode as git means it: 100664 of old repositories is 100644. `Some(None)` is a directory.
#[expect(clippy::option_option, reason = "not a mode, a directory, or a file")]
pub(super) fn kind_of(mode: u32) -> Option<Option<Mode>> {
    match mode & 0o170_000 {
        0o100_000 if mode & 0o100 != 0 => Some(Some(Mode::Executable)),
        0o100_000 => Some(Some(Mode::Regular)),
        0o120_000 => Some(Some(Mode::Symlink)),
        0o160_000 => Some(Some(Mode::Submodule)),
        0o040_000 => Some(None),
        _ => None,
    }
}

pub(super) fn octal(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 7 {
        return None;
    }
    digits.iter().try_fold(0, |value, &digit| {
        (b'0'..=b'7').contains(&digit).then(|| value * 8 + u32::from(digit - b'0'))
    })
}

pub(super) fn position(bytes: &[u8], wanted: u8) -> Option<usize> {
    bytes.iter().position(|&byte| byte == wanted)
}

/// `what` went wrong in the directory at `path`.
pub(super) fn malformed(path: &[u8], of: &str, what: &str) -> Failure {
    let place = if path.is_empty() {
        "the top directory".to_owned()
    } else {
        format!("`{}`", RepoPath::from(path.strip_suffix(b"/").unwrap_or(path)))
    };
    Failure::new(format!("{place} cannot be judged: {of} {what}"))
        .help("run `git fsck` to see what is damaged; no version of git writes this by itself")
}

/// A list of slots with their names, kept for a walk that stops in the middle of it.
pub(super) struct Cursor {
    listing: Rc<Listing>,
    next: usize,
    /// How much of the path belongs to this directory, its slash included.
    pub prefix: usize,
}

impl Cursor {
    pub(super) fn new(listing: Rc<Listing>, prefix: usize) -> Cursor {
        Cursor { listing, next: 0, prefix }
    }

    pub(super) fn next(&mut self, path: &mut Vec<u8>) -> Option<What> {
        let slot = self.listing.slots.get(self.next)?;
        self.next += 1;
        path.truncate(self.prefix);
        path.extend_from_slice(self.listing.name(slot));
        Some(slot.what)
    }
}
