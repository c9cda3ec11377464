//! Says whether the gate is really there.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::file;
use super::gates::{Question, gates};
use super::git::{self, Repository};
use super::install::{in_path, with_ending};
use super::manager::{MOVED, Manager, managers};
use super::shim::{FORMER, Holder, Ours, holder, quoted};
use super::{Hook, Kind, Options, VERSION};
use crate::failure::Result;
use crate::repo::{Caller, Repo};

/// Everything that was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    pub checks: Vec<Check>,
}

/// One thing that has to be right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What it is about: `git`, `hooks directory`, `pre-commit`.
    pub name: String,
    pub state: State,
    pub text: String,
    /// The command that mends it, or what to do.
    pub fix: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Ok,
    /// It cannot be told from here.
    Unknown,
    /// It works, and something should be done.
    Warn,
    /// Something is not judged.
    Fail,
}

impl Diagnosis {
    /// Whether everything that has to be judged is judged.
    pub fn healthy(&self) -> bool {
        self.checks.iter().all(|it| it.state != State::Fail)
    }
}

/// Looks at the repository as git would. `policy` is the policy that was found.
pub fn doctor(options: &Options, policy: Option<&Path>) -> Result<Diagnosis> {
    let mut checks = vec![git_version()?];
    if checks[0].state == State::Fail {
        return Ok(Diagnosis { checks });
    }
    let repository = Repository::open(options.repository.as_deref())?;
    checks.push(format(&repository));
    checks.push(directory(&repository));
    let patient = Patient {
        managers: managers(&repository),
        path: in_path(options.path.as_deref()),
        options,
        repository,
    };
    let hooks = if patient.serves() { &Hook::SERVER[..] } else { &Hook::LOCAL };
    checks.extend(hooks.iter().map(|&hook| patient.hook(hook)).collect::<Result<Vec<_>>>()?);
    checks.push(patient.in_path());
    checks.push(match policy {
        Some(path) => ok("policy", format!("`{}`", patient.shown(path))),
        None => warn("policy", "there is none: the built-in one is used", "sprag init"),
    });
    let of_hooks = |it: &&Check| Hook::ALL.iter().any(|hook| hook.name() == it.name);
    let question = Question {
        serves: patient.serves(),
        hooked: checks.iter().filter(of_hooks).all(|it| it.state != State::Fail),
        ask_forge: options.ask_forge,
    };
    let repo = Repo::open_at(&patient.repository.root, Caller::Command)?;
    checks.extend(gates(&repo, &question));
    Ok(Diagnosis { checks })
}

pub(super) const INSTALL: &str = "sprag install";

/// `git config --show-scope` is of this version.
const OLDEST_GIT: (u32, u32, u32) = (2, 26, 0);

fn git_version() -> Result<Check> {
    let version @ (major, minor, patch) = git::version()?;
    let text = format!("version {major}.{minor}.{patch}");
    Ok(if version < OLDEST_GIT {
        fail("git", format!("{text} is too old: 2.26 is needed"), "install a newer git")
    } else {
        ok("git", text)
    })
}

fn format(repository: &Repository) -> Check {
    let named = |format: &str, usual: &str| {
        if format.is_empty() { usual.to_owned() } else { format.to_owned() }
    };
    let objects = named(&repository.object_format, "sha1");
    let refs = named(&repository.ref_format, "files");
    let how =
        if objects == "sha1" && refs == "files" { "" } else { ", read through the `git` program" };
    ok("repository", format!("{objects} objects, refs in {refs}{how}"))
}

fn directory(repository: &Repository) -> Check {
    let name = "hooks directory";
    let shown = repository.shown(&repository.hooks).display().to_string();
    match &repository.hooks_path {
        Some(it) if !it.is_local() => warn(
            name,
            format!(
                "`core.hooksPath` ({}) sends git to `{}`, outside this repository",
                it.scope, it.value
            ),
            format!("git config --{} --unset-all core.hooksPath", it.scope),
        ),
        Some(it) if !repository.hooks.is_dir() => {
            let fix = if it.value.contains(".husky/_") { "npx husky" } else { INSTALL };
            fail(
                name,
                format!(
                    "`core.hooksPath` is `{}`, which is no directory: git runs no hooks at all",
                    it.value
                ),
                fix,
            )
        }
        Some(it) => ok(name, format!("`{shown}`, by `core.hooksPath` ({})", it.scope)),
        None if !repository.hooks.is_dir() => {
            fail(name, format!("`{shown}` does not exist"), INSTALL)
        }
        None => ok(name, format!("`{shown}`")),
    }
}

struct Patient<'options> {
    options: &'options Options,
    repository: Repository,
    managers: Vec<Manager>,
    /// `sprag` as a command line finds it.
    path: Option<PathBuf>,
}

