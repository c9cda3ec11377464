//! Takes the hooks away, and nothing else.

use std::path::Path;

use super::file::{self, Action, Plan};
use super::git::Repository;
use super::install::with_ending;
use super::manager::MOVED;
use super::shim::{FORMER, Holder, holder};
use super::{Hook, Options, Report, manager};
use crate::failure::Result;

/// Removes our hooks, gives the former ones their place back and takes our lines out of managers' files.
pub fn uninstall(options: &Options) -> Result<Report> {
    let repository = Repository::open(options.repository.as_deref())?;
    let mut plan = Plan::default();
    let mut directories = vec![repository.own_hooks.clone()];
    if !file::is_same_directory(&repository.hooks, &repository.own_hooks)
        && repository.hooks_path.as_ref().is_none_or(super::git::HooksPath::is_local)
    {
        directories.push(repository.hooks.clone());
    }
    for directory in &directories {
        for hook in Hook::ALL {
            take_away(&directory.join(hook.name()), hook, &repository, &mut plan);
        }
    }
    if !repository.bare {
        for manager in manager::all(&repository) {
            manager.leave(&mut plan, &repository)?;
        }
    }
    if !options.dry_run {
        for directory in &directories {
            file::sweep(directory);
        }
    }
    plan.apply(options.dry_run, repository.sharing, |path| repository.shown(path))
}

fn take_away(path: &Path, hook: Hook, repository: &Repository, plan: &mut Plan) {
    if take_away_moved(path, hook, plan) {
        return;
    }
    let former = with_ending(path, FORMER);
    match holder(path, hook) {
        Holder::Sprag(_) | Holder::Nobody if file::exists(&former) => {
            let action = Action::Rename { from: former, to: path.to_path_buf() };
            plan.push(action, "the hook that was there before sprag is back");
        }
        Holder::Sprag(_) => plan.push(Action::Remove { path: path.to_path_buf() }, "removed"),
        // A killed install had kept it, and not yet written ours.
        _ if file::exists(&former) && file::same(path, &former) => {
            plan.push(Action::Remove { path: former }, "removed: it is a second name of the hook");
        }
        _ if file::exists(&former) => plan.notes.push(format!(
            "`{}` stays: another hook has taken the place it came from",
            repository.shown(&former).display()
        )),
        _ => {}
    }
}

/// Takes away a hook of ours that a manager has moved aside, and lets the manager run the former one instead.
/// Whether that is where the former one went.
pub(super) fn take_away_moved(path: &Path, hook: Hook, plan: &mut Plan) -> bool {
    let former = with_ending(path, FORMER);
    let place_is_taken = !matches!(holder(path, hook), Holder::Sprag(_) | Holder::Nobody);
    let mut went = false;
    for ending in MOVED {
        let moved = with_ending(path, ending);
        if !matches!(holder(&moved, hook), Holder::Sprag(_)) {
            continue;
        }
        if place_is_taken && !went && file::exists(&former) {
            let action = Action::Rename { from: former.clone(), to: moved };
            plan.push(action, "the hook that was there before sprag is back");
            went = true;
        } else {
            plan.push(Action::Remove { path: moved }, "removed");
        }
    }
    went
}
