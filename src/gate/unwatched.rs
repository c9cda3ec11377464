//! Folders that Drizzle writes migrations into, and that no glob of the policy names.

use std::sync::Arc;

use super::{PROGRAM_LIMIT, read};
use crate::failure::Result;
use crate::parse::drizzle::{Config, dialect};
use crate::policy::Globs;
use crate::repo::{Delta, Entry, Repo, Side};
use crate::rules::{Finding, Found};
use crate::source::{File, Mode, ObjectId, RepoPath, Span};

type Texts = Vec<(RepoPath, Arc<str>)>;

const JOURNAL: &[u8] = b"meta/_journal.json";

/// Whether a file may say where Drizzle writes its migrations.
pub(super) fn tells(path: &RepoPath) -> bool {
    (is_journal(path) || is_config(path)) && !is_sample(path)
}

fn is_journal(path: &RepoPath) -> bool {
    let bytes = path.as_bytes();
    bytes == JOURNAL || bytes.strip_suffix(JOURNAL).is_some_and(|it| it.ends_with(b"/"))
}

/// `drizzle.config.ts`, `drizzle-pg.config.js`.
fn is_config(path: &RepoPath) -> bool {
    let name = path.file_name();
    name.starts_with(b"drizzle") && name.windows(8).any(|it| it == b".config.")
}

/// Made to be looked at, and applied to nothing.
fn is_sample(path: &RepoPath) -> bool {
    let text = path.to_str_lossy().to_ascii_lowercase();
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    words.any(|it| matches!(it.trim_end_matches('s'), "test" | "fixture" | "example" | "template"))
}

/// What a change brings, and the texts that it points into.
pub(super) fn of(repo: &Repo, globs: &Globs, deltas: &[Delta]) -> Result<(Vec<Found>, Texts)> {
    let (mut found, mut texts) = (Vec::new(), Texts::new());
    for delta in deltas.iter().filter(|it| tells(&it.path)) {
        let file = |it: &Option<(Mode, ObjectId)>| -> Result<Option<File>> {
            let entry = it.clone().map(|(mode, id)| Entry { path: delta.path.clone(), mode, id });
            Ok(read::files(repo, entry.into_iter().collect(), PROGRAM_LIMIT)?.pop())
        };
        let (before, Some(after)) = (file(&delta.before)?, file(&delta.after)?) else { continue };
        if is_journal(&delta.path) {
            found.extend(journal(globs, &after).filter(|_| before.is_none()));
            continue;
        }
        let config = |it: &File| it.content.text().and_then(|it| Config::read(it));
        let Some(now) = config(&after) else { continue };
        let same = before.as_ref().and_then(config).is_some_and(|it| it.out == now.out);
        if let Some(it) = configured(globs, &after.path, &now).filter(|_| !same) {
            found.push(it);
            texts.extend(after.content.text().map(|it| (after.path.clone(), it.clone())));
        }
    }
    Ok((found, texts))
}

/// What a whole tree has.
pub(super) fn everywhere(repo: &Repo, side: &Side, globs: &Globs) -> Result<Vec<Found>> {
    let wanted = |path: &[u8]| {
        let path = RepoPath::from(path);
        is_journal(&path) && tells(&path)
    };
    let mut entries = repo.list(side, &wanted)?;
    entries.retain(|it| is_journal(&it.path));
    let files = read::files(repo, entries, PROGRAM_LIMIT)?;
    Ok(files.iter().filter_map(|it| journal(globs, it)).collect())
}

/// A journal in a folder that nobody watches.
fn journal(globs: &Globs, file: &File) -> Option<Found> {
    let folder = file.path.parent()?.parent().unwrap_or_else(|| RepoPath::from(""));
    let ours = dialect(file.content.text()?).is_none_or(|it| it == "pg" || it == "postgresql");
    if !ours || watched(globs, &folder, "0000_.sql") {
        return None;
    }
    finding(&folder, "*.sql", Span::file(file.path.clone()))
}

fn configured(globs: &Globs, path: &RepoPath, config: &Config) -> Option<Found> {
    if config.foreign {
        return None;
    }
    // It is looked for from where `drizzle-kit` is started: beside its configuration or somewhere above.
    let mut from = path.parent().unwrap_or_else(|| RepoPath::from(""));
    let named = RepoPath::joined(&from.to_str_lossy(), &config.out);
    loop {
        let folder = RepoPath::joined(&from.to_str_lossy(), &config.out);
        if ["0000_.sql", "0_/migration.sql"].iter().any(|it| watched(globs, &folder, it)) {
            return None;
        }
        match from.parent() {
            Some(above) => from = above,
            None if !from.as_bytes().is_empty() => from = RepoPath::from(""),
            None => break,
        }
    }
    finding(&named, "**/*.sql", Span::new(path.clone(), config.range.clone()))
}

fn watched(globs: &Globs, folder: &RepoPath, name: &str) -> bool {
    globs.matches(RepoPath::joined(&folder.to_str_lossy(), name).as_bytes())
}

fn finding(folder: &RepoPath, files: &str, at: Span) -> Option<Found> {
    let glob = RepoPath::joined(&folder.to_str_lossy(), files);
    let message = format!(
        "Drizzle writes migrations into `{folder}`, which the policy does not name: nobody judges them"
    );
    let finding = Finding::new(folder.to_string(), at, message).evidence(&folder.to_string());
    let help = format!("add `\"{glob}\"` to `migrations` under `[paths]` in policy.toml");
    Found::of("unwatched-migrations", finding.help(help))
}
