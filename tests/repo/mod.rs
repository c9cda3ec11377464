//! What is read from git is what git does.

mod damaged;
mod differential;
mod history;
mod hook;
mod objects;
mod places;
mod push;
mod shapes;
mod sides;
mod staged;

use std::path::{Path, PathBuf};

use sprag::repo::{Backend, Caller, Delta, Head, Place, Repo, Side};
use sprag::source::{Mode, ObjectId, RepoPath};

use crate::support::Sandbox;

pub(crate) const BACKENDS: [Backend; 4] =
    [Backend::Auto, Backend::Guided, Backend::ScanOnly, Backend::GitOnly];

/// Two migrations, committed.
pub(crate) fn seed(args: &[&str]) -> Sandbox {
    let sandbox = Sandbox::init(args);
    sandbox.write("db/migrations/V1__a.sql", "create table a (id int primary key);\n");
    sandbox.write("db/migrations/V2__b.sql", "create table b (id int primary key);\n");
    sandbox.write("src/main.rs", "fn main() {}\n").commit_all("seed");
    sandbox
}

pub(crate) fn open(path: &Path) -> Repo {
    Repo::open_at(path, Caller::Hook).unwrap()
}

pub(crate) fn open_with(path: &Path, backend: Backend) -> Repo {
    let place = Place { directory: Some(path.to_owned()), index: None };
    Repo::open_with(place, Caller::Hook, backend).unwrap()
}

pub(crate) fn everything(_: &[u8]) -> bool {
    true
}

/// The tree of HEAD, or nothing.
pub(crate) fn before(repo: &Repo) -> Side {
    match repo.head().unwrap() {
        Head::Unborn => Side::Empty,
        Head::Commit(commit) => Side::Tree(commit.tree),
    }
}

/// One line for each delta, as `git diff --raw` has them.
pub(crate) fn rows(deltas: &[Delta]) -> Vec<String> {
    let side = |version: &Option<(Mode, ObjectId)>| match version {
        None => "000000 -".to_owned(),
        Some((mode, id)) => format!("{} {}", octal(*mode), id.0),
    };
    deltas
        .iter()
        .map(|it| format!("{} {} {}", side(&it.before), side(&it.after), it.path))
        .collect()
}

/// What git says differs, in the same form. Modes of old repositories are written as git means them.
pub(crate) fn raw(printed: &[u8]) -> Vec<String> {
    let mut fields = printed.split(|&byte| byte == 0);
    let mut rows = Vec::new();
    while let (Some(meta), Some(path)) = (fields.next(), fields.next()) {
        let meta = std::str::from_utf8(meta).unwrap().strip_prefix(':').unwrap();
        let words: Vec<&str> = meta.split(' ').collect();
        let side = |mode: &str, id: &str| match mode {
            "000000" => "000000 -".to_owned(),
            _ => format!("{} {id}", mode.replace("100664", "100644")),
        };
        let (old, new) = (side(words[0], words[2]), side(words[1], words[3]));
        if old != new && words[4] != "U" {
            rows.push((path.to_vec(), format!("{old} {new} {}", RepoPath::from(path))));
        }
    }
    rows.sort();
    rows.into_iter().map(|(_, row)| row).collect()
}

pub(crate) fn octal(mode: Mode) -> &'static str {
    match mode {
        Mode::Regular => "100644",
        Mode::Executable => "100755",
        Mode::Symlink => "120000",
        Mode::Submodule => "160000",
    }
}

/// What git says differs between two trees, original objects only.
pub(crate) fn between(sandbox: &Sandbox, at: &Path, old: &str, new: &str) -> Vec<String> {
    let args = [
        "diff-tree",
        "-r",
        "--raw",
        "-z",
        "--no-renames",
        "--no-abbrev",
        "--ignore-submodules=none",
    ];
    let output = sandbox
        .command_in(at, "git")
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        .args(args)
        .args([old, new])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    raw(&output.stdout)
}

/// What git says is staged.
pub(crate) fn staged_by_git(sandbox: &Sandbox, base: &str) -> Vec<String> {
    let output = sandbox.git(&[
        "--no-replace-objects",
        "diff-index",
        "--cached",
        "--raw",
        "-z",
        "--no-renames",
        "--no-abbrev",
        "--ita-invisible-in-index",
        "--ignore-submodules=none",
        base,
    ]);
    raw(&output.stdout)
}

pub(crate) fn program() -> PathBuf {
    std::env::current_exe().unwrap()
}
