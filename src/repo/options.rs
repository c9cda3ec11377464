//! What libgit2 is told once, before anything else is asked of it.
#![allow(unsafe_code)]

use std::sync::OnceLock;

use git2::{ConfigLevel, Error, opts};

use crate::failure::{Context, Result};

/// Makes libgit2 read repositories as a hook must: any object store, the repository's own configuration, no second
/// opinion about its owner.
pub(super) fn set() -> Result<()> {
    static DONE: OnceLock<std::result::Result<(), String>> = OnceLock::new();
    DONE.get_or_init(|| apply().map_err(|error| error.message().to_owned()))
        .clone()
        .context("set up libgit2")
}

fn apply() -> std::result::Result<(), Error> {
    // `read_with` checks what is judged; the hashes of trees are half of the time that a large directory takes.
    opts::strict_hash_verification(false);
    // SAFETY: these calls write globals of libgit2 without a lock. `OnceLock` runs them once, in one thread, and every
    // way to a `Repository` in this program passes through `set` first, so nobody reads the globals meanwhile.
    unsafe {
        // Missing objects are fetched through git and refs of a reftable are asked of git, so both may be opened.
        opts::set_extensions(&["partialclone", "refstorage"])?;
        // An unreadable home or a broken `~/.gitconfig` must not break a hook: only the repository's own file counts.
        for level in [ConfigLevel::System, ConfigLevel::Global, ConfigLevel::XDG] {
            opts::set_search_path(level, "")?;
        }
        // git applied `safe.directory` before it started the hook; a command lets git decide before it opens.
        opts::set_verify_owner_validation(false)
    }
}
