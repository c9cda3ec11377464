//! A path inside the repository.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A path inside the repository as git has it: bytes, `/`-separated, never absolute.
///
/// Bytes, because git's paths are: a migration folder with a Latin-1 name is judged like any other.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RepoPath(Arc<[u8]>);

impl RepoPath {
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The last component.
    pub fn file_name(&self) -> &[u8] {
        self.0.rsplit(|&byte| byte == b'/').next().unwrap_or(&[])
    }

    /// Everything before the last `/`, or nothing at the top of the repository.
    pub fn parent(&self) -> Option<RepoPath> {
        let cut = self.0.iter().rposition(|&byte| byte == b'/')?;
        Some(RepoPath(self.0[..cut].into()))
    }

    /// A path as it is named from `folder`, from the top of the repository. `..` stops there.
    pub fn joined(folder: &str, path: &str) -> RepoPath {
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

    /// What this file names `path`, as a symbolic link or an import does.
    pub fn beside(&self, path: &str) -> RepoPath {
        let folder = self.parent().map(|it| it.to_str_lossy().into_owned());
        RepoPath::joined(&folder.unwrap_or_default(), path)
    }

    /// The path as a string, where it is UTF-8; else with U+FFFD for what is not.
    pub fn to_str_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }

    /// Whether this is `directory` or lies below it.
    pub fn is_under(&self, directory: &[u8]) -> bool {
        directory.is_empty()
            || self.0.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
    }
}

/// Shows control characters and bytes that are not UTF-8 as escapes, so that no name can forge a line of output.
impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for c in chunk.valid().chars() {
                if c.is_control() || is_invisible(c) {
                    write!(f, "{}", c.escape_default())?;
                } else {
                    write!(f, "{c}")?;
                }
            }
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

/// Characters that turn, hide or join the text around them (Unicode bidi controls and zero-width ones).
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

impl From<&str> for RepoPath {
    fn from(path: &str) -> RepoPath {
        RepoPath(path.as_bytes().into())
    }
}

impl From<&[u8]> for RepoPath {
    fn from(path: &[u8]) -> RepoPath {
        RepoPath(path.into())
    }
}

impl From<Vec<u8>> for RepoPath {
    fn from(path: Vec<u8>) -> RepoPath {
        RepoPath(path.into())
    }
}
