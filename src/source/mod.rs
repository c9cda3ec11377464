//! Text, where it lives, and places in it.

mod date;
mod hash;
mod lines;
mod list;
mod path;
mod time;
mod word;

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use date::Date;
pub use hash::sha256;
pub use lines::{Lines, Position};
pub use list::PathList;
pub use path::RepoPath;
pub(crate) use path::is_invisible;
pub use time::Time;
pub use word::shell_word;

/// The text of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub path: RepoPath,
    pub text: Arc<str>,
}

impl Source {
    pub fn new(path: impl Into<RepoPath>, text: impl Into<Arc<str>>) -> Source {
        Source { path: path.into(), text: text.into() }
    }
}

/// A byte range of one source, on character boundaries. An empty range at 0 speaks of the file as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    pub path: RepoPath,
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub fn new(path: RepoPath, range: Range<usize>) -> Span {
        Span { path, start: range.start, end: range.end }
    }

    /// The file as a whole, where no line of it can be named.
    pub fn file(path: RepoPath) -> Span {
        Span { path, start: 0, end: 0 }
    }

    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// What git says an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Mode {
    Regular,
    Executable,
    Symlink,
    /// A commit of another repository (mode 160000).
    Submodule,
}

/// The name git gives a content: lower-case hex of SHA-1 (40) or SHA-256 (64).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ObjectId(pub String);

/// A file at one moment, as git has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub path: RepoPath,
    pub mode: Mode,
    pub id: ObjectId,
    pub content: Content,
}

/// What is in a file, or why nobody can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Text(Arc<str>),
    Unreadable(Unreadable),
}

impl Content {
    /// Bytes of a regular file, larger than `limit` never read further.
    pub fn from_bytes(bytes: Vec<u8>, limit: usize) -> Content {
        if bytes.len() > limit {
            return Content::Unreadable(Unreadable::TooLarge { bytes: bytes.len(), limit });
        }
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Content::Unreadable(Unreadable::Utf16);
        }
        if bytes.starts_with(b"version https://git-lfs.github.com/spec/") {
            return Content::Unreadable(Unreadable::LfsPointer);
        }
        if let Some(offset) = bytes.iter().position(|&byte| byte == 0) {
            return Content::Unreadable(Unreadable::Nul { offset });
        }
        match String::from_utf8(bytes) {
            Ok(text) => Content::Text(text.into()),
            Err(error) => Content::Unreadable(Unreadable::NotUtf8 {
                offset: error.utf8_error().valid_up_to(),
            }),
        }
    }

    pub fn text(&self) -> Option<&Arc<str>> {
        match self {
            Content::Text(text) => Some(text),
            Content::Unreadable(_) => None,
        }
    }
}

/// Why a file's content is not text that can be judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unreadable {
    /// The first byte that is not UTF-8.
    NotUtf8 { offset: usize },
    /// A byte-order mark of UTF-16.
    Utf16,
    /// The first NUL byte. `psql` and C-string readers disagree on what follows it.
    Nul { offset: usize },
    /// Both in bytes.
    TooLarge { bytes: usize, limit: usize },
    /// The checked-out file is somewhere else.
    Symlink,
    /// The content is in another repository.
    Submodule,
    /// The content is on a Git LFS server.
    LfsPointer,
}

impl Unreadable {
    /// The reason as the end of a sentence that begins with the file's name.
    pub fn reason(&self) -> String {
        match self {
            Unreadable::NotUtf8 { offset } => format!("is not UTF-8 at byte {offset}"),
            Unreadable::Utf16 => "is UTF-16, not UTF-8".to_owned(),
            Unreadable::Nul { offset } => format!("has a NUL byte at byte {offset}"),
            Unreadable::TooLarge { bytes, limit } => {
                format!("has {bytes} bytes, more than the {limit} that are read")
            }
            Unreadable::Symlink => "is a symbolic link: its content is somewhere else".to_owned(),
            Unreadable::Submodule => {
                "is a submodule: its content is in another repository".to_owned()
            }
            Unreadable::LfsPointer => {
                "is a Git LFS pointer: its content is not in this repository".to_owned()
            }
        }
    }
}

/// One path before and after. Absent before: added. Absent after: deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    pub path: RepoPath,
    pub before: Option<File>,
    pub after: Option<File>,
}
