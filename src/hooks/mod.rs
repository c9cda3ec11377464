//! Puts the hooks where git looks, and takes them away again.
//!
//! Git looks in one directory, and other programs want to be there too. The order of preference:
//! a hook manager that is in use gets a few marked lines in its own tracked file; a hook of somebody
//! else's is kept beside ours and run before it; a directory that belongs to more than this repository
//! is left alone. Nothing here writes git's configuration, and every file is replaced whole or not at all.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

mod block;

mod git;

mod file;

mod shim;

mod manager;

mod install;

mod uninstall;

mod doctor;

mod forge;

mod gates;

pub use doctor::{Check, Diagnosis, State, doctor};
pub use install::install;
pub use uninstall::uninstall;

/// The version of the shims. A shim of another version is replaced by the next `install`.
pub const VERSION: u32 = 1;

/// A moment at which git asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hook {
    PreCommit,
    PreMergeCommit,
    PrePush,
    PreReceive,
}

impl Hook {
    /// What a repository that people commit in has.
    pub const LOCAL: [Hook; 3] = [Hook::PreCommit, Hook::PreMergeCommit, Hook::PrePush];
    /// What a repository that people push to has.
    pub const SERVER: [Hook; 1] = [Hook::PreReceive];
    pub const ALL: [Hook; 4] =
        [Hook::PreCommit, Hook::PreMergeCommit, Hook::PrePush, Hook::PreReceive];

    /// The file name that git looks for, and the argument of `sprag hook`.
    pub fn name(self) -> &'static str {
        match self {
            Hook::PreCommit => "pre-commit",
            Hook::PreMergeCommit => "pre-merge-commit",
            Hook::PrePush => "pre-push",
            Hook::PreReceive => "pre-receive",
        }
    }
}

impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the caller knows and this module does not ask the environment for.
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The repository. Absent: that of the current directory, with git's own variables as they are.
    pub repository: Option<PathBuf>,
    /// The absolute path of the program that the hooks shall run.
    pub binary: PathBuf,
    /// `PATH` of the caller.
    pub path: Option<OsString>,
    /// The command that brings a missing program back. Absent: `./install.sh` with this repository.
    pub reinstall: Option<String>,
    pub kind: Kind,
    /// Installs where it would be refused or skipped: hooks set outside the repository, CI.
    pub force: bool,
    /// Whether this is a CI job, where hooks have no use.
    pub ci: bool,
    /// Says what would be changed and changes nothing.
    pub dry_run: bool,
    /// Lets the doctor ask the forge, through its program and so over the network.
    pub ask_forge: bool,
}

/// Which hooks a repository gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// `pre-receive` in a bare repository, else those for commits, merges and pushes.
    #[default]
    ByRepository,
    /// `pre-receive`.
    Server,
}

/// What was changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    pub changes: Vec<Change>,
    /// There was nothing to do.
    pub up_to_date: bool,
    /// What the reader must know besides.
    pub notes: Vec<String>,
}

/// One file that was written, moved or removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Inside the repository where possible, for reading.
    pub path: PathBuf,
    /// What happened to it: `written`, `kept as pre-commit.before-sprag`.
    pub what: String,
    /// The lines that somebody else's file gained or lost.
    pub lines: Vec<String>,
}
