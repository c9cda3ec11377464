//! Where commands are written, and who runs them.

use std::sync::Arc;

use super::Kind;
use crate::source::{RepoPath, Source};

/// Where a command is written: a place in a file that runs as one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Host {
    pub kind: Kind,
    pub path: RepoPath,
    /// As the file's reader would name it: `scripts.setup`, `[deploy] release_command`, `CMD`; no two in a file have the
    /// same. Empty: the file as a whole, which is what runs when somebody runs the file.
    pub key: Arc<str>,
    pub weight: Weight,
    /// Where its commands run, and relative names begin. Empty: the top of the repository.
    pub folder: RepoPath,
}

/// Whether a deployment runs what is written there. The first of these is the best proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// A platform runs it by itself: a release command, a workflow.
    Platform,
    /// An image or a set of them: made to be deployed, though nothing here is seen to do it.
    Image,
    /// Its name says so: `setup`, `deploy.sh`.
    Named,
    /// As long as nothing is seen to call it: a script in a file of its own.
    Alone,
    /// A platform runs it, but against a database that it throws away.
    Rehearsal,
    /// Only if something that deploys calls it.
    Maybe,
}

impl Host {
    /// A place whose commands run in the folder of its file.
    pub(super) fn new(
        kind: Kind,
        source: &Source,
        key: impl Into<Arc<str>>,
        weight: Weight,
    ) -> Host {
        let path = source.path.clone();
        let folder = path.parent().unwrap_or_else(|| RepoPath::from(""));
        Host { kind, path, key: key.into(), weight, folder }
    }

    /// The same, run from another folder, named from the top of the repository.
    #[must_use]
    pub(super) fn in_folder(self, folder: &str) -> Host {
        Host { folder: RepoPath::joined("", folder), ..self }
    }

    /// The name that a reader of the file would use: `setup`, `release_command`, `start.sh`.
    pub fn name(&self) -> String {
        let key = self.key.strip_prefix("scripts.").unwrap_or(&self.key);
        match self.kind {
            _ if key.is_empty() => String::from_utf8_lossy(self.path.file_name()).into_owned(),
            Kind::Fly => key.rsplit(' ').next().unwrap_or(key).to_owned(),
            _ => key.to_owned(),
        }
    }
}
