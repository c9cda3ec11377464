//! The files as they lie, which are what is mended: neither the index nor any object is ever touched.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::failure::{Context, Failure, Result};
use crate::gate::Overlay;
use crate::policy::Globs;
use crate::repo::{Repo, Side};
use crate::source::RepoPath;

/// The checked-out files of a repository.
pub struct Worktree<'a> {
    repo: &'a Repo,
    /// What is staged, which is what a file that git calls unchanged has.
    staged: Side,
    top: PathBuf,
    /// Not as they are staged.
    changed: BTreeSet<RepoPath>,
}

/// A file before it is mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnDisk {
    /// What is judged.
    pub text: Arc<str>,
    /// Its lines end in CRLF on the disk alone: git takes them for LF.
    carriage: bool,
    bytes: Vec<u8>,
}

impl<'a> Worktree<'a> {
    pub fn new(repo: &'a Repo, staged: Side) -> Result<Worktree<'a>> {
        let (top, changed) = (repo.worktree()?, repo.unstaged()?.into_iter().collect());
        Ok(Worktree { repo, staged, top, changed })
    }

    /// The migrations and Prisma schemas that are not as they are staged, as they lie.
    pub fn unstaged(&self, migrations: &Globs) -> Result<Overlay> {
        let mut overlay = Overlay::default();
        let is_judged = |it: &&RepoPath| {
            migrations.matches(it.as_bytes()) || it.as_bytes().ends_with(b".prisma")
        };
        for path in self.changed.iter().filter(is_judged) {
            let text = match self.read(path) {
                Ok(file) => Some(file.text),
                Err(_) if !self.place(path).exists() => None,
                // What is no text is judged as it is staged, and mended by nobody.
                Err(_) => continue,
            };
            overlay.0.insert(path.clone(), text);
        }
        Ok(overlay)
    }

    /// A file, where it is plain and what it says is what git has or would have.
    pub fn read(&self, path: &RepoPath) -> Result<OnDisk> {
        let place = self.place(path);
        let plain = std::fs::symlink_metadata(&place)
            .context(format!("read `{path}`"))?
            .file_type()
            .is_file();
        if !plain || self.is_behind_link(path) {
            return Err(Failure::new(format!("`{path}` is no plain file")));
        }
        let bytes = std::fs::read(&place).context(format!("read `{path}`"))?;
        let text = String::from_utf8(bytes.clone())
            .map_err(|_| Failure::new(format!("`{path}` is not UTF-8")))?;
        let staged = self.staged_text(path)?;
        let as_git = text.replace("\r\n", "\n");
        let crlf =
            text.contains("\r\n") && text.matches('\n').count() == text.matches("\r\n").count();
        let carriage = crlf && staged.as_ref().is_some_and(|it| !it.contains('\r'));
        let judged = if carriage { as_git } else { text };
        let unchanged = !self.changed.contains(path);
        if unchanged && staged.is_some_and(|it| *it != *judged) {
            return Err(Failure::new(format!(
                "`{path}` lies here in another form than git has it: a filter stands between"
            )));
        }
        Ok(OnDisk { text: judged.into(), carriage, bytes })
    }

    /// Whether a folder on the way to it is a link: what is written there may be written anywhere.
    fn is_behind_link(&self, path: &RepoPath) -> bool {
        let mut folder = path.parent();
        while let Some(it) = folder {
            if std::fs::symlink_metadata(self.place(&it)).is_ok_and(|it| it.is_symlink()) {
                return true;
            }
            folder = it.parent();
        }
        false
    }

    fn staged_text(&self, path: &RepoPath) -> Result<Option<Arc<str>>> {
        let Some(entry) = self.repo.entry(&self.staged, path.as_bytes())? else { return Ok(None) };
        let blobs = self.repo.read(&[entry.id], crate::gate::SQL_LIMIT)?;
        let text = blobs.into_iter().next().and_then(|it| match it {
            crate::repo::Blob::Bytes(bytes) => String::from_utf8(bytes).ok(),
            crate::repo::Blob::TooLarge(_) => None,
        });
        Ok(text.map(Into::into))
    }

    /// Whether there is anything under this name.
    pub fn exists(&self, path: &RepoPath) -> bool {
        std::fs::symlink_metadata(self.place(path)).is_ok()
    }

    pub fn place(&self, path: &RepoPath) -> PathBuf {
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStrExt as _;
            self.top.join(std::ffi::OsStr::from_bytes(path.as_bytes()))
        }
        #[cfg(not(unix))]
        {
            self.top.join(path.to_str_lossy().as_ref())
        }
    }

    /// Writes texts in place of files, each as a whole. Where one of them is no longer what was read, nothing is
    /// written at all.
    pub fn write(&self, files: &BTreeMap<RepoPath, (Option<OnDisk>, Arc<str>)>) -> Result<()> {
        for (path, (before, _)) in files {
            let now = std::fs::read(self.place(path)).ok();
            if self.is_behind_link(path) || now.as_ref() != before.as_ref().map(|it| &it.bytes) {
                return Err(Failure::new(format!(
                    "`{path}` has changed while it was looked at, so nothing was written"
                ))
                .help("run `sprag fix --write` again"));
            }
        }
        for (path, (before, text)) in files {
            let carriage = before.as_ref().is_some_and(|it| it.carriage);
            let text = if carriage { text.replace('\n', "\r\n") } else { text.to_string() };
            super::write::whole(&self.place(path), &text)?;
        }
        Ok(())
    }
}
