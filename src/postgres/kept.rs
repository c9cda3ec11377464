//! Where bases are kept, what they are called, and which are removed.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::base::{History, Told};
use super::{Engine, Place, prelude};
use crate::failure::{Context, Failure, Result};
use crate::schema::{Identity, Row, Snapshot};

/// How many are kept. Each takes some 100 MB, half of it in the copy that servers run in.
const KEPT: usize = 3;

/// The folder of a base, for as long as nobody else may use it.
pub(super) struct Entry {
    pub(super) folder: PathBuf,
    _lock: File,
}

/// What lies beside the data directory.
#[derive(Serialize, Deserialize)]
struct Kept {
    rows: Vec<(Identity, Row)>,
    told: Told,
}

impl Entry {
    /// Waits until nobody uses it.
    pub(super) fn of(place: &Place, name: &str) -> Result<Entry> {
        let lock = lock(place, name)?;
        Ok(Entry { folder: place.folder().join(name), _lock: lock })
    }

    /// One that is there and that nobody uses.
    pub(super) fn unused(place: &Place, name: &str) -> Option<Entry> {
        let lock = try_lock(place, name)?;
        Some(Entry { folder: place.folder().join(name), _lock: lock })
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// What is told of it, where it is there.
    pub(super) fn read(&self) -> Option<(Snapshot, Told)> {
        let text = fs::read_to_string(self.folder.join("kept.json")).ok()?;
        let kept: Kept = crate::parse::json::from_text(&text)?;
        Some((Snapshot(kept.rows.into_iter().collect()), kept.told))
    }

    /// Which were used last is told by their times.
    pub(super) fn touch(&self) {
        let _ = File::open(self.folder.join("kept.json"))
            .and_then(|it| it.set_modified(SystemTime::now()));
    }

    pub(super) fn remove(&self) {
        remove(&self.folder);
    }

    /// Puts a folder with a data directory in its place, and removes what was used least.
    pub(super) fn put(
        &self,
        place: &Place,
        making: tempfile::TempDir,
        snapshot: &Snapshot,
        told: &Told,
    ) -> Result<()> {
        let kept = Kept { rows: snapshot.0.clone().into_iter().collect(), told: told.clone() };
        let text = crate::parse::json::to_text(&kept).map_err(Failure::new)?;
        fs::write(making.path().join("kept.json"), text).context("keep the snapshot")?;
        self.remove();
        fs::rename(making.keep(), &self.folder).context("keep the database")?;
        evict(place, &self.folder);
        Ok(())
    }
}

/// A name for what is there after each step, the first for what is there before any of them.
pub(super) fn chain(engine: &Engine, history: &History<'_>) -> Vec<String> {
    let mut hash = Sha256::new();
    let mut add = |parts: &[&str]| {
        for part in parts {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        let mut name = String::new();
        for byte in &hash.clone().finalize()[..12] {
            let _ = write!(name, "{byte:02x}");
        }
        name
    };
    let [version, kind] = engine.key();
    let supabase = if history.supabase { "supabase" } else { "" };
    let first =
        [env!("CARGO_PKG_VERSION"), prelude::VERSION, version.as_str(), kind.as_str(), supabase];
    let available = history.available.iter().map(String::as_str);
    let mut names = vec![add(&first.into_iter().chain(available).collect::<Vec<_>>())];
    for known in history.known {
        names.push(add(&known.each_ref().map(String::as_str)));
    }
    // Stubs of the change are there as well.
    if !history.extensions.is_empty() {
        let extensions: Vec<&str> = history.extensions.iter().map(|it| it.0.as_str()).collect();
        names.push(add(&extensions));
    }
    names
}

fn lock(place: &Place, name: &str) -> Result<File> {
    let path = place.folder().join(format!("{name}.lock"));
    loop {
        let file = File::create(&path).context("make a lock")?;
        file.lock().context("wait for another rehearsal")?;
        if is_there(&file, &path) {
            return Ok(file);
        }
    }
}

fn try_lock(place: &Place, name: &str) -> Option<File> {
    let path = place.folder().join(format!("{name}.lock"));
    let file = File::options().write(true).open(&path).ok()?;
    file.try_lock().ok()?;
    is_there(&file, &path).then_some(file)
}

/// Whether a lock is still the one of that name: who held it before may have removed it with what it was for.
fn is_there(file: &File, path: &Path) -> bool {
    match (file.metadata(), path.metadata()) {
        (Ok(one), Ok(other)) => one.ino() == other.ino() && one.dev() == other.dev(),
        _ => false,
    }
}

fn remove(entry: &Path) {
    let _ = fs::remove_dir_all(entry);
}

/// Removes the oldest, but none that is in use.
fn evict(place: &Place, newest: &Path) {
    let Ok(entries) = fs::read_dir(place.folder()) else { return };
    let used = |it: &PathBuf| fs::metadata(it.join("kept.json")).and_then(|it| it.modified()).ok();
    let mut all: Vec<(SystemTime, PathBuf)> = entries
        .filter_map(|it| Some(it.ok()?.path()))
        .filter(|it| it != newest)
        .filter_map(|it| Some((used(&it)?, it)))
        .collect();
    all.sort();
    all.reverse();
    for (_, entry) in all.into_iter().skip(KEPT - 1) {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(_lock) = try_lock(place, &name) {
            remove(&entry);
            let _ = fs::remove_file(place.folder().join(format!("{name}.lock")));
        }
    }
}
