//! Files without which the gate is none: signers, revoked keys, the baseline, the pinned version, and whatever runs it.

mod compare;
mod keys;
mod lines;
mod records;
mod runs;
mod triggers;
mod version;

use super::tampered;
use crate::rules::Finding;
use crate::source::{Content, FileChange, Span};

pub(super) use keys::{flaws, is_first, keys};
pub(super) use records::{baseline, ledger, written};
pub use runs::is_watched;
pub(super) use runs::runs;
pub(super) use version::version;

/// What is no text any more can hold anything.
fn unreadable(change: &FileChange) -> Option<Finding> {
    let path = &change.path;
    match &change.after.as_ref()?.content {
        Content::Text(_) => None,
        Content::Unreadable(why) => {
            let message = format!("`{path}` {}", why.reason());
            Some(
                tampered(path, Span::file(path.clone()), message)
                    .help("write it as a plain file in UTF-8"),
            )
        }
    }
}
