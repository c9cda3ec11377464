//! Contents from git, and migrations from contents.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::SQL_LIMIT;
use super::provider::Providers;
use crate::failure::Result;
use crate::parse::Migration;
use crate::repo::{Blob, Delta, Entry, Repo, Side};
use crate::rules::Finding;
use crate::schema::Provider;
use crate::source::{
    Content, File, FileChange, Mode, ObjectId, RepoPath, Source, Span, Unreadable,
};

/// Reads the files of `entries`, in their order. Links and submodules are not followed: what they point to is not in
/// the repository's own content.
pub(super) fn files(repo: &Repo, entries: Vec<Entry>, limit: usize) -> Result<Vec<File>> {
    let plain = |mode| matches!(mode, Mode::Regular | Mode::Executable);
    let ids: Vec<_> = entries.iter().filter(|it| plain(it.mode)).map(|it| it.id.clone()).collect();
    let blobs = match repo.read(&ids, limit) {
        Ok(blobs) => blobs,
        Err(failure) => {
            // The id is named; whoever reads it wants the path.
            let named = entries.iter().find(|it| failure.message.contains(&it.id.0));
            return Err(match named {
                Some(entry) => crate::failure::Failure {
                    message: format!("could not read `{}`: {}", entry.path, failure.message),
                    ..failure
                },
                None => failure,
            });
        }
    };
    let mut blobs = blobs.into_iter();
    let files = entries.into_iter().map(|entry| {
        let content = match entry.mode {
            Mode::Symlink => Content::Unreadable(Unreadable::Symlink),
            Mode::Submodule => Content::Unreadable(Unreadable::Submodule),
            Mode::Regular | Mode::Executable => match blobs.next() {
                Some(Blob::Bytes(bytes)) => Content::from_bytes(bytes, limit),
                Some(Blob::TooLarge(bytes)) => {
                    Content::Unreadable(Unreadable::TooLarge { bytes, limit })
                }
                None => Content::Unreadable(Unreadable::TooLarge { bytes: 0, limit }),
            },
        };
        File { path: entry.path, mode: entry.mode, id: entry.id, content }
    });
    Ok(files.collect())
}

/// A text with its path, as [`crate::report::Sources`] holds it.
pub(super) fn text_of(file: &File) -> Option<(RepoPath, Arc<str>)> {
    Some((file.path.clone(), file.content.text()?.clone()))
}

/// One file of a side, where it is text.
pub(super) fn source(repo: &Repo, side: &Side, path: &RepoPath) -> Result<Option<Source>> {
    let Some(entry) = repo.entry(side, path.as_bytes())? else { return Ok(None) };
    let files = files(repo, vec![entry], SQL_LIMIT)?;
    Ok(files.first().and_then(text_of).map(|(path, text)| Source { path, text }))
}

/// Both versions of what differs.
pub(super) fn changes(repo: &Repo, deltas: Vec<Delta>, limit: usize) -> Result<Vec<FileChange>> {
    let side = |pick: fn(&Delta) -> Option<(Mode, ObjectId)>| -> Vec<Entry> {
        let entry =
            |it: &Delta| pick(it).map(|(mode, id)| Entry { path: it.path.clone(), mode, id });
        deltas.iter().filter_map(entry).collect()
    };
    let mut before = by_path(files(repo, side(|it| it.before.clone()), limit)?);
    let mut after = by_path(files(repo, side(|it| it.after.clone()), limit)?);
    let change = |it: Delta| FileChange {
        before: before.remove(&it.path),
        after: after.remove(&it.path),
        path: it.path,
    };
    Ok(deltas.into_iter().map(change).collect())
}

fn by_path(files: Vec<File>) -> BTreeMap<RepoPath, File> {
    files.into_iter().map(|it| (it.path.clone(), it)).collect()
}

/// Reads SQL that has been merged, on every core where there is much of it. The parser needs a stack that is known to be
/// large enough.
pub(super) fn migrations(
    texts: Vec<(RepoPath, Arc<str>)>,
    providers: &Providers,
) -> Vec<Migration> {
    past(texts.into_iter().filter_map(|it| Unread::of(it, providers)).collect())
}

/// The text of a migration, and the database that it is for.
#[derive(Clone, Debug)]
pub(super) struct Unread {
    pub(super) path: RepoPath,
    pub(super) text: Arc<str>,
    pub(super) provider: Provider,
}

impl Unread {
    /// Nothing where no reader knows the database.
    pub(super) fn of((path, text): (RepoPath, Arc<str>), providers: &Providers) -> Option<Unread> {
        let provider = providers.at(&path)?;
        Some(Unread { path, text, provider })
    }
}

/// The same where it is known which databases they are for.
pub(super) fn past(texts: Vec<Unread>) -> Vec<Migration> {
    const STACK: usize = 16 << 20;
    const FEW: usize = 32;
    let read = |it: Unread| Migration::read_past(it.path, it.text, it.provider);
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    if texts.len() <= FEW || cores == 1 {
        return texts.into_iter().map(read).collect();
    }
    let next = std::sync::Mutex::new(texts.into_iter().enumerate().collect::<Vec<_>>().into_iter());
    let work = || {
        let mut done = Vec::new();
        loop {
            // A few at a time, so that neither the lock nor one long file keeps the others waiting.
            let some: Vec<_> = match next.lock() {
                Ok(mut next) => next.by_ref().take(16).collect(),
                Err(_) => Vec::new(),
            };
            if some.is_empty() {
                return done;
            }
            done.extend(some.into_iter().map(|(at, it)| (at, read(it))));
        }
    };
    let mut done = std::thread::scope(|scope| {
        let spawn = || std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        let threads: Vec<_> = (1..cores).filter_map(|_| spawn().ok()).collect();
        let mut done = work();
        for thread in threads {
            done.extend(thread.join().unwrap_or_default());
        }
        done
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, it)| it).collect()
}

/// The finding that a file's content is no text to judge.
pub(super) fn unreadable(file: &File) -> Option<Finding> {
    let Content::Unreadable(why) = &file.content else { return None };
    let path = &file.path;
    let finding = Finding::new(
        path.to_string(),
        Span::file(path.clone()),
        format!("`{path}` {}", why.reason()),
    );
    Some(
        finding
            .evidence(&file.id.0)
            .help("commit it as a plain file, UTF-8, in a size that people can read"),
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn many_files_come_back_in_their_order() {
        let texts = (0..500).map(|at| (format!("{at}.sql").as_str().into(), "select 1;".into()));
        let providers = super::Providers::unsaid(crate::schema::Provider::Postgresql);
        let read = super::migrations(texts.collect(), &providers);
        let paths: Vec<String> = read.iter().map(|it| it.path.to_string()).collect();
        assert_eq!(paths, (0..500).map(|at| format!("{at}.sql")).collect::<Vec<_>>());
    }
}