impl Patient<'_> {
    fn serves(&self) -> bool {
        self.repository.bare || self.options.kind == Kind::Server
    }

    fn shown(&self, path: &Path) -> String {
        self.repository.shown(path).display().to_string()
    }

    fn hook(&self, hook: Hook) -> Result<Check> {
        let name = hook.name();
        let mut path = self.repository.hooks.join(name);
        // A hook for all repositories may hand over to this one's.
        let hands_over = |it: &Path| matches!(file::text(it), Ok(Some(text)) if text.contains("--git-common-dir"));
        if self.repository.hooks_path.as_ref().is_some_and(|it| !it.is_local()) && hands_over(&path)
        {
            if !file::is_executable(&path) {
                return Ok(fail(
                    name,
                    format!("`{}` is not executable", self.shown(&path)),
                    chmod(&path),
                ));
            }
            path = self.repository.own_hooks.join(name);
        }
        let shown = self.shown(&path);
        let holder = holder(&path, hook);
        if holder == Holder::Nobody {
            return Ok(fail(
                name,
                format!("`{shown}` is not there: nothing is judged"),
                self.fix(),
            ));
        }
        if !file::is_executable(&path) {
            return Ok(fail(
                name,
                format!("`{shown}` is not executable: git ignores it"),
                chmod(&path),
            ));
        }
        let managed = self
            .managers
            .iter()
            .find(|it| it.holds(&holder) || it.has_every_hook(&self.repository));
        if let Some(manager) = managed {
            let file = self.shown(&manager.file(hook));
            return Ok(if manager.runs(hook)? {
                ok(name, format!("{} runs it, by `{file}`", manager.name()))
            } else if manager.runs_what_was_there(&path, hook) {
                let text = format!(
                    "{} runs it as a hook that was there before, not by `{file}`",
                    manager.name()
                );
                warn(name, text, INSTALL)
            } else {
                fail(
                    name,
                    format!("{} does not run it: `{file}` does not name it", manager.name()),
                    INSTALL,
                )
            });
        }
        Ok(match holder {
            Holder::Sprag(ours) => self.ours(hook, &shown, &ours),
            Holder::Nobody
            | Holder::PreCommit
            | Holder::Prek
            | Holder::Lefthook
            | Holder::Other => self.theirs(hook, &path, &shown),
        })
    }

    fn ours(&self, hook: Hook, shown: &str, ours: &Ours) -> Check {
        let name = hook.name();
        let missing = ours.binary.as_deref().filter(|it| !file::is_executable(it));
        if self.path.is_none() && (missing.is_some() || ours.binary.is_none()) {
            let what =
                missing.map_or("`sprag` in PATH".to_owned(), |it| format!("`{}`", it.display()));
            return fail(
                name,
                format!("`{shown}` looks for {what}, which is not there: it refuses everything"),
                INSTALL,
            );
        }
        if let Some(missing) = missing {
            return warn(
                name,
                format!("`{shown}` names `{}`, which is gone; PATH has another", missing.display()),
                INSTALL,
            );
        }
        if ours.version != VERSION {
            return warn(
                name,
                format!("`{shown}` is of version {}, not {VERSION}", ours.version),
                INSTALL,
            );
        }
        if ours.edited {
            return warn(name, format!("`{shown}` has been edited"), INSTALL);
        }
        match &ours.binary {
            Some(other) if *other != self.options.binary => {
                warn(name, format!("`{shown}` runs another copy: `{}`", other.display()), INSTALL)
            }
            _ => ok(name, format!("`{shown}`")),
        }
    }

    fn theirs(&self, hook: Hook, path: &Path, shown: &str) -> Check {
        let name = hook.name();
        let by_hand = format!("sprag hook {hook}");
        if matches!(file::text(path), Ok(Some(text)) if super::block::mentions(&text, &by_hand)) {
            return ok(name, format!("`{shown}` runs it, by hand"));
        }
        let replaced = file::exists(&with_ending(path, FORMER))
            || MOVED
                .iter()
                .any(|it| matches!(holder(&with_ending(path, it), hook), Holder::Sprag(_)));
        let text = if replaced {
            "another hook has taken the place of sprag's"
        } else {
            "the hook there is not sprag's"
        };
        fail(name, format!("`{shown}`: {text}, nothing is judged"), self.fix())
    }

    /// With the directory outside the repository, an install alone is refused.
    fn fix(&self) -> String {
        match &self.repository.hooks_path {
            Some(it) if !it.is_local() => {
                "sprag install, which says what the choices are".to_owned()
            }
            _ => INSTALL.to_owned(),
        }
    }

    fn in_path(&self) -> Check {
        let binary = quoted(&self.options.binary);
        let fix = format!("ln -s {binary} ~/.local/bin/sprag, and have that directory in PATH");
        match &self.path {
            Some(path) => ok("PATH", format!("`sprag` is `{}`", path.display())),
            None if self.repository.tracked || !self.managers.is_empty() => fail(
                "PATH",
                "has no `sprag`, and hooks that are shared with others look for it there",
                fix,
            ),
            None => warn("PATH", "has no `sprag`: the hooks here do not need it, people do", fix),
        }
    }
}

fn chmod(path: &Path) -> String {
    format!("chmod +x {}", quoted(path))
}

pub(super) fn check(name: &str, state: State, text: impl Into<String>) -> Check {
    Check { name: name.to_owned(), state, text: text.into(), fix: None }
}

pub(super) fn ok(name: &str, text: impl Into<String>) -> Check {
    check(name, State::Ok, text)
}

pub(super) fn warn(name: &str, text: impl Into<String>, fix: impl Into<String>) -> Check {
    Check { name: name.to_owned(), state: State::Warn, text: text.into(), fix: Some(fix.into()) }
}

fn fail(name: &str, text: impl Into<String>, fix: impl Into<String>) -> Check {
    Check { name: name.to_owned(), state: State::Fail, text: text.into(), fix: Some(fix.into()) }
}
