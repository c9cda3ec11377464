//! `sprag check`: a change, or files.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::arguments::Check;
use super::output::Output;
use super::{now, today};
use crate::failure::{Context, Failure, Result};
use crate::gate::{self, Base, Change};
use crate::repo::{Caller, Head, Repo, Side};
use crate::report::Action;
use crate::source::{Content, File, Mode, ObjectId, RepoPath};

pub(super) fn run(it: &Check, output: &Output) -> Result<u8> {
    if !it.paths.is_empty() {
        return files(&it.paths, it.verbose, output);
    }
    let repo = Repo::open(Caller::Command)?;
    let (judged, against) = if let Some(range) = &it.range {
        let (base, after) = sides(&repo, range)?;
        (gate::change(&base.to(&repo, after), now()), range.clone())
    } else if it.base.is_some() || it.rev.is_some() {
        let (change, against) = asked(&repo, it.base.as_deref(), it.rev.as_deref())?;
        (gate::change(&change, now()), against)
    } else {
        (gate::staged(&repo, &[], now()), "HEAD".to_owned())
    };
    Ok(output.verdict(judged, &Action::Change { against }, it.verbose))
}

/// What was committed since a revision, what one commit did, or what is about to be committed; and what it is compared
/// with.
pub(super) fn asked<'r>(
    repo: &'r Repo,
    base: Option<&str>,
    rev: Option<&str>,
) -> Result<(Change<'r>, String)> {
    if let Some(base) = base {
        let (commit, head) = (repo.commit(base)?, repo.commit("HEAD")?);
        let since = gate::since(repo, &commit, &head)?;
        return Ok((since.to(repo, Side::Tree(head.tree)), base.to_owned()));
    }
    let Some(rev) = rev else {
        return Ok((gate::to_be_committed(repo)?, "HEAD".to_owned()));
    };
    let (base, after) = of_one(repo, rev)?;
    Ok((base.to(repo, after), format!("{rev}^")))
}

/// What one commit did to its first parent.
fn of_one(repo: &Repo, rev: &str) -> Result<(Base, Side)> {
    let commit = repo.commit(rev)?;
    let base = match repo.parents(&commit)?.first() {
        Some(parent) => Base::between(&repo.commit(&parent.0)?, &commit),
        None => Base::only(Side::Empty),
    };
    Ok((base, Side::Tree(commit.tree)))
}

fn sides(repo: &Repo, range: &str) -> Result<(Base, Side)> {
    let or_head = |it: &str| if it.is_empty() { "HEAD".to_owned() } else { it.to_owned() };
    if let Some((from, to)) = range.split_once("...") {
        let (from, to) = (repo.commit(&or_head(from))?, repo.commit(&or_head(to))?);
        return Ok((gate::since(repo, &from, &to)?, Side::Tree(to.tree)));
    }
    let Some((from, to)) = range.split_once("..") else {
        return Err(Failure::new(format!("`{range}` is no range"))
            .help("write `A..B`: from A to B; or `--rev REV` for one commit"));
    };
    let (from, to) = (repo.commit(&or_head(from))?, repo.commit(&or_head(to))?);
    Ok((Base::between(&from, &to), Side::Tree(to.tree)))
}

fn files(paths: &[PathBuf], verbose: bool, output: &Output) -> Result<u8> {
    // Files can be judged outside of any repository, then on top of nothing.
    let repo = Repo::open(Caller::Command).ok();
    let side = match &repo {
        Some(repo) => match repo.head()? {
            Head::Commit(commit) => Side::Tree(commit.tree),
            Head::Unborn => Side::Empty,
        },
        None => Side::Empty,
    };
    let top = repo.as_ref().and_then(|it| it.worktree().ok());
    let files: Vec<File> =
        paths.iter().map(|path| file(path, top.as_deref())).collect::<Result<_>>()?;
    let judged = gate::files(repo.as_ref().map(|it| (it, &side)), &files, today());
    Ok(output.verdict(judged, &Action::Files, verbose))
}

fn file(path: &Path, top: Option<&Path>) -> Result<File> {
    let (name, bytes) = if path == Path::new("-") {
        let mut bytes = Vec::new();
        let most = u64::try_from(gate::SQL_LIMIT).unwrap_or(u64::MAX).saturating_add(1);
        std::io::stdin().take(most).read_to_end(&mut bytes).context("read standard input")?;
        (RepoPath::from("(standard input)"), bytes)
    } else {
        let bytes = std::fs::read(path).context(format!("read `{}`", path.display()))?;
        (named(path, top), bytes)
    };
    let limit =
        if crate::parse::command::is_read(&name) { gate::COMMAND_LIMIT } else { gate::SQL_LIMIT };
    Ok(File {
        path: name,
        mode: Mode::Regular,
        id: ObjectId(String::new()),
        content: Content::from_bytes(bytes, limit),
    })
}

/// The path as the repository has it, where the file is in it.
pub(super) fn named(path: &Path, top: Option<&Path>) -> RepoPath {
    use std::os::unix::ffi::OsStrExt as _;
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let top = top.and_then(|it| std::fs::canonicalize(it).ok());
    let inside = top.and_then(|top| real.strip_prefix(top).ok().map(Path::to_owned));
    RepoPath::from(inside.as_deref().unwrap_or(path).as_os_str().as_bytes())
}
