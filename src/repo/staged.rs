//! What is about to be committed, and questions about two sides.

use std::path::PathBuf;
use std::sync::Arc;

use crate::failure::{Context, Failure, Result};
use crate::source::{Mode, ObjectId, RepoPath};

use super::git::resolve;
use super::history::Head;
use super::id::Id;
use super::index::{self, Answer, Trust, Unread};
use super::side::{Asked, Delta, Entry, How, Index, Reading, Side, Staged, Wanted};
use super::tree::{Dir, What, kind_of, octal};
use super::walk::{self, Start, Walk, reports};
use super::{Backend, Repo, empty_tree};

impl Repo {
    /// The files that `git commit` would record, from the index that it names in the environment.
    pub fn staged(&self) -> Result<Staged> {
        let trust = match self.backend {
            Backend::GitOnly => return self.staged_by_git(),
            Backend::Auto => Trust::Whole,
            Backend::Guided => Trust::Subtrees,
            Backend::ScanOnly => Trust::Nothing,
        };
        let path = self.index_path();
        match index::read(&path, self.id_length, trust) {
            Ok(Answer::Absent) => {
                Ok(Staged { side: Side::Empty, conflicted: Vec::new(), how: How::Scan })
            }
            // Whoever removed the tree from the store left the entries.
            Ok(Answer::Tree(id)) if !self.objects.has(id) => self.staged_by_git(),
            Ok(Answer::Tree(id)) => Ok(Staged {
                side: Side::Tree(id.object_id()),
                conflicted: Vec::new(),
                how: How::CacheTree,
            }),
            Ok(Answer::Entries(snapshot)) => Ok(Staged {
                conflicted: snapshot.conflicted.clone(),
                side: Side::Index(Index(Reading::Scanned(Arc::new(snapshot)))),
                how: How::Scan,
            }),
            Err(Unread::File(error)) => Err(error).context(format!("read the index `{}`", path.display())),
            Err(Unread::Unsupported) => self.staged_by_git(),
            Err(Unread::Damaged(what)) => {
                Err(Failure::new(format!("the index `{}` is damaged: {what}", path.display()))
                    .help("move it away and run `git reset`: it is made anew from the last commit, your files stay"))
            }
        }
    }

    /// What differs between two sides, in order of the paths. A symbolic link, a submodule or a file that stands where
    /// a wanted directory would be is named too.
    pub fn diff(&self, before: &Side, after: &Side, wanted: &dyn Wanted) -> Result<Vec<Delta>> {
        let deltas = match (by_git(before), by_git(after)) {
            (Some(_), Some(_)) => return Ok(Vec::new()),
            (None, Some(asked)) => self.rows(asked, before, wanted)?,
            (Some(asked), None) => {
                self.rows(asked, after, wanted)?.into_iter().map(Delta::reversed).collect()
            }
            (None, None) => {
                Walk { objects: &self.objects, wanted }.diff(start(before)?, start(after)?)?
            }
        };
        let conflicted = [conflicted(before), conflicted(after)].concat();
        Ok(deltas.into_iter().filter(|it| !conflicted.contains(&it.path)).collect())
    }

    /// The wanted files of a side, and links and submodules that stand where a wanted directory would be, in order of
    /// the paths.
    pub fn list(&self, side: &Side, wanted: &dyn Wanted) -> Result<Vec<Entry>> {
        let Some(asked) = by_git(side) else {
            return Walk { objects: &self.objects, wanted }.list(start(side)?);
        };
        let rows = self.rows(asked, &Side::Empty, wanted)?;
        let entry = |it: Delta| it.after.map(|(mode, id)| Entry { path: it.path, mode, id });
        Ok(rows.into_iter().filter_map(entry).collect())
    }

    /// What a side has at one path, if that is not a directory. A conflict there has no answer.
    pub fn entry(&self, side: &Side, path: &[u8]) -> Result<Option<Entry>> {
        if let Some(path) = conflicted(side).iter().find(|it| it.as_bytes() == path) {
            return Err(Failure::new(format!("`{path}` has a conflict that is not resolved"))
                .help(format!("resolve it, then run `git add {path}`")));
        }
        if by_git(side).is_some() {
            let only = |it: &[u8]| it == path;
            return Ok(self.list(side, &only)?.into_iter().find(|it| it.path.as_bytes() == path));
        }
        let found = walk::entry(&self.objects, start(side)?, path)?.and_then(What::file);
        Ok(found.map(|(mode, id)| Entry { path: RepoPath::from(path), mode, id: id.object_id() }))
    }

    fn index_path(&self) -> PathBuf {
        let place = self.git.place();
        match (&place.index, &place.directory) {
            (Some(index), _) => resolve(place, index),
            (None, Some(_)) => self.git_dir.join("index"),
            // Relative to the directory that git started the hook in.
            (None, None) => match std::env::var_os("GIT_INDEX_FILE") {
                None => self.git_dir.join("index"),
                Some(index) => self.named_index(PathBuf::from(index)),
            },
        }
    }

    /// git goes to the top of the worktree before it looks for an index with a relative name. A hook is there already.
    fn named_index(&self, index: PathBuf) -> PathBuf {
        match self.objects.lib().and_then(git2::Repository::workdir) {
            Some(top) if index.is_relative() && !index.exists() => top.join(index),
            _ => index,
        }
    }

