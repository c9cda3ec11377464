//! What git knows: the index, commits, and what differs between them.
//!
//! libgit2 reads objects in this process; an own reader reads the index; `git` itself answers whatever libgit2 cannot
//! (SHA-256, reftable, split index) and whatever must take its whole configuration into account. Nothing here writes to
//! the index, the files or the objects, except that missing objects of a partial clone are fetched.

mod blobs;
mod git;
mod history;
mod id;
mod index;
mod objects;
mod options;
mod push;
mod session;
mod side;
mod staged;
mod target;
mod tree;
mod walk;
mod writers;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use git2::{Repository, RepositoryOpenFlags};

use crate::failure::{Failure, Result};
use crate::source::{ObjectId, RepoPath};

pub use blobs::Blob;
pub use git::Place;
pub use history::{Commit, Head, Peeled};
pub use push::{Update, received, updates};
pub use side::{Delta, Entry, How, Index, Side, Staged, Wanted};
pub use target::Target;
pub use writers::Wrote;

use git::Git;
use id::Id;
use objects::Objects;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// git started us, so it has accepted the repository's owner.
    Hook,
    /// Somebody typed a command: git is asked first whether it accepts the owner.
    Command,
}

/// How answers are found. Everything but `Auto` is there so that tests can compare the ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Auto,
    /// The index entry by entry, but for directories of which its cache-tree knows the tree.
    Guided,
    /// The index entry by entry.
    ScanOnly,
    /// Only through `git`.
    GitOnly,
}

/// An opened repository.
pub struct Repo {
    git: Git,
    objects: Objects,
    backend: Backend,
    git_dir: PathBuf,
    common_dir: PathBuf,
    id_length: usize,
    /// Whether libgit2 can read the refs: they are files.
    refs: bool,
    head: OnceCell<Head>,
}

impl Repo {
    /// Opens the repository that git's environment or the working directory names.
    pub fn open(caller: Caller) -> Result<Repo> {
        Repo::open_with(Place::default(), caller, Backend::Auto)
    }

    /// Opens the repository around `path`, whatever the environment says.
    pub fn open_at(path: &Path, caller: Caller) -> Result<Repo> {
        let place = Place { directory: Some(path.to_owned()), index: None };
        Repo::open_with(place, caller, Backend::Auto)
    }

    pub fn open_with(place: Place, caller: Caller, backend: Backend) -> Result<Repo> {
        options::set()?;
        let git = Git::new(place);
        if caller == Caller::Command {
            git.line(&["rev-parse", "--git-dir"])?;
        }
        let lib = if backend == Backend::GitOnly { None } else { open_lib(git.place()).ok() };
        match lib {
            Some(lib) => {
                let storage = lib.config().and_then(|it| it.get_string("extensions.refstorage"));
                Ok(Repo {
                    git_dir: lib.path().to_owned(),
                    common_dir: lib.commondir().to_owned(),
                    refs: storage.map_or(true, |it| it.eq_ignore_ascii_case("files")),
                    objects: Objects::new(Some(lib), git.clone()),
                    git,
                    backend,
                    id_length: 20,
                    head: OnceCell::new(),
                })
            }
            None => Repo::open_through_git(git, backend),
        }
    }

    /// Where libgit2 cannot open the repository, git says why, or does the work.
    fn open_through_git(git: Git, backend: Backend) -> Result<Repo> {
        let directory = |which| -> Result<PathBuf> {
            let printed = git::path(git.line(&["rev-parse", which])?);
            Ok(git::resolve(git.place(), &printed))
        };
        let format = git.line(&["rev-parse", "--show-object-format"])?;
        let id_length = match format.as_slice() {
            b"sha1" => 20,
            b"sha256" => 32,
            other => {
                let name = String::from_utf8_lossy(other);
                return Err(Failure::new(format!(
                    "object names of the kind `{name}` are not known"
                )));
            }
        };
        Ok(Repo {
            git_dir: directory("--absolute-git-dir")?,
            common_dir: directory("--git-common-dir")?,
            refs: false,
            objects: Objects::new(None, git.clone()),
            git,
            backend,
            id_length,
            head: OnceCell::new(),
        })
    }

    /// The directory of this worktree: `.git`, or what it points to.
    pub fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// The directory that all worktrees share.
    pub fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// The top of the checked-out files.
    pub fn worktree(&self) -> Result<PathBuf> {
        self.git.line(&["rev-parse", "--show-toplevel"]).map(git::path)
    }

    /// Whether history ends somewhere because the clone left it out.
    pub fn is_shallow(&self) -> bool {
        self.common_dir.join("shallow").metadata().is_ok_and(|it| it.len() > 0)
    }

    /// Every file of the worktree that git tracks or would add.
    pub fn files(&self) -> Result<Vec<RepoPath>> {
        let top = self.worktree()?;
        let place = Place { directory: Some(top), index: None };
        let printed = Git::new(place).run(&["ls-files", "-z", "-co", "--exclude-standard"])?;
        Ok(printed.split(|&it| it == 0).filter(|it| !it.is_empty()).map(RepoPath::from).collect())
    }

    /// Files of the worktree that are not as they are staged: changed, gone, or not known to git and not ignored.
    pub fn unstaged(&self) -> Result<Vec<RepoPath>> {
        let place = Place { directory: Some(self.worktree()?), index: None };
        let printed = Git::new(place).run(&["ls-files", "-z", "-mo", "--exclude-standard"])?;
        Ok(printed.split(|&it| it == 0).filter(|it| !it.is_empty()).map(RepoPath::from).collect())
    }

    pub fn is_bare(&self) -> Result<bool> {
        Ok(self.git.line(&["rev-parse", "--is-bare-repository"])? == b"true")
    }

    /// A value as git sees it, with included files, `-c` and the environment.
    pub fn config(&self, key: &str) -> Result<Option<String>> {
        let value = self.git.output(&["config", "-z", "--get", key])?;
        match value.status.code() {
            Some(0) => {
                let text = value.stdout.strip_suffix(b"\0").unwrap_or(&value.stdout);
                Ok(Some(String::from_utf8_lossy(text).into_owned()))
            }
            Some(1) => Ok(None),
            _ => Err(git::refused(&["config"], &value)),
        }
    }

    /// Whether an object is here. Nothing is fetched to find out.
    pub fn has(&self, id: &str) -> bool {
        Id::from_hex(id).is_some_and(|id| self.objects.has(id))
    }

    /// Advice for what a shallow clone cannot answer.
    fn deepen(&self, failure: Failure) -> Failure {
        if !self.is_shallow() {
            return failure;
        }
        failure
            .help("this clone is shallow: fetch more history with `git fetch --unshallow`")
            .help("in GitHub Actions, give `actions/checkout` a `fetch-depth: 0`")
    }

    fn lib_refs(&self) -> Option<&Repository> {
        self.objects.lib().filter(|_| self.refs)
    }
}

fn open_lib(place: &Place) -> std::result::Result<Repository, git2::Error> {
    match &place.directory {
        None => Repository::open_from_env(),
        Some(directory) => {
            let nowhere: [&str; 0] = [];
            Repository::open_ext(directory, RepositoryOpenFlags::empty(), nowhere)
        }
    }
}

/// The tree without files, which git knows without having it.
fn empty_tree(id_length: usize) -> ObjectId {
    ObjectId(match id_length {
        32 => "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321".to_owned(),
        _ => "4b825dc642cb6eb9a060e54bf8d69288fbee4904".to_owned(),
    })
}
