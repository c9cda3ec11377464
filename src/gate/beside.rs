//! What the tools keep beside the migrations: Prisma's lock, Drizzle's journal and snapshots, folders without their file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{COMMAND_LIMIT, SQL_LIMIT, read, schema};
use crate::failure::Result;
use crate::parse::drizzle;
use crate::policy::Globs;
use crate::repo::{Delta, Entry, Repo, Side, Wanted};
use crate::rules::{Beside, Slot, Snapshot, Versions};
use crate::source::{File, FileChange, PathList, RepoPath};

/// How many of the newest snapshots a new one is compared with, and how many are held at once.
const NEWEST: usize = 4;
const AT_ONCE: usize = 16;

const LOCK: &str = "migration_lock.toml";
const JOURNAL: &str = "meta/_journal.json";
const SNAPSHOT: &str = "_snapshot.json";
const FILE: &str = "migration.sql";

/// The files that are kept beside the migrations that these globs name.
pub(super) struct Kept<'a>(pub(super) &'a Globs);

impl Wanted for Kept<'_> {
    fn file(&self, path: &[u8]) -> bool {
        what(self.0, &RepoPath::from(path)).is_some()
    }

    fn directory(&self, _: &[u8]) -> bool {
        true
    }
}

/// What a file is to the tool whose migrations it lies beside.
#[derive(Clone, PartialEq, Eq)]
enum What {
    Lock,
    Journal,
    Snapshot,
    /// Something in a folder that Prisma takes for a migration.
    Inside(RepoPath),
}

/// What a file is, and of which folder of migrations.
fn what(globs: &Globs, path: &RepoPath) -> Option<(RepoPath, What)> {
    let bytes = path.as_bytes();
    let above = |name: &str| {
        let folder = bytes.strip_suffix(name.as_bytes())?;
        if folder.is_empty() {
            return Some(RepoPath::from(""));
        }
        folder.strip_suffix(b"/").map(RepoPath::from)
    };
    if let Some(folder) = above(LOCK)
        && globs.matches(&joined(&folder, "0_/migration.sql"))
    {
        return Some((folder, What::Lock));
    }
    let flat = |folder: &RepoPath| globs.matches(&joined(folder, "0000_.sql"));
    if let Some(folder) = above(JOURNAL).filter(flat) {
        return Some((folder, What::Journal));
    }
    if bytes.ends_with(SNAPSHOT.as_bytes())
        && let Some(meta) = path.parent().filter(|it| it.file_name() == b"meta")
    {
        let folder = meta.parent().unwrap_or_else(|| RepoPath::from(""));
        if flat(&folder) {
            return Some((folder, What::Snapshot));
        }
    }
    let mut inside = path.parent();
    while let Some(folder) = inside {
        if globs.matches(&joined(&folder, FILE)) {
            let history = folder.parent().unwrap_or_else(|| RepoPath::from(""));
            return Some((history, What::Inside(folder)));
        }
        inside = folder.parent();
    }
    None
}

fn joined(folder: &RepoPath, name: &str) -> Vec<u8> {
    let folder = folder.as_bytes();
    let slash: &[u8] = if folder.is_empty() { b"" } else { b"/" };
    [folder, slash, name.as_bytes()].concat()
}

/// Whether a file says in which order the migrations beside it are applied.
pub(super) fn is_journal(globs: &Globs, path: &RepoPath) -> bool {
    what(globs, path).is_some_and(|it| it.1 == What::Journal)
}

/// The journal beside the migrations of a folder.
pub(super) fn journal(repo: &Repo, side: &Side, folder: &RepoPath) -> Result<Option<File>> {
    one(repo, side, &joined(folder, JOURNAL))
}

fn one(repo: &Repo, side: &Side, path: &[u8]) -> Result<Option<File>> {
    let entry = repo.entry(side, path)?;
    Ok(read::files(repo, entry.into_iter().collect(), SQL_LIMIT)?.pop())
}

/// Where a change begins, where it ends, and the target.
#[derive(Clone, Copy)]
pub(super) struct Sides<'a> {
    pub(super) before: &'a Side,
    pub(super) after: &'a Side,
    pub(super) tip: &'a Side,
}

/// What a change touches in one folder of migrations.
#[derive(Default)]
struct Touched {
    /// Migrations in folders of their own, and migrations that are files.
    nested: bool,
    flat: bool,
    lock: bool,
    inside: BTreeSet<RepoPath>,
    snapshots: Vec<Entry>,
    /// Snapshots that the change takes away or writes anew.
    replaced: BTreeSet<RepoPath>,
}

