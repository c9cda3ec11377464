//! The `git` program, for what only it knows.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::failure::{Context, Failure, Result};
use crate::source::ObjectId;

use super::id::Id;

/// Variables that name a repository or change what is in it: `git rev-parse --local-env-vars`.
const LOCAL: [&str; 16] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
    "GIT_OBJECT_DIRECTORY",
    "GIT_QUARANTINE_PATH",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_INTERNAL_SUPER_PREFIX",
];

/// Which repository is meant.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// Where to look for it. Nowhere: the working directory and git's environment say it, as they do in a hook.
    pub directory: Option<PathBuf>,
    /// The index to read instead of the one that the repository or the environment names.
    pub index: Option<PathBuf>,
}

/// Starts `git` for one repository, always with the same environment.
#[derive(Clone, Debug)]
pub(super) struct Git {
    place: Place,
}

impl Git {
    pub(super) fn new(place: Place) -> Git {
        Git { place }
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// A child that sees the objects as they are, takes no lock and asks nobody. It never changes its directory, since
    /// `GIT_DIR` and `GIT_INDEX_FILE` may be relative to the one that git gave the hook.
    pub(super) fn command<S: AsRef<OsStr>>(&self, args: &[S]) -> Command {
        let mut command = Command::new("git");
        if let Some(directory) = &self.place.directory {
            for name in LOCAL {
                command.env_remove(name);
            }
            command.arg("-C").arg(directory);
        }
        if let Some(index) = &self.place.index {
            command.env("GIT_INDEX_FILE", index);
        }
        command
            .args(args)
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_GRAFT_FILE", "/nonexistent")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs it to its end, whatever that is.
    pub(super) fn output(&self, args: &[&str]) -> Result<Output> {
        self.command(args).output().map_err(|error| not_started(&error))
    }

    /// Runs it with `input`, to its end.
    pub(super) fn output_of(&self, args: &[&str], input: &[u8]) -> Result<Output> {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .spawn()
            .map_err(|error| not_started(&error))?;
        let stdin = child.stdin.take();
        std::thread::scope(|scope| {
            // A child that does not read to the end says why with its exit code.
            scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(input)));
            child.wait_with_output().context(format!("run `git {}`", name(args)))
        })
    }

    /// What it prints. An exit code other than zero is an error, told in git's words.
    pub(super) fn run(&self, args: &[&str]) -> Result<Vec<u8>> {
        let output = self.output(args)?;
        if output.status.success() { Ok(output.stdout) } else { Err(refused(args, &output)) }
    }

    /// The one object id that it prints.
    pub(super) fn id(&self, args: &[&str]) -> Result<Id> {
        one_id(args, &self.run(args)?)
    }

    /// The one object id that it prints, or nothing when it exits with 1 and says nothing: git's "there is none".
    pub(super) fn maybe_id(&self, args: &[&str]) -> Result<Option<Id>> {
        let output = self.output(args)?;
        match output.status.code() {
            Some(0) => one_id(args, &output.stdout).map(Some),
            Some(1) if output.stdout.is_empty() => Ok(None),
            _ => Err(refused(args, &output)),
        }
    }

    /// The one line that it prints, without the line's end; nothing when it exits with 1.
    pub(super) fn maybe_line(&self, args: &[&str]) -> Result<Option<Vec<u8>>> {
        let output = self.output(args)?;
        match output.status.code() {
            Some(0) if output.stdout.is_empty() => Err(silent(args)),
            Some(0) => Ok(Some(without_end(output.stdout))),
            Some(1) => Ok(None),
            _ => Err(refused(args, &output)),
        }
    }

    pub(super) fn line(&self, args: &[&str]) -> Result<Vec<u8>> {
        let line = without_end(self.run(args)?);
        if line.is_empty() { Err(silent(args)) } else { Ok(line) }
    }
}

fn one_id(args: &[&str], printed: &[u8]) -> Result<Id> {
    let line = std::str::from_utf8(printed).unwrap_or_default().lines().next().unwrap_or_default();
    Id::from_hex(line).ok_or_else(|| silent(args))
}

fn without_end(mut printed: Vec<u8>) -> Vec<u8> {
    if printed.last() == Some(&b'\n') {
        printed.pop();
    }
    printed
}

fn name<'a>(args: &[&'a str]) -> &'a str {
    args.iter().find(|it| !it.starts_with('-') && !it.contains('=')).copied().unwrap_or_default()
}

pub(super) fn not_started(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::NotFound {
        return Failure::new("could not run `git`: there is no such program on PATH")
            .help("install git, or add the directory that it is in to PATH");
    }
    Failure::new(format!("could not run `git`: {error}"))
}

/// git ended well and said nothing where it always says something: whatever ran was not git.
fn silent(args: &[&str]) -> Failure {
    Failure::new(format!("`git {}` ended well, but did not say what it was asked for", name(args)))
        .help("check that the `git` found first on PATH is git: `command -v git && git --version`")
}

/// git's own words, with its advice as help.
pub(super) fn refused(args: &[&str], output: &Output) -> Failure {
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim();
    if said.is_empty() {
        return Failure::new(format!("`git {}` failed: {}", name(args), output.status));
    }
    if said.contains("not a git repository") {
        return Failure::new("there is no git repository here")
            .help("run this inside a git repository, or make one: `git init`");
    }
    let (advice, message): (Vec<&str>, Vec<&str>) = said
        .lines()
        .map(str::trim)
        .filter(|it| !it.is_empty())
        .partition(|it| it.starts_with("git ") || it.starts_with("hint:"));
    let message: Vec<&str> = message
        .into_iter()
        .filter(|it| !it.starts_with("To add an exception"))
        .map(|it| it.trim_start_matches("fatal: ").trim_start_matches("error: "))
        .collect();
    let failure = Failure::new(format!("`git {}` failed: {}", name(args), message.join("; ")));
    advice.into_iter().fold(failure, |failure, it| match it.strip_prefix("hint:") {
        Some(hint) => failure.help(hint.trim()),
        None if !it.contains("safe.directory") => failure.help(format!("run `{it}`")),
        None => failure.help(format!("if you trust its owner, run `{it}`")),
    })
}

/// A path that git printed.
pub(super) fn path(bytes: Vec<u8>) -> PathBuf {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt;
        std::ffi::OsString::from_vec(bytes).into()
    }
    // git prints UTF-8 where paths are not bytes.
    #[cfg(not(unix))]
    {
        String::from_utf8_lossy(&bytes).into_owned().into()
    }
}

/// Where a path of git's is, seen from the working directory of this process.
pub(super) fn resolve(place: &Place, path: &Path) -> PathBuf {
    match &place.directory {
        Some(directory) => directory.join(path),
        None => path.to_owned(),
    }
}

impl From<Id> for ObjectId {
    fn from(id: Id) -> ObjectId {
        id.object_id()
    }
}
