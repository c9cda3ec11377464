//! Hooks in real repositories, run by real git.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use sprag::hooks::{Options, Report, install, uninstall};
use tempfile::TempDir;

mod doctoring;

mod install_sh;

mod installing;

mod managers;

mod outside;

mod shims;

/// A repository, a remote, and a program named `sprag` that notes what it was asked and answers as told.
struct Scene {
    _directory: TempDir,
    root: PathBuf,
    sprag: PathBuf,
}

const FAKE: &str = r#"#!/bin/sh
here=$(dirname "$0")
printf 'sprag %s\n' "$*" >>"$here/log"
case $2 in pre-push | pre-receive) sed 's/^/  /' >>"$here/log" ;; esac
[ ! -f "$here/refuses" ] || { echo 'sprag: refused' >&2; exit 1; }
"#;

impl Scene {
    fn new() -> Scene {
        Scene::named("repository", "tools")
    }

    /// With names of one's choice for the repository and for the directory of the program.
    fn named(repository: &str, tools: &str) -> Scene {
        let directory = TempDir::with_prefix("sprag-hooks-").unwrap();
        let base = directory.path().canonicalize().unwrap();
        let (root, tools) = (base.join(repository), base.join(tools));
        fs::create_dir_all(&root).unwrap();
        fs::create_dir_all(&tools).unwrap();
        let scene = Scene { _directory: directory, root, sprag: tools.join("sprag") };
        executable(&scene.sprag, FAKE);
        scene.git(&["init", "-q", "-b", "main"]);
        scene.git(&["init", "-q", "--bare", "../origin.git"]);
        scene.git(&["remote", "add", "origin", "../origin.git"]);
        scene
    }

    fn options(&self) -> Options {
        Options {
            repository: Some(self.root.clone()),
            binary: self.sprag.clone(),
            ..Options::default()
        }
    }

    fn install(&self) -> Report {
        install(&self.options()).unwrap()
    }

    fn uninstall(&self) -> Report {
        uninstall(&self.options()).unwrap()
    }

    fn write(&self, path: &str, content: &str) -> PathBuf {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap()
    }

    fn has(&self, path: &str) -> bool {
        self.root.join(path).symlink_metadata().is_ok()
    }

    fn hook(&self, name: &str, content: &str) -> PathBuf {
        let path = self.root.join(".git/hooks").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        executable(&path, content);
        path
    }

    /// What the program was asked so far.
    fn log(&self) -> String {
        let log = self.sprag.with_file_name("log");
        let text = fs::read_to_string(&log).unwrap_or_default();
        let _ = fs::remove_file(log);
        text
    }

    fn refuse(&self) {
        fs::write(self.sprag.with_file_name("refuses"), "").unwrap();
    }

    fn run_git(&self, args: &[&str]) -> Output {
        git(&self.root, args, "/usr/local/bin:/usr/bin:/bin")
    }

    /// git, which must succeed.
    fn git(&self, args: &[&str]) -> String {
        let output = self.run_git(args);
        assert!(output.status.success(), "git {args:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// Commits something new; whether git did it, and what it said.
    fn commit(&self) -> (bool, String) {
        let output = self.unhindered(&["commit", "-q", "--allow-empty", "-m", "x"]);
        (output.status.success(), text(&output.stderr) + &text(&output.stdout))
    }

    fn push(&self) -> (bool, String) {
        let output = self.unhindered(&["push", "-q", "origin", "HEAD:main"]);
        (output.status.success(), text(&output.stderr))
    }

    /// Runs git, again where a script that was just written could not be run: for the moment between `fork` and `exec`,
    /// a process that another test starts holds what this one has open for writing (execve(2), `ETXTBSY`).
    fn unhindered(&self, args: &[&str]) -> Output {
        for _ in 0..100 {
            let output = self.run_git(args);
            if !text(&output.stderr).contains("Text file busy") {
                return output;
            }
            self.log();
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        self.run_git(args)
    }
}

fn git(directory: &Path, args: &[&str], path: &str) -> Output {
    Command::new("git")
        .args(args)
        .current_dir(directory)
        .env("PATH", path)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", "A")
        .env("GIT_AUTHOR_EMAIL", "a@example.com")
        .env("GIT_COMMITTER_NAME", "A")
        .env("GIT_COMMITTER_EMAIL", "a@example.com")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn executable(path: &Path, content: &str) {
    fs::write(path, content).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Every file below a directory with what it says, to tell whether anything has changed.
fn snapshot(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.is_symlink() {
            files.extend(snapshot(&path));
        } else {
            let content = fs::read(&path).unwrap_or_default();
            files.push((path, content));
        }
    }
    files.sort();
    files
}
