//! What is compared with what, and what comes out of it.

use std::sync::Arc;

use crate::source::{Mode, ObjectId, RepoPath};

use super::index::Snapshot;

/// Something that has files: nothing yet, a tree, or the index.
#[derive(Clone, Debug)]
pub enum Side {
    Empty,
    Tree(ObjectId),
    Index(Index),
}

/// The staged files where no tree is known that has exactly them.
#[derive(Clone, Debug)]
pub struct Index(pub(super) Reading);

#[derive(Clone, Debug)]
pub(super) enum Reading {
    Scanned(Arc<Snapshot>),
    Git(Arc<Asked>),
}

/// What `git diff-index` said is staged on top of a tree.
#[derive(Debug)]
pub(super) struct Asked {
    pub base: ObjectId,
    pub rows: Vec<Delta>,
    pub conflicted: Vec<RepoPath>,
}

/// What the next commit will hold.
#[derive(Clone, Debug)]
pub struct Staged {
    pub side: Side,
    /// Paths with an unresolved conflict. git refuses to commit them, and no `Delta` or `Entry` names them.
    pub conflicted: Vec<RepoPath>,
    pub how: How,
}

/// How the index was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It names the tree that git is about to commit.
    CacheTree,
    /// Entry by entry.
    Scan,
    /// Through `git diff-index`.
    Plumbing,
}

/// A file of one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub path: RepoPath,
    pub mode: Mode,
    pub id: ObjectId,
}

/// A path that is not the same on both sides. A rename is a deletion and an addition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    pub path: RepoPath,
    pub before: Option<(Mode, ObjectId)>,
    pub after: Option<(Mode, ObjectId)>,
}

/// Which paths a question is about. Paths are bytes, without a slash at either end.
pub trait Wanted {
    fn file(&self, path: &[u8]) -> bool;

    /// Whether a wanted file could lie below `path`. When in doubt, yes: what is not opened is not judged.
    fn directory(&self, path: &[u8]) -> bool;
}

/// Files by a test of their path, wherever they lie.
impl<F: Fn(&[u8]) -> bool> Wanted for F {
    fn file(&self, path: &[u8]) -> bool {
        self(path)
    }

    fn directory(&self, _: &[u8]) -> bool {
        true
    }
}
