//! husky: one tracked shell script for each hook.

use std::path::Path;

use super::Manager;
use crate::failure::Result;
use crate::hooks::Hook;
use crate::hooks::block::{self, Block};
use crate::hooks::file::{Action, Plan, Run, is_executable, text};

/// husky, when git looks into its directory. A directory with programs that are no shell scripts is not taken for husky's.
pub(super) fn in_use(hooks: &Path) -> Option<Manager> {
    let named = |path: &Path, name: &str| path.file_name().is_some_and(|it| it == name);
    let (directory, direct) = match hooks.parent() {
        Some(parent) if named(hooks, "_") && named(parent, ".husky") => (parent, false),
        _ if named(hooks, ".husky") => (hooks, true),
        _ => return None,
    };
    let scripts = Hook::LOCAL.iter().all(|hook| {
        let path = directory.join(hook.name());
        !path.exists() || matches!(text(&path), Ok(Some(it)) if is_shell(&it))
    });
    scripts.then(|| Manager::Husky { directory: directory.to_path_buf(), direct })
}

/// husky, before its own install has told git about it: a fresh clone.
pub(super) fn set_up(root: &Path) -> Option<Manager> {
    let directory = root.join(".husky");
    directory.is_dir().then_some(Manager::Husky { directory, direct: false })
}

pub(super) fn join(
    directory: &Path,
    direct: bool,
    plan: &mut Plan,
    shown: &dyn Fn(&Path) -> String,
) -> Result<()> {
    for hook in Hook::LOCAL {
        let path = directory.join(hook.name());
        let mut block = Block::new(hook.name(), script(hook), 0);
        let Some(before) = text(&path)? else {
            block.made = true;
            let start = if direct { "#!/bin/sh\n" } else { "" };
            let content = block.insert(start, 1);
            let lines = block::remove(&content, &shown(&path))?.lines;
            plan.edit(&path, content, Run::Yes, "written", lines);
            continue;
        };
        let removed = block::remove(&before, &shown(&path))?;
        if !block::mentions(&before, &format!("sprag hook {hook}")) || removed.outdated {
            block.made = removed.unneeded;
            let content = block.insert(&removed.text, start_of(&removed.text));
            let lines = block::remove(&content, &shown(&path))?.lines;
            plan.edit(&path, content, Run::AsBefore, "sprag added", lines);
        }
        if direct && !is_executable(&path) {
            plan.push(Action::MakeExecutable { path }, "made executable: git ignored it before");
        }
    }
    Ok(())
}

/// The line before which nothing is run: our lines come first, because a script may end early or read all its input.
fn start_of(text: &str) -> usize {
    let shebang = usize::from(text.starts_with("#!"));
    // husky 8 runs the whole script again from here.
    let husky = text
        .lines()
        .position(|line| line.contains("husky.sh") && !line.trim_start().starts_with('#'));
    husky.map_or(shebang, |at| at + 1)
}

fn is_shell(text: &str) -> bool {
    let Some(program) = text.lines().next().and_then(|it| it.strip_prefix("#!")) else {
        return true;
    };
    program
        .split(['/', ' '])
        .any(|word| matches!(word, "sh" | "bash" | "dash" | "ash" | "ksh" | "zsh"))
}

fn script(hook: Hook) -> &'static str {
    match hook {
        Hook::PreCommit => include_str!("husky/pre-commit.sh"),
        Hook::PreMergeCommit => include_str!("husky/pre-merge-commit.sh"),
        Hook::PrePush | Hook::PreReceive => include_str!("husky/pre-push.sh"),
    }
}
