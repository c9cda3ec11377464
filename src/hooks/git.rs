//! Asks git where things are.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Hook, file};
use crate::failure::{Context, Failure, Result};

/// What `git rev-parse --local-env-vars` lists: with these set, git answers for another repository than the one asked about.
const LOCAL_VARIABLES: [&str; 15] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
    "GIT_OBJECT_DIRECTORY",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_COMMON_DIR",
];

/// The places of one repository that hooks care about.
#[derive(Debug)]
pub(super) struct Repository {
    /// Where git runs hooks: the top of the working tree, or the repository itself when it is bare.
    pub root: PathBuf,
    pub bare: bool,
    /// The directory of the repository's own hooks, whatever `core.hooksPath` says.
    pub own_hooks: PathBuf,
    /// Where git looks now.
    pub hooks: PathBuf,
    /// `core.hooksPath`, when it is set.
    pub hooks_path: Option<HooksPath>,
    /// Whether the directory is in the working tree and not ignored, so that others get its files too.
    pub tracked: bool,
    pub sharing: Sharing,
    pub object_format: String,
    pub ref_format: String,
}

#[derive(Debug)]
pub(super) struct HooksPath {
    pub value: String,
    /// `system`, `global`, `local`, `worktree` or `command`.
    pub scope: String,
}

impl HooksPath {
    /// Whether the setting is this repository's own.
    pub(super) fn is_local(&self) -> bool {
        self.scope == "local" || self.scope == "worktree"
    }
}

/// `core.sharedRepository`: who else must be able to read and write here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sharing {
    Umask,
    /// Permissions that are added.
    Plus(u32),
    /// Permissions that replace all others.
    Exactly(u32),
}

impl Sharing {
    fn read(value: &str) -> Sharing {
        match value.trim() {
            "group" | "true" | "yes" | "on" | "1" => Sharing::Plus(0o660),
            "all" | "world" | "everybody" | "2" => Sharing::Plus(0o664),
            other => match u32::from_str_radix(other, 8) {
                Ok(mode) if mode & 0o600 == 0o600 => Sharing::Exactly(mode & 0o666),
                _ => Sharing::Umask,
            },
        }
    }

    /// The permissions that git would give a file made with `mode`.
    pub(super) fn adjust(self, mode: u32) -> u32 {
        let with_execution =
            |bits: u32| if mode & 0o100 == 0 { bits } else { bits | (bits & 0o444) >> 2 };
        match self {
            Sharing::Umask => mode,
            Sharing::Plus(bits) => mode | with_execution(bits),
            Sharing::Exactly(bits) => (mode & !0o777) | with_execution(bits),
        }
    }
}

impl Repository {
    pub(super) fn open(directory: Option<&Path>) -> Result<Repository> {
        let here = Git { directory: directory.map(Path::to_path_buf), scrub: directory.is_some() };
        let bare = here.read(&["rev-parse", "--is-bare-repository"])? == "true";
        let root = if bare { "--absolute-git-dir" } else { "--show-toplevel" };
        let root = here.path(&["rev-parse", root])?;
        if root.as_os_str().is_empty() {
            return Err(Failure::new("this is inside `.git`, not in a working tree")
                .help("go to the top of the repository and run it again"));
        }
        // From the root, because a relative `core.hooksPath` is relative to it.
        let git = Git { directory: Some(root.clone()), scrub: here.scrub };
        let common = root.join(git.path(&["rev-parse", "--git-common-dir"])?);
        let hooks = root.join(git.path(&["rev-parse", "--git-path", "hooks"])?);
        let hooks_path =
            git.optional(&["config", "--show-scope", "--get", "core.hooksPath"])?.map(|line| {
                let (scope, value) = line.split_once('\t').unwrap_or(("local", &line));
                HooksPath { value: value.to_owned(), scope: scope.to_owned() }
            });
        let private = bare || is_under(&hooks, &common) || !is_under(&hooks, &root);
        let ignored = |path: &Path| {
            let answer = git.run(&["check-ignore", "-q", "--", &path.to_string_lossy()])?;
            Ok::<_, Failure>(answer.code == Some(0))
        };
        let tracked = !private && !ignored(&real(&hooks).join(Hook::PreCommit.name()))?;
        let setting =
            |key| Ok::<_, Failure>(git.optional(&["config", "--get", key])?.unwrap_or_default());
        Ok(Repository {
            bare,
            own_hooks: common.join("hooks"),
            sharing: Sharing::read(&setting("core.sharedRepository")?),
            object_format: setting("extensions.objectFormat")?,
            ref_format: setting("extensions.refStorage")?,
            hooks,
            hooks_path,
            tracked,
            root,
        })
    }

    /// A path as people would write it here.
    pub(super) fn shown(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.root).map_or_else(|_| path.to_path_buf(), Path::to_path_buf)
    }
}

/// `git version`, as three numbers.
pub(super) fn version() -> Result<(u32, u32, u32)> {
    let text = Git { directory: None, scrub: true }.read(&["version"])?;
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter_map(|it| it.parse().ok());
    let mut next = || numbers.next().unwrap_or(0);
    Ok((next(), next(), next()))
}

/// Whether `path` lies in `directory`, both taken as they really are.
fn is_under(path: &Path, directory: &Path) -> bool {
    real(path).starts_with(real(directory))
}

/// The path with its symbolic links followed, as far as it exists.
fn real(path: &Path) -> PathBuf {
    path.ancestors()
        .find_map(|known| Some(known.canonicalize().ok()?.join(path.strip_prefix(known).ok()?)))
        .unwrap_or_else(|| path.to_path_buf())
}

struct Git {
    directory: Option<PathBuf>,
    scrub: bool,
}

impl Git {
    fn read(&self, args: &[&str]) -> Result<String> {
        self.bytes(args).map(|out| String::from_utf8_lossy(&out).into_owned())
    }

    fn bytes(&self, args: &[&str]) -> Result<Vec<u8>> {
        let Answer { code, out, err } = self.run(args)?;
        if code == Some(0) {
            return Ok(out);
        }
        let err = err.trim().trim_start_matches("fatal: ").to_owned();
        Err(Failure::new(format!("git could not say where the hooks are: {err}")))
    }

    fn path(&self, args: &[&str]) -> Result<PathBuf> {
        self.bytes(args).map(|out| file::path_of(&out))
    }

    /// Nothing when git says no by exit code 1.
    fn optional(&self, args: &[&str]) -> Result<Option<String>> {
        let Answer { code, out, err } = self.run(args)?;
        match code {
            Some(0) => Ok(Some(String::from_utf8_lossy(&out).into_owned())),
            Some(1) => Ok(None),
            _ => Err(Failure::new(format!("`git {}` failed: {}", args.join(" "), err.trim()))),
        }
    }

    fn run(&self, args: &[&str]) -> Result<Answer> {
        let mut command = Command::new("git");
        command.args(args);
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        if self.scrub {
            for variable in LOCAL_VARIABLES {
                command.env_remove(variable);
            }
        }
        let output = command.output().context("run `git`")?;
        let mut out = output.stdout;
        out.pop_if(|last| *last == b'\n');
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        Ok(Answer { code: output.status.code(), out, err })
    }
}

struct Answer {
    code: Option<i32>,
    out: Vec<u8>,
    err: String,
}
