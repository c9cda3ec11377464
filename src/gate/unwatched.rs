//! Folders of migrations that a tool's configuration names and the policy does not look at.

use std::collections::BTreeSet;

use super::{COMMAND_LIMIT, read};
use crate::failure::Result;
use crate::parse::layout::{self, Named, What};
use crate::policy::Globs;
use crate::repo::{Delta, Entry, Repo, Side};
use crate::rules::{Finding, Found};
use crate::source::{File, RepoPath};

/// Whether a file is a migration by its name, wherever it lies: Prisma's `migration.sql`, or SQL with a number.
pub(super) fn is_suspect(path: &RepoPath) -> bool {
    let name = path.file_name();
    let numbered = name.first().is_some_and(u8::is_ascii_digit);
    name == b"migration.sql" || (numbered && name.ends_with(b".sql"))
}

/// A configuration that names other files than before.
pub(super) struct Renamed {
    pub(super) configuration: RepoPath,
    pub(super) was: Vec<Named>,
    pub(super) is: Vec<Named>,
}

/// The configurations of a change that name other files than before.
pub(super) fn renamed(repo: &Repo, deltas: &[Delta]) -> Result<Vec<Renamed>> {
    let ours = deltas.iter().filter(|it| layout::is_read(&it.path)).cloned().collect();
    let changes = read::changes(repo, ours, COMMAND_LIMIT)?.into_iter().map(|it| {
        let read = |file: &Option<File>| {
            let text = file.as_ref().and_then(|it| it.content.text());
            text.map(|text| layout::read(&it.path, text)).unwrap_or_default()
        };
        let (was, is) = (read(&it.before), read(&it.after));
        Renamed { configuration: it.path, was, is }
    });
    let names = |it: &[Named]| it.iter().map(|it| (it.what, it.path.clone())).collect::<Vec<_>>();
    Ok(changes.filter(|it| names(&it.was) != names(&it.is)).collect())
}

/// What a change does that the policy would not see: it adds to such a folder, or names it.
pub(super) fn in_change(
    repo: &Repo,
    after: &Side,
    deltas: &[Delta],
    globs: &Globs,
) -> Result<(Vec<Found>, Vec<File>)> {
    let there = || deltas.iter().filter(|it| it.after.is_some());
    let added: Vec<&RepoPath> = there().map(|it| &it.path).filter(|it| is_suspect(it)).collect();
    let changed: Vec<Entry> = there()
        .filter(|it| layout::is_read(&it.path))
        .filter_map(|it| {
            let (mode, id) = it.after.clone()?;
            Some(Entry { path: it.path.clone(), mode, id })
        })
        .collect();
    let configurations = match (added.is_empty(), changed.is_empty()) {
        (true, true) => return Ok(Default::default()),
        (true, false) => changed,
        // What names the folder may be older.
        (false, _) => repo.list(after, &|path: &[u8]| layout::is_read(&path.into()))?,
    };
    of(repo, after, configurations, globs)
}

/// All that there is.
pub(super) fn everywhere(
    repo: &Repo,
    side: &Side,
    globs: &Globs,
) -> Result<(Vec<Found>, Vec<File>)> {
    let all = repo.list(side, &|path: &[u8]| layout::is_read(&path.into()))?;
    of(repo, side, all, globs)
}

/// Made to be looked at, and applied to nothing.
fn is_sample(path: &RepoPath) -> bool {
    let text = path.to_str_lossy().to_ascii_lowercase();
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    words.any(|it| matches!(it.trim_end_matches('s'), "test" | "fixture" | "example" | "template"))
}

fn of(
    repo: &Repo,
    side: &Side,
    configurations: Vec<Entry>,
    globs: &Globs,
) -> Result<(Vec<Found>, Vec<File>)> {
    let (mut found, mut files) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    let ours = configurations.into_iter().filter(|it| !is_sample(&it.path)).collect();
    for file in read::files(repo, ours, COMMAND_LIMIT)? {
        let Some(text) = file.content.text() else { continue };
        for named in layout::read(&file.path, text) {
            let Some(glob) = unseen(&named, globs) else { continue };
            if seen.insert(named.path.clone())
                && (named.said || has_migrations(repo, side, &named.path)?)
            {
                found.extend(Found::of("unwatched-migrations", finding(&named, &glob)));
            }
        }
        files.push(file);
    }
    Ok((found, files))
}

/// The glob that the policy has not, where it would not see a migration in the folder.
fn unseen(named: &Named, globs: &Globs) -> Option<String> {
    const FOLDERS: &str = "20260101000000_x/migration.sql";
    let (below, examples): (_, &[&str]) = match named.what {
        What::PrismaMigrations => ("*/migration.sql", &[FOLDERS]),
        // From 1.0 on, each has a folder.
        What::DrizzleMigrations => ("*.sql", &["0000_x.sql", FOLDERS]),
        What::SqlSchemas => return elsewhere(&named.path),
        What::PrismaSchema | What::ScriptSchema => return None,
    };
    let joined = |folder: &RepoPath, it: &str| RepoPath::joined(&folder.to_string(), it);
    let seen =
        |folder: &RepoPath| examples.iter().any(|it| globs.matches(joined(folder, it).as_bytes()));
    // `drizzle-kit` looks for it from where it is started: beside its configuration or somewhere above.
    let mut folder = named.path.clone();
    let mut from = named.at.path.parent();
    while let Some(above) = from {
        if seen(&folder) {
            return None;
        }
        let inside = named.path.as_bytes().strip_prefix(above.as_bytes());
        let Some(inside) = inside.filter(|_| named.what == What::DrizzleMigrations) else { break };
        let inside = RepoPath::from(inside.strip_prefix(b"/").unwrap_or(inside));
        from =
            above.parent().or_else(|| (!above.as_bytes().is_empty()).then(|| RepoPath::from("")));
        if let Some(above) = &from {
            folder = joined(above, &inside.to_string());
        }
    }
    (!seen(&named.path) && !seen(&folder)).then(|| joined(&named.path, below).to_string())
}

/// Declarative schemas are read where they are by default.
fn elsewhere(path: &RepoPath) -> Option<String> {
    let text = path.to_string();
    let inside = text.starts_with("supabase/schemas/") || text.contains("/supabase/schemas/");
    (!inside && text != "supabase/schemas").then_some(text)
}

fn has_migrations(repo: &Repo, side: &Side, folder: &RepoPath) -> Result<bool> {
    let below = [folder.as_bytes(), b"/"].concat();
    let is = |path: &[u8]| {
        (folder.as_bytes().is_empty() || path.starts_with(&below)) && is_suspect(&path.into())
    };
    Ok(!repo.list(side, &is)?.is_empty())
}

fn finding(named: &Named, glob: &str) -> Finding {
    let (tool, folder) = (named.what.tool(), &named.path);
    let (message, help) = match named.what {
        What::SqlSchemas => (
            format!("{tool} is told here to take its schema from `{folder}`, which nobody reads"),
            "keep what it declares in `supabase/schemas`".to_owned(),
        ),
        _ => (
            format!(
                "{tool} is told here to keep its migrations in `{folder}`, where the policy does not look"
            ),
            format!("add `\"{glob}\"` to `migrations` under `[paths]` in policy.toml"),
        ),
    };
    Finding::new(folder.to_string(), named.at.clone(), message)
        .evidence(&format!("{tool} {folder}"))
        .help(help)
}
