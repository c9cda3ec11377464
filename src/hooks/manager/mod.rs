//! Other programs that put hooks in place. We go through the file that they read, so that both run.

use std::path::{Path, PathBuf};

use super::file::{Plan, Run, text};
use super::git::Repository;
use super::install::with_ending;
use super::shim::{Holder, holder};
use super::{Hook, block};
use crate::failure::{Failure, Result};

mod husky;

mod lefthook;

mod pre_commit;

mod yaml;

/// What managers call a hook that they found in their place. pre-commit and prek run it, lefthook does not.
pub(super) const MOVED: [&str; 2] = [".legacy", ".old"];

/// A manager with the file or directory that tells it what to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Manager {
    /// `direct`: git runs the files of the directory itself, as with husky before version 9.
    Husky {
        directory: PathBuf,
        direct: bool,
    },
    Lefthook {
        config: PathBuf,
    },
    /// For pre-commit, and for prek, which reads the same file.
    PreCommit {
        config: PathBuf,
    },
    /// prek with a file of its own.
    Prek {
        config: PathBuf,
    },
}

const LEFTHOOK: [&str; 4] = ["yml", "yaml", "toml", "json"];
const LEFTHOOK_STEMS: [&str; 3] = ["lefthook", ".lefthook", ".config/lefthook"];
const PRE_COMMIT: [&str; 2] = [".pre-commit-config.yaml", ".pre-commit-config.yml"];

/// The managers that sprag has to be told to: the one in use, or else each that has been set up.
pub(super) fn managers(repository: &Repository) -> Vec<Manager> {
    if repository.bare {
        return Vec::new();
    }
    if let Some(husky) = husky::in_use(&repository.hooks) {
        return vec![husky];
    }
    let root = &repository.root;
    let first = |names: &mut dyn Iterator<Item = String>| {
        names.map(|it| root.join(it)).find(|it| it.is_file())
    };
    let lefthook =
        first(&mut LEFTHOOK_STEMS.iter().flat_map(|it| LEFTHOOK.map(|end| format!("{it}.{end}"))))
            .map(|config| Manager::Lefthook { config });
    let pre_commit = first(&mut PRE_COMMIT.iter().map(|&it| it.to_owned()))
        .map(|config| Manager::PreCommit { config });
    let prek =
        first(&mut ["prek.toml".to_owned()].into_iter()).map(|config| Manager::Prek { config });
    let set_up = [lefthook, prek, pre_commit].into_iter().flatten().collect::<Vec<_>>();
    let holders = Hook::LOCAL.map(|hook| holder(&repository.hooks.join(hook.name()), hook));
    let in_use =
        holders.iter().filter_map(|holder| set_up.iter().find(|it| it.holds(holder)).cloned());
    let mut in_use = in_use.collect::<Vec<_>>();
    in_use.dedup();
    if !in_use.is_empty() {
        return in_use;
    }
    // With a directory of its own, the repository has chosen against managers that write into `.git/hooks`.
    if repository.hooks_path.is_some() {
        return Vec::new();
    }
    set_up.into_iter().chain(husky::set_up(root)).collect()
}