/// Every folder in which a change touches a migration or what is kept beside it.
pub(super) fn of(
    repo: &Repo,
    globs: &Globs,
    sides: Sides<'_>,
    (others, changes): (&[Delta], &[FileChange]),
    known: &PathList,
) -> Result<Vec<Beside>> {
    let mut folders: BTreeMap<RepoPath, Touched> = BTreeMap::new();
    for change in changes {
        let touched = folders.entry(Slot::of(&change.path).folder).or_default();
        if change.path.file_name().eq_ignore_ascii_case(FILE.as_bytes()) {
            touched.nested = true;
            if change.after.is_none() {
                touched.inside.extend(change.path.parent());
            }
        } else {
            touched.flat = true;
        }
    }
    for delta in others {
        let Some((folder, what)) = what(globs, &delta.path) else { continue };
        let touched = folders.entry(folder).or_default();
        match what {
            What::Lock => touched.lock = true,
            What::Journal => touched.flat = true,
            What::Inside(folder) => _ = touched.inside.insert(folder),
            What::Snapshot => {
                touched.replaced.insert(delta.path.clone());
                if let (None, Some((mode, id))) = (&delta.before, &delta.after) {
                    let (path, mode, id) = (delta.path.clone(), *mode, id.clone());
                    touched.snapshots.push(Entry { path, mode, id });
                }
            }
        }
    }
    let mut all = Vec::new();
    for (folder, touched) in folders {
        let mut beside = Beside { folder: Some(folder.clone()), ..Beside::default() };
        if touched.flat {
            beside.journal = versions(repo, sides, &joined(&folder, JOURNAL))?;
        }
        if touched.nested || touched.lock || !touched.inside.is_empty() {
            beside.lock = versions(repo, sides, &joined(&folder, LOCK))?;
            let prefix = joined(&folder, "");
            let new = known.with_prefix(&prefix).next().is_none();
            if touched.lock || new {
                beside.provider = schema::provider_beside(repo, sides.after, &folder)?;
            }
        }
        if is_prisma(&folder, &beside) {
            beside.hollow = hollow(repo, sides, &touched.inside)?;
        }
        if !touched.snapshots.is_empty() {
            beside.snapshots = new_snapshots(repo, sides.tip, &folder, &touched)?;
        }
        all.push(beside);
    }
    Ok(all)
}

/// Every folder of a whole tree, as if all of it were new.
pub(super) fn everywhere(
    repo: &Repo,
    side: &Side,
    globs: &Globs,
    migrations: &[File],
) -> Result<Vec<Beside>> {
    let mut folders: BTreeMap<RepoPath, Touched> = BTreeMap::new();
    for file in migrations {
        let nested = file.path.file_name().eq_ignore_ascii_case(FILE.as_bytes());
        folders.entry(Slot::of(&file.path).folder).or_default().nested |= nested;
    }
    let mut found: BTreeMap<RepoPath, Beside> = BTreeMap::new();
    let mut inside: BTreeMap<RepoPath, (RepoPath, RepoPath)> = BTreeMap::new();
    for entry in repo.list(side, &Kept(globs))? {
        let Some((folder, what)) = what(globs, &entry.path) else { continue };
        let beside = found.entry(folder.clone()).or_default();
        match what {
            What::Lock | What::Journal => {
                let file = read::files(repo, vec![entry], SQL_LIMIT)?.pop();
                let versions = Versions { after: file, ..Versions::default() };
                let lock = what == What::Lock;
                *(if lock { &mut beside.lock } else { &mut beside.journal }) = versions;
            }
            What::Snapshot => folders.entry(folder).or_default().snapshots.push(entry),
            What::Inside(it) => _ = inside.entry(it).or_insert((folder, entry.path)),
        }
    }
    for (folder, touched) in folders {
        let beside = found.entry(folder.clone()).or_default();
        if touched.nested || beside.lock.after.is_some() {
            beside.provider = schema::provider_beside(repo, side, &folder)?;
        }
        if beside.journal.after.is_some() {
            beside.snapshots = snapshots(repo, &touched.snapshots, true)?;
        }
    }
    let has: BTreeSet<RepoPath> = migrations.iter().filter_map(|it| it.path.parent()).collect();
    for (it, (folder, file)) in inside.into_iter().filter(|it| !has.contains(&it.0)) {
        let Some(beside) = found.get_mut(&folder) else { continue };
        if is_prisma(&folder, beside) && !it.as_bytes().is_empty() {
            beside.hollow.push(file);
        }
    }
    let named = |(folder, it)| Beside { folder: Some(folder), ..it };
    Ok(found.into_iter().map(named).collect())
}

/// The texts that findings point into.
pub(super) fn texts(all: &[Beside]) -> impl Iterator<Item = (RepoPath, Arc<str>)> {
    let files = all.iter().flat_map(|it| [&it.lock.after, &it.journal.after]).flatten();
    files.filter_map(|it| Some((it.path.clone(), it.content.text()?.clone())))
}

