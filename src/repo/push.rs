//! What git tells a hook about a push.

use crate::failure::{Failure, Result};
use crate::source::ObjectId;

use super::id::Id;

/// One ref that a push changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// What was pushed, as it was typed: `HEAD~1`, `main@{1 day ago}`. A server is not told.
    pub local_ref: Option<String>,
    /// Nothing where the ref is deleted.
    pub new: Option<ObjectId>,
    pub remote_ref: String,
    /// Nothing where the ref is made.
    pub old: Option<ObjectId>,
}

/// The lines that `pre-push` reads: `<local ref> <local id> <remote ref> <remote id>`. None means that nothing is
/// pushed.
pub fn updates(stdin: &[u8]) -> Result<Vec<Update>> {
    lines(stdin).map(|line| update(line).ok_or_else(|| unreadable("pre-push", line))).collect()
}

/// The lines that `pre-receive` reads: `<old id> <new id> <ref>`.
pub fn received(stdin: &[u8]) -> Result<Vec<Update>> {
    lines(stdin).map(|line| receipt(line).ok_or_else(|| unreadable("pre-receive", line))).collect()
}

fn lines(stdin: &[u8]) -> impl Iterator<Item = &[u8]> {
    stdin.split(|&byte| byte == b'\n').filter(|line| !line.is_empty())
}

fn update(line: &[u8]) -> Option<Update> {
    // From the right: only the local ref may have spaces in it.
    let mut words = line.rsplitn(4, |&byte| byte == b' ');
    let old = id(words.next()?)?;
    let remote_ref = name(words.next()?)?;
    let new = id(words.next()?)?;
    let local_ref = Some(name(words.next()?)?);
    Some(Update { local_ref, new, remote_ref, old })
}

fn receipt(line: &[u8]) -> Option<Update> {
    let mut words = line.splitn(3, |&byte| byte == b' ');
    let old = id(words.next()?)?;
    let new = id(words.next()?)?;
    let remote_ref = name(words.next()?)?;
    Some(Update { local_ref: None, new, remote_ref, old })
}

/// Zeros, 40 or 64 of them, stand for "no object".
#[expect(clippy::option_option, reason = "not an id, no object, or one")]
fn id(word: &[u8]) -> Option<Option<ObjectId>> {
    let id = Id::from_hex(std::str::from_utf8(word).ok()?)?;
    let none = id.as_bytes().iter().all(|&byte| byte == 0);
    Some((!none).then(|| id.object_id()))
}

fn name(word: &[u8]) -> Option<String> {
    (!word.is_empty()).then(|| String::from_utf8_lossy(word).into_owned())
}

fn unreadable(hook: &str, line: &[u8]) -> Failure {
    let line = String::from_utf8_lossy(line).escape_debug().to_string();
    Failure::new(format!("`{hook}` was given a line that git does not write: `{line}`"))
        .help("let the hook read the input that git gives it, unchanged")
}