impl Manager {
    /// Whether a hook found in git's directory is this manager's.
    pub(super) fn holds(&self, holder: &Holder) -> bool {
        match self {
            Manager::Husky { .. } => false,
            Manager::Lefthook { .. } => *holder == Holder::Lefthook,
            Manager::PreCommit { .. } => matches!(holder, Holder::PreCommit | Holder::Prek),
            Manager::Prek { .. } => *holder == Holder::Prek,
        }
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Manager::Husky { .. } => "husky",
            Manager::Lefthook { .. } => "lefthook",
            Manager::PreCommit { .. } => "pre-commit",
            Manager::Prek { .. } => "prek",
        }
    }

    /// Whether git leaves all hooks to this manager, so that ours have no place.
    pub(super) fn has_every_hook(&self, repository: &Repository) -> bool {
        matches!(self, Manager::Husky { .. })
            && husky::in_use(&repository.hooks).as_ref() == Some(self)
    }

    /// The file that has to name sprag for a hook.
    pub(super) fn file(&self, hook: Hook) -> PathBuf {
        match self {
            Manager::Husky { directory, .. } => directory.join(hook.name()),
            Manager::Lefthook { config }
            | Manager::PreCommit { config }
            | Manager::Prek { config } => config.clone(),
        }
    }

    /// Whether the manager has been told to run sprag.
    pub(super) fn runs(&self, hook: Hook) -> Result<bool> {
        Ok(text(&self.file(hook))?.is_some_and(|it| block::mentions(&it, self.command(hook))))
    }

    /// Whether it has moved our hook aside, and runs it from there: pre-commit and prek do.
    pub(super) fn runs_what_was_there(&self, path: &Path, hook: Hook) -> bool {
        matches!(self, Manager::PreCommit { .. } | Manager::Prek { .. })
            && matches!(holder(&with_ending(path, MOVED[0]), hook), Holder::Sprag(_))
    }

    /// What stands in the file. pre-commit's stages take one entry for commits and merges.
    fn command(&self, hook: Hook) -> &'static str {
        match (self, hook) {
            (_, Hook::PreCommit)
            | (Manager::PreCommit { .. } | Manager::Prek { .. }, Hook::PreMergeCommit) => {
                "sprag hook pre-commit"
            }
            (_, Hook::PreMergeCommit) => "sprag hook pre-merge-commit",
            (_, Hook::PrePush) => "sprag hook pre-push",
            (_, Hook::PreReceive) => "sprag hook pre-receive",
        }
    }

    pub(super) fn join(&self, plan: &mut Plan, repository: &Repository) -> Result<()> {
        let shown = |path: &Path| repository.shown(path).display().to_string();
        let steps = plan.steps.len();
        let mut notes = Vec::new();
        match self {
            Manager::Husky { directory, direct } => husky::join(directory, *direct, plan, &shown)?,
            Manager::Lefthook { config } => {
                self.edit(config, plan, &shown, lefthook::joined, &lefthook::by_hand(config))?;
                notes.extend(lefthook::note(config, &shown(config))?);
            }
            Manager::PreCommit { config } => {
                self.edit(config, plan, &shown, pre_commit::joined_yaml, &pre_commit::yaml(0))?;
                notes.extend(pre_commit::note(config)?);
            }
            Manager::Prek { config } => {
                self.edit(config, plan, &shown, pre_commit::joined_toml, pre_commit::TOML)?;
            }
        }
        notes.push(match self {
            Manager::Husky { .. } => "husky runs nothing while `HUSKY=0` is set: CI has to judge as well".to_owned(),
            Manager::Lefthook { .. } => {
                "lefthook runs nothing while `LEFTHOOK=0` is set: CI has to judge as well".to_owned()
            }
            Manager::PreCommit { .. } | Manager::Prek { .. } => format!(
                "{} leaves out what `SKIP` names, and of a push it shows only the first ref: CI has to judge as well",
                self.name()
            ),
        });
        // Said once, when it is news.
        if plan.steps.len() > steps {
            plan.notes.extend(notes);
        }
        Ok(())
    }

    /// Renews our lines in one file, when a hook is missing there or they are of another version.
    fn edit(
        &self,
        config: &Path,
        plan: &mut Plan,
        shown: &dyn Fn(&Path) -> String,
        joined: fn(&Path, &str) -> Option<String>,
        by_hand: &str,
    ) -> Result<()> {
        let name = shown(config);
        let before = text(config)?.unwrap_or_default();
        let removed = block::remove(&before, &name)?;
        let complete = Hook::LOCAL.iter().all(|&it| block::mentions(&before, self.command(it)));
        if complete && !removed.outdated {
            return Ok(());
        }
        let after = joined(config, &removed.text).ok_or_else(|| {
            Failure::new(format!(
                "`{name}` is laid out in a way that cannot be added to safely; nothing was changed"
            ))
            .help(format!("add this to `{name}` and run `sprag install` again:\n\n{by_hand}"))
        })?;
        plan.edit(
            config,
            after.clone(),
            Run::AsBefore,
            "sprag added",
            block::remove(&after, &name)?.lines,
        );
        Ok(())
    }

    /// Takes our lines out again.
    pub(super) fn leave(&self, plan: &mut Plan, repository: &Repository) -> Result<()> {
        let mut files = Hook::LOCAL.map(|hook| self.file(hook)).to_vec();
        files.dedup();
        for path in files {
            let Some(before) = text(&path)? else { continue };
            let removed = block::remove(&before, &repository.shown(&path).display().to_string())?;
            if removed.unneeded {
                plan.push(super::file::Action::Remove { path }, "removed");
            } else if !removed.lines.is_empty() {
                plan.edit(&path, removed.text, Run::AsBefore, "sprag taken out", removed.lines);
            } else if Hook::LOCAL.iter().any(|&it| block::mentions(&before, self.command(it))) {
                let name = repository.shown(&path);
                plan.notes.push(format!(
                    "`{}` runs sprag by lines written by hand: they stay",
                    name.display()
                ));
            }
        }
        Ok(())
    }
}

/// Every manager that may have lines of ours, in use or not.
pub(super) fn all(repository: &Repository) -> Vec<Manager> {
    let root = &repository.root;
    let mut all =
        husky::in_use(&repository.hooks).into_iter().chain(husky::set_up(root)).collect::<Vec<_>>();
    all.dedup_by_key(|it| it.file(Hook::PreCommit));
    let lefthook = LEFTHOOK_STEMS.iter().flat_map(|it| LEFTHOOK.map(|end| format!("{it}.{end}")));
    all.extend(lefthook.map(|it| Manager::Lefthook { config: root.join(it) }));
    all.extend(PRE_COMMIT.map(|it| Manager::PreCommit { config: root.join(it) }));
    all.push(Manager::Prek { config: root.join("prek.toml") });
    all.retain(|it| matches!(it, Manager::Husky { .. }) || it.file(Hook::PreCommit).is_file());
    all
}