fn versions(repo: &Repo, sides: Sides<'_>, path: &[u8]) -> Result<Versions> {
    Ok(Versions {
        before: one(repo, sides.before, path)?,
        after: one(repo, sides.after, path)?,
        tip: one(repo, sides.tip, path)?,
    })
}

/// Whether each folder among the migrations is one to their tool. Only Prisma thinks so.
fn is_prisma(folder: &RepoPath, beside: &Beside) -> bool {
    let lock = &beside.lock;
    let usual = folder.as_bytes().ends_with(b"prisma/migrations");
    usual || lock.before.is_some() || lock.after.is_some()
}

/// A file of each of these folders that is left without its migration, where that is the doing of the change.
fn hollow(repo: &Repo, sides: Sides<'_>, folders: &BTreeSet<RepoPath>) -> Result<Vec<RepoPath>> {
    if folders.is_empty() {
        return Ok(Vec::new());
    }
    let after = contents(repo, sides.after, folders)?;
    // A name in other letters is another finding.
    let is_whole = |files: &Vec<RepoPath>, folder: &RepoPath| {
        files.iter().any(|it| {
            it.parent().as_ref() == Some(folder)
                && it.file_name().eq_ignore_ascii_case(FILE.as_bytes())
        })
    };
    let left: Vec<_> = after.iter().filter(|(folder, files)| !is_whole(files, folder)).collect();
    if left.is_empty() {
        return Ok(Vec::new());
    }
    let before = contents(repo, sides.before, folders)?;
    let was_hollow = |folder| before.get(folder).is_some_and(|files| !is_whole(files, folder));
    let left = left.into_iter().filter(|it| !was_hollow(it.0));
    Ok(left.filter_map(|(_, files)| files.first().cloned()).collect())
}

/// What lies in these folders, of those in which something does.
fn contents(
    repo: &Repo,
    side: &Side,
    folders: &BTreeSet<RepoPath>,
) -> Result<BTreeMap<RepoPath, Vec<RepoPath>>> {
    let mut contents: BTreeMap<RepoPath, Vec<RepoPath>> = BTreeMap::new();
    for entry in repo.list(side, &Among(folders))? {
        if let Some(folder) = Among(folders).holding(&entry.path) {
            contents.entry(folder).or_default().push(entry.path);
        }
    }
    Ok(contents)
}

/// Everything below some folders that lie beside each other.
struct Among<'a>(&'a BTreeSet<RepoPath>);

impl Among<'_> {
    fn holding(&self, path: &RepoPath) -> Option<RepoPath> {
        let mut folder = path.parent();
        while let Some(it) = folder {
            if self.0.contains(&it) {
                return Some(it);
            }
            folder = it.parent();
        }
        None
    }
}

impl Wanted for Among<'_> {
    fn file(&self, path: &[u8]) -> bool {
        self.holding(&RepoPath::from(path)).is_some()
    }

    fn directory(&self, path: &[u8]) -> bool {
        let path = RepoPath::from(path);
        let below = joined(&path, "");
        let next = self.0.range(RepoPath::from(below.as_slice())..).next();
        let leads = next.is_some_and(|it| it.as_bytes().starts_with(&below));
        leads || self.0.contains(&path) || self.holding(&path).is_some()
    }
}

/// Everything below a folder.
pub(super) struct Below<'a>(pub(super) &'a RepoPath);

impl Wanted for Below<'_> {
    fn file(&self, path: &[u8]) -> bool {
        RepoPath::from(path).is_under(self.0.as_bytes())
    }

    fn directory(&self, path: &[u8]) -> bool {
        self.0.is_under(path) || self.file(path)
    }
}

/// New snapshots, and the newest of the target, which may have been made from the same one.
fn new_snapshots(
    repo: &Repo,
    tip: &Side,
    folder: &RepoPath,
    touched: &Touched,
) -> Result<Vec<Snapshot>> {
    let meta = RepoPath::from(joined(folder, "meta"));
    let mut merged = repo.list(tip, &Below(&meta))?;
    merged.retain(|it| {
        let stays = !touched.replaced.contains(&it.path);
        stays && it.path.as_bytes().ends_with(SNAPSHOT.as_bytes())
    });
    let newest = merged.split_off(merged.len().saturating_sub(NEWEST));
    let mut all = snapshots(repo, &newest, false)?;
    all.extend(snapshots(repo, &touched.snapshots, true)?);
    Ok(all)
}

fn snapshots(repo: &Repo, entries: &[Entry], new: bool) -> Result<Vec<Snapshot>> {
    let mut all = Vec::new();
    for some in entries.chunks(AT_ONCE) {
        for file in read::files(repo, some.to_vec(), COMMAND_LIMIT)? {
            let Some(previous) = file.content.text().and_then(|it| drizzle::previous(it)) else {
                continue;
            };
            all.push(Snapshot { path: file.path, previous, new });
        }
    }
    Ok(all)
}
