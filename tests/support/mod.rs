//! A repository for one test, driven by the real git and out of reach of whoever runs the test.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use proptest::prelude::ProptestConfig;

/// A temporary repository. The branch is `main`; nothing is committed yet. Bind it before its methods are chained: it is
/// removed when it goes out of scope.
pub(crate) struct Sandbox {
    /// Removed with the sandbox. It has `repo`, `home`, and `origin.git` where there is one.
    root: tempfile::TempDir,
    path: PathBuf,
}

impl Sandbox {
    pub(crate) fn new() -> Sandbox {
        Sandbox::init(&[])
    }

    /// With more arguments for `git init`: `--object-format=sha256`, `--ref-format=reftable`, `--bare`.
    pub(crate) fn init(args: &[&str]) -> Sandbox {
        let root = tempfile::tempdir().unwrap();
        let (home, path) = (root.path().join("home"), root.path().join("repo"));
        fs::create_dir(&home).unwrap();
        fs::create_dir(&path).unwrap();
        let config = "[user]\nname = Test\nemail = test@example.com\n[init]\ndefaultBranch = main\n\
                      [commit]\ngpgSign = false\n[protocol \"file\"]\nallow = always\n[advice]\ndetachedHead = false\n\
                      [core]\neditor = true\n[gc]\nauto = 0\n[maintenance]\nauto = false\n";
        fs::write(home.join(".gitconfig"), config).unwrap();
        let sandbox = Sandbox { root, path };
        sandbox.git(&[&["init", "-q"], args].concat());
        sandbox
    }

    /// The top of the worktree.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What surrounds the repository: a place for clones.
    pub(crate) fn outside(&self) -> &Path {
        self.root.path()
    }

    /// The same home, another repository: a clone, a worktree, a directory below.
    pub(crate) fn command_in(&self, directory: &Path, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        // Neither a hook nor a CI job that these tests may run in is any of their business.
        let prefixes = [
            "GIT_",
            "GITHUB_",
            "GITLAB_",
            "CI",
            "PRE_COMMIT",
            "CLICOLOR",
            "FORCE_COLOR",
            "COLUMNS",
        ];
        let theirs =
            |name: &OsStr| prefixes.iter().any(|it| name.as_bytes().starts_with(it.as_bytes()));
        for (name, _) in std::env::vars_os().filter(|(name, _)| theirs(name)) {
            command.env_remove(name);
        }
        // Hooks find the program that was just built.
        let built = Path::new(env!("CARGO_BIN_EXE_sprag")).parent().unwrap().to_owned();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(built).chain(std::env::split_paths(&path)))
            .unwrap();
        command
            .env("PATH", path)
            .current_dir(directory)
            .env("HOME", self.root.path().join("home"))
            .env("XDG_CONFIG_HOME", self.root.path().join("home/.config"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z")
            .env("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z")
            .env("LC_ALL", "C")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null());
        command
    }

    /// Writes a file of the worktree, its directories too.
    pub(crate) fn write(&self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) -> &Sandbox {
        let path = self.path.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    pub(crate) fn stage(&self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) -> &Sandbox {
        self.write(&path, text);
        let spec = path.as_ref().as_os_str();
        let output = self
            .command_in(&self.path, "git")
            .args(["--literal-pathspecs", "add", "-f", "--"])
            .arg(spec)
            .output()
            .unwrap();
        assert!(output.status.success(), "git add: {}", both(&output));
        self
    }

    /// Writes, stages and commits one file. Hooks run.
    pub(crate) fn commit(&self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) -> &Sandbox {
        let message = format!("Change {}", path.as_ref().display());
        self.stage(path, text);
        self.git(&["commit", "-q", "-m", &message]);
        self
    }

    /// Commits everything there is in the worktree.
    pub(crate) fn commit_all(&self, message: &str) -> &Sandbox {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self
    }

    /// Runs git in the repository, which has to go well.
    pub(crate) fn git(&self, args: &[&str]) -> Output {
        let output = self.try_git(args);
        assert!(output.status.success(), "git {args:?}: {}", both(&output));
        output
    }

    pub(crate) fn try_git(&self, args: &[&str]) -> Output {
        self.command_in(&self.path, "git").args(args).output().unwrap()
    }

    /// What git prints, without the line's end.
    pub(crate) fn line(&self, args: &[&str]) -> String {
        String::from_utf8_lossy(&self.git(args).stdout).trim_end().to_owned()
    }

    /// Runs a shell script in the repository: its exit code, and all that it said.
    pub(crate) fn sh(&self, script: &str) -> (i32, String) {
        let output = self.command_in(&self.path, "sh").args(["-c", script]).output().unwrap();
        (output.status.code().unwrap(), both(&output))
    }

    /// Runs a shell script that has to go well.
    pub(crate) fn run(&self, script: &str) -> String {
        let (code, said) = self.sh(&format!("set -e\n{script}"));
        assert_eq!(code, 0, "{script}\n{said}");
        said
    }

    /// Runs the program in the repository: its exit code, and all that it said.
    #[allow(dead_code, reason = "not every set of tests runs the program")]
    pub(crate) fn sprag(&self, args: &[&str]) -> (i32, String) {
        let program = env!("CARGO_BIN_EXE_sprag");
        let output = self.command_in(&self.path, program).args(args).output().unwrap();
        (output.status.code().unwrap(), both(&output))
    }

    /// A bare repository that `main` has been pushed to, and that knows it as its main branch.
    pub(crate) fn with_origin(self) -> Sandbox {
        let origin = self.root.path().join("origin.git");
        let origin = origin.to_str().unwrap();
        self.git(&["init", "-q", "--bare", origin]);
        self.git(&["remote", "add", "origin", origin]);
        self.git(&["push", "-q", "--no-verify", "-u", "origin", "main"]);
        self.git(&["remote", "set-head", "origin", "main"]);
        self
    }

    /// Makes `script` a hook of the repository.
    pub(crate) fn hook(&self, name: &str, script: &str) -> &Sandbox {
        use std::os::unix::fs::PermissionsExt;
        let directory = self.line(&["rev-parse", "--git-common-dir"]);
        let path = self.path.join(directory).join("hooks").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        self
    }
}

pub(crate) fn both(output: &Output) -> String {
    let stdout = String::from_utf8_lossy(&output.stdout);
    format!("{stdout}{}", String::from_utf8_lossy(&output.stderr))
}

/// A few seconds at most, and the same inputs every time.
pub(crate) fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(7),
        ..ProptestConfig::default()
    }
}
