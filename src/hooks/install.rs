//! Puts the hooks in place.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::file::{self, Action, Plan, Run};
use super::git::{HooksPath, Repository};
use super::manager::managers;
use super::shim::{FORMER, Holder, Ours, holder, quoted};
use super::uninstall::take_away_moved;
use super::{Hook, Kind, Options, Report, VERSION};
use crate::failure::{Failure, Result};

/// Puts the hooks where git will run them. A second call finds nothing to do; one after a kill mends what is half done.
pub fn install(options: &Options) -> Result<Report> {
    if options.ci && !options.force {
        let note = "this is a CI job: hooks have no use here and none were installed; `--force` installs them";
        return Ok(Report { notes: vec![note.to_owned()], ..Report::default() });
    }
    let repository = Repository::open(options.repository.as_deref())?;
    let mut plan = Plan::default();
    let directory = directory(&repository, options.force, &mut plan)?;
    if repository.bare || options.kind == Kind::Server {
        place(&Hook::SERVER, &directory, &repository, options, &mut plan)?;
    } else {
        place_local(&directory, &repository, options, &mut plan)?;
    }
    if !options.dry_run {
        file::sweep(&directory);
        for manager in managers(&repository) {
            file::sweep(manager.file(Hook::PreCommit).parent().unwrap_or(&repository.root));
        }
    }
    plan.apply(options.dry_run, repository.sharing, |path| repository.shown(path))
}

/// A manager that has no place for more than one command, and keeps nothing.
const SIMPLE: &str = "simple-git-hooks";

fn place_local(
    directory: &Path,
    repository: &Repository,
    options: &Options,
    plan: &mut Plan,
) -> Result<()> {
    let managers = managers(repository);
    for manager in &managers {
        manager.join(plan, repository)?;
    }
    // A manager that has been told needs no second way to us. Only a push is better seen twice: from where it was
    // moved to, our hook still sees every ref.
    for hook in [Hook::PreCommit, Hook::PreMergeCommit] {
        let path = directory.join(hook.name());
        if managers.iter().any(|it| it.runs_what_was_there(&path, hook)) {
            take_away_moved(&path, hook, plan);
        }
    }
    let everywhere = managers.iter().any(|it| it.has_every_hook(repository));
    let free = |hook: &Hook| {
        let holder = holder(&directory.join(hook.name()), *hook);
        !everywhere && !managers.iter().any(|it| it.holds(&holder))
    };
    let hooks = Hook::LOCAL.into_iter().filter(free).collect::<Vec<_>>();
    place(&hooks, directory, repository, options, plan)?;
    if file::text(&repository.root.join("package.json"))
        .is_ok_and(|it| it.is_some_and(|it| it.contains(SIMPLE)))
    {
        plan.notes.push(format!(
            "{SIMPLE} writes its hooks over these whenever it runs: have it run `sprag hook pre-commit` \
             and `sprag hook pre-push` as well, and `sprag install` after it"
        ));
    }
    let by_path = repository.tracked || !managers.is_empty();
    if by_path && in_path(options.path.as_deref()).is_none() {
        plan.notes.push(format!(
            "files that others share cannot name your copy of sprag, and `sprag` is not in PATH: \
             put it there, or hooks refuse everything: ln -s {} ~/.local/bin/sprag",
            quoted(&options.binary)
        ));
    }
    Ok(())
}

/// Where the hooks go, unless that is not this repository's to decide.
fn directory(repository: &Repository, force: bool, plan: &mut Plan) -> Result<PathBuf> {
    let Some(hooks_path) = &repository.hooks_path else { return Ok(repository.hooks.clone()) };
    if hooks_path.is_local() {
        return own_directory(hooks_path, repository);
    }
    if !force {
        return Err(refusal(hooks_path, repository));
    }
    plan.notes.push(format!(
        "git does not run these hooks yet: `core.hooksPath` ({}) sends it to `{}`; {}",
        hooks_path.scope,
        hooks_path.value,
        call_from(hooks_path)
    ));
    Ok(repository.own_hooks.clone())
}

/// `core.hooksPath` of this repository, when hooks can be there: `/dev/null` is how they are turned off.
fn own_directory(hooks_path: &HooksPath, repository: &Repository) -> Result<PathBuf> {
    let HooksPath { value, scope } = hooks_path;
    if value.is_empty() || (repository.hooks.exists() && !repository.hooks.is_dir()) {
        let message =
            format!("`core.hooksPath` is `{value}`, which is no directory: git runs no hooks here");
        return Err(Failure::new(message).help(format!(
            "take the setting away:\n  git config --{scope} --unset-all core.hooksPath\n  sprag install"
        )));
    }
    Ok(repository.hooks.clone())
}