    /// git compares with the last commit, which is what nearly every question is about.
    fn staged_by_git(&self) -> Result<Staged> {
        let base = match self.head()? {
            Head::Unborn => empty_tree(self.id_length),
            Head::Commit(commit) => commit.tree,
        };
        let (rows, conflicted) = self.diff_index(&base)?;
        let reading = Asked { base, rows, conflicted: conflicted.clone() };
        let side = Side::Index(Index(Reading::Git(Arc::new(reading))));
        Ok(Staged { side, conflicted, how: How::Plumbing })
    }

    /// What git says is staged on top of `base`.
    fn rows(&self, asked: &Asked, base: &Side, wanted: &dyn Wanted) -> Result<Vec<Delta>> {
        let tree = match base {
            Side::Empty => empty_tree(self.id_length),
            Side::Tree(id) => id.clone(),
            Side::Index(_) => {
                return Err(Failure::new("two readings of the index cannot be compared"));
            }
        };
        let again;
        let rows = if tree == asked.base {
            &asked.rows
        } else {
            again = self.diff_index(&tree)?.0;
            &again
        };
        let mode = |version: &Option<(Mode, ObjectId)>| version.as_ref().map(|it| it.0);
        let told = |row: &&Delta| {
            let path = row.path.as_bytes();
            let replaces = row.before.is_none() && replaces_directory(rows, path);
            reports(wanted, path, mode(&row.before), mode(&row.after), replaces)
        };
        Ok(rows.iter().filter(told).cloned().collect())
    }

    /// What differs from `base`, and what has a conflict.
    fn diff_index(&self, base: &ObjectId) -> Result<(Vec<Delta>, Vec<RepoPath>)> {
        let printed = self.git.run(&[
            // A directory outside of a sparse checkout is told file by file.
            "-c",
            "index.sparse=false",
            "diff-index",
            "--cached",
            "--raw",
            "-z",
            "--no-renames",
            "--no-abbrev",
            "--no-ext-diff",
            "--ita-invisible-in-index",
            "--ignore-submodules=none",
            &base.0,
            "--",
        ])?;
        let (mut rows, mut conflicted) = (Vec::new(), Vec::new());
        let mut fields = printed.split(|&byte| byte == 0);
        while let Some(meta) = fields.next().filter(|it| !it.is_empty()) {
            let path = fields.next().filter(|it| !it.is_empty());
            let row = path.and_then(|path| Row::read(meta, path)).ok_or_else(|| {
                let line = String::from_utf8_lossy(meta).escape_debug().to_string();
                Failure::new(format!(
                    "`git diff-index` printed a line that cannot be read: `{line}`"
                ))
            })?;
            match row {
                Row::Conflict(path) => conflicted.push(path),
                // A mode that changed between 100644 and 100664 is no change.
                Row::Delta(delta) if delta.before == delta.after => {}
                Row::Delta(delta) => rows.push(delta),
            }
        }
        rows.sort_by(|a, b| a.path.cmp(&b.path));
        conflicted.sort();
        conflicted.dedup();
        Ok((rows, conflicted))
    }
}

/// Everything below a file's path was deleted if a directory was there, and nothing else can be.
fn replaces_directory(rows: &[Delta], path: &[u8]) -> bool {
    let below = [path, b"/"].concat();
    let next = rows.partition_point(|it| it.path.as_bytes() < below.as_slice());
    rows.get(next).is_some_and(|it| it.path.as_bytes().starts_with(&below))
}

impl Delta {
    fn reversed(self) -> Delta {
        Delta { path: self.path, before: self.after, after: self.before }
    }
}

/// One line of `git diff-index --raw`.
enum Row {
    Delta(Delta),
    Conflict(RepoPath),
}

impl Row {
    /// `:<old mode> <new mode> <old id> <new id> <status>`
    fn read(meta: &[u8], path: &[u8]) -> Option<Row> {
        let words: Vec<&str> =
            std::str::from_utf8(meta).ok()?.strip_prefix(':')?.split(' ').collect();
        let &[old_mode, new_mode, old_id, new_id, status] = words.as_slice() else { return None };
        let path = RepoPath::from(path);
        if status == "U" {
            return Some(Row::Conflict(path));
        }
        let version = |mode: &str, id: &str| match octal(mode.as_bytes())? {
            0 => Some(None),
            mode => Some(Some((kind_of(mode)??, Id::from_hex(id)?.object_id()))),
        };
        let (before, after) = (version(old_mode, old_id)?, version(new_mode, new_id)?);
        Some(Row::Delta(Delta { path, before, after }))
    }
}

fn by_git(side: &Side) -> Option<&Asked> {
    match side {
        Side::Index(Index(Reading::Git(asked))) => Some(asked),
        Side::Index(Index(Reading::Scanned(_))) | Side::Empty | Side::Tree(_) => None,
    }
}

fn conflicted(side: &Side) -> &[RepoPath] {
    match side {
        Side::Index(Index(Reading::Git(asked))) => &asked.conflicted,
        Side::Index(Index(Reading::Scanned(snapshot))) => &snapshot.conflicted,
        Side::Empty | Side::Tree(_) => &[],
    }
}

fn start(side: &Side) -> Result<Start<'_>> {
    Ok(match side {
        Side::Empty => Start { root: None, index: None },
        Side::Tree(id) => Start { root: Some(Dir::Tree(Id::of(id)?)), index: None },
        Side::Index(Index(Reading::Scanned(snapshot))) => {
            Start { root: Some(snapshot.root()), index: Some(snapshot) }
        }
        Side::Index(Index(Reading::Git(_))) => {
            return Err(Failure::new("this index is read through git"));
        }
    })
}