fn refusal(hooks_path: &HooksPath, repository: &Repository) -> Failure {
    let HooksPath { value, scope } = hooks_path;
    let own = quoted(&repository.own_hooks);
    Failure::new("no hooks were installed: `core.hooksPath` is set outside this repository")
        .help(format!(
            "git runs the hooks in `{value}` ({scope} setting) and none of this repository; \
             that directory serves other repositories too, so it is left alone"
        ))
        .help(format!("to take the setting away:\n  git config --{scope} --unset-all core.hooksPath\n  sprag install"))
        .help(format!(
            "to give this repository its own hooks, so that those in `{value}` no longer run here:\n  \
             git config --local core.hooksPath {own}\n  sprag install"
        ))
        .help(format!("to keep both:\n  sprag install --force\n  then {}", call_from(hooks_path)))
}

fn call_from(hooks_path: &HooksPath) -> String {
    format!(
        "let the hooks in `{}` end with the lines\n  hook=$(git rev-parse --git-common-dir)/hooks/$(basename \"$0\")\n  \
         [ ! -x \"$hook\" ] || exec \"$hook\" \"$@\"",
        hooks_path.value
    )
}

fn place(
    hooks: &[Hook],
    directory: &Path,
    repository: &Repository,
    options: &Options,
    plan: &mut Plan,
) -> Result<()> {
    let binary = (!repository.tracked).then_some(options.binary.as_path());
    let mend = options.reinstall.clone().unwrap_or_else(|| reinstall(repository));
    for &hook in hooks {
        let path = directory.join(hook.name());
        if path.is_dir() && !path.is_symlink() {
            return Err(Failure::new(format!(
                "`{}` is a directory",
                repository.shown(&path).display()
            ))
            .help("git runs files only: move the directory away"));
        }
        let content = hook.shim(binary, &mend);
        let former = with_ending(&path, FORMER);
        let what = match holder(&path, hook) {
            Holder::Sprag(_) if file::read(&path)? == content => {
                if !file::is_executable(&path) {
                    plan.push(
                        Action::MakeExecutable { path },
                        "made executable: git ignored it before",
                    );
                }
                continue;
            }
            Holder::Sprag(Ours { edited: true, .. }) => {
                let name = free_name(&path, ".edited");
                plan.notes.push(format!(
                    "`{}` had been edited; what it said is in `{}` and is not run",
                    repository.shown(&path).display(),
                    repository.shown(&name).display()
                ));
                plan.push(Action::Keep { path: path.clone(), name }, "kept what it said");
                "written anew".to_owned()
            }
            Holder::Sprag(ours) if ours.version != VERSION => {
                format!("brought from version {} to version {VERSION}", ours.version)
            }
            Holder::Sprag(_) => "brought up to date".to_owned(),
            Holder::Nobody => "written".to_owned(),
            Holder::PreCommit | Holder::Prek | Holder::Lefthook | Holder::Other => {
                keep(&path, &former, plan);
                "written".to_owned()
            }
        };
        plan.push(Action::Write { path, content, run: Run::Yes }, what);
    }
    Ok(())
}

/// Keeps a hook under another name. An interrupted install may have done so already.
fn keep(path: &Path, former: &Path, plan: &mut Plan) {
    if file::exists(former) {
        if file::same(path, former) {
            return;
        }
        let name = free_name(former, "");
        let what = "moved out of the way: another hook has taken its place since";
        plan.push(Action::Rename { from: former.to_path_buf(), to: name }, what);
    }
    let name = former.file_name().unwrap_or_default().to_string_lossy();
    let runs = if file::is_executable(path) { "runs first" } else { "is not run, as before" };
    let what = format!("kept as `{name}`, which {runs}");
    plan.push(Action::Keep { path: path.to_path_buf(), name: former.to_path_buf() }, what);
}

/// A name that nothing has.
fn free_name(path: &Path, ending: &str) -> PathBuf {
    let path = with_ending(path, ending);
    let mut number = 1;
    loop {
        let name = with_ending(&path, &format!(".{number}"));
        if !file::exists(&name) {
            return name;
        }
        number += 1;
    }
}

pub(super) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// The command that brings the program back: the same from every working tree of a repository.
fn reinstall(repository: &Repository) -> String {
    if repository.tracked {
        return "./install.sh   (in a clone of sprag)".to_owned();
    }
    let common = repository.own_hooks.parent().unwrap_or(&repository.root);
    let main = common.parent().filter(|_| common.file_name().is_some_and(|it| it == ".git"));
    format!("./install.sh {}   (in a clone of sprag)", quoted(main.unwrap_or(&repository.root)))
}

/// Where a command line would find `sprag`.
pub(super) fn in_path(path: Option<&OsStr>) -> Option<PathBuf> {
    let name = if cfg!(windows) { "sprag.exe" } else { "sprag" };
    std::env::split_paths(path?).map(|it| it.join(name)).find(|it| file::is_executable(it))
}
