//! Where servers live on this machine, and as whom they run.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::server::RUNNING;
use crate::failure::{Context, Failure, Result};

/// A folder for servers, and who they run as.
#[derive(Clone, Debug)]
pub struct Place {
    folder: PathBuf,
    /// Postgres refuses to run as root (Postgres manual, "Creating a database cluster"), so root lends them to another.
    owner: Option<(u32, u32)>,
}

impl Place {
    /// The one of whoever runs this: under its cache, or for root in a folder that others can pass through.
    pub fn of_user() -> Result<Place> {
        // The owner of what this process just made is its user; std has no other way to ask.
        let probe = tempfile::tempdir().context("make a temporary folder")?;
        let user = probe.path().metadata().context("look at a temporary folder")?.uid();
        if user != 0 {
            let cache = std::env::var_os("XDG_CACHE_HOME").filter(|it| !it.is_empty());
            let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache"));
            let cache = cache.map(PathBuf::from).or_else(home).filter(|it| it.is_absolute());
            let folder = match cache {
                Some(cache) => cache.join("sprag/rehearsal"),
                None => std::env::temp_dir().join(format!("sprag-{user}")),
            };
            return Place { folder, owner: None }.made(user);
        }
        let owner = account("postgres").unwrap_or((65534, 65534));
        Place { folder: PathBuf::from("/var/tmp/sprag-0"), owner: Some(owner) }.made(user)
    }

    fn made(self, user: u32) -> Result<Place> {
        let mode = if self.owner.is_some() { 0o711 } else { 0o700 };
        fs::DirBuilder::new()
            .recursive(true)
            .mode(mode)
            .create(&self.folder)
            .context(format!("make `{}`", self.folder.display()))?;
        let it = self.folder.symlink_metadata().context("look at the folder of rehearsals")?;
        // Somebody else may have made it first, where everybody may write.
        if !it.is_dir() || it.uid() != user {
            let folder = self.folder.display();
            return Err(Failure::new(format!("`{folder}` belongs to somebody else"))
                .help("remove it, or have it removed"));
        }
        fs::set_permissions(&self.folder, fs::Permissions::from_mode(mode))
            .context(format!("protect `{}`", self.folder.display()))?;
        Ok(self)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A folder that only whoever the server runs as may enter, and root.
    pub fn private(&self, path: &Path) -> Result<()> {
        fs::DirBuilder::new()
            .mode(0o700)
            .create(path)
            .context(format!("make `{}`", path.display()))?;
        self.give(path)
    }

    /// Makes a file or folder the server's.
    pub fn give(&self, path: &Path) -> Result<()> {
        let Some((user, group)) = self.owner else { return Ok(()) };
        chown(path, Some(user), Some(group)).context(format!("give `{}` away", path.display()))
    }

    /// The same folder for what may run as whoever runs this, root too.
    pub(super) fn own(&self) -> Place {
        Place { owner: None, ..self.clone() }
    }

    /// A program that runs as the server does, and knows nothing of the environment.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C").env("TZ", "UTC");
        command.current_dir(&self.folder);
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }
}

/// The numbers of an account, from the file that every Unix has.
fn account(name: &str) -> Option<(u32, u32)> {
    let text = fs::read_to_string("/etc/passwd").ok()?;
    let fields = text.lines().map(|it| it.split(':').collect::<Vec<_>>());
    let mut found = fields.filter(|it| it.first() == Some(&name));
    let it = found.next()?;
    Some((it.get(2)?.parse().ok()?, it.get(3)?.parse().ok()?)).filter(|it| it.0 != 0)
}

/// Copies a data directory of a server that does not run.
pub(super) fn copy(place: &Place, from: &Path, to: &Path) -> Result<()> {
    walk(place, from, to).context("copy the database")
}

/// Makes a data directory the same as another one that no server ever runs in. Only what was written to is copied: a file
/// that has its size and its time to the nanosecond is the one that was put there.
pub(super) fn same(place: &Place, from: &Path, to: &Path) -> Result<()> {
    walk(place, from, to)
        .or_else(|_| {
            fs::remove_dir_all(to)?;
            walk(place, from, to)
        })
        .context("copy the database")
}

fn walk(place: &Place, from: &Path, to: &Path) -> io::Result<()> {
    let give = || place.give(to).map_err(|it| io::Error::other(it.message));
    let mut others: BTreeSet<OsString> = match fs::read_dir(to) {
        Ok(entries) => entries.map(|it| Ok(it?.file_name())).collect::<io::Result<_>>()?,
        Err(it) if it.kind() == io::ErrorKind::NotFound => {
            fs::DirBuilder::new().mode(0o700).create(to)?;
            give()?;
            BTreeSet::new()
        }
        Err(it) => return Err(it),
    };
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_there = others.remove(&name);
        let (from, to) = (entry.path(), to.join(name));
        if entry.file_type()?.is_dir() {
            walk(place, &from, &to)?;
        } else if !is_there || !is_same(&entry.metadata()?, &to.symlink_metadata()?) {
            file(place, &from, &to)?;
        }
    }
    // A server that has just come up is not robbed of what says so.
    others.remove(OsStr::new(RUNNING));
    for name in others {
        let path = to.join(name);
        if path.symlink_metadata()?.is_dir() {
            fs::remove_dir_all(path)?;
        } else {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn is_same(one: &Metadata, other: &Metadata) -> bool {
    let time = |it: &Metadata| (it.mtime(), it.mtime_nsec());
    other.is_file() && one.len() == other.len() && time(one) == time(other)
}

/// Whoever writes to it after that gives it another time.
fn file(place: &Place, from: &Path, to: &Path) -> io::Result<()> {
    let mut read = File::open(from)?;
    let mut write = File::options().write(true).create(true).truncate(true).mode(0o600).open(to)?;
    io::copy(&mut read, &mut write)?;
    write.set_modified(read.metadata()?.modified()?)?;
    place.give(to).map_err(|it| io::Error::other(it.message))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::io::Write;
    use std::path::{Path, PathBuf};

    use super::{Place, same};

    fn files(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let mut found = BTreeMap::new();
        let mut open = vec![folder.to_owned()];
        while let Some(at) = open.pop() {
            for path in fs::read_dir(at).unwrap().map(|it| it.unwrap().path()) {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                found.insert(name, fs::read(&path).ok());
                if path.is_dir() {
                    open.push(path);
                }
            }
        }
        found
    }

    #[test]
    fn whatever_was_done_to_a_copy_is_undone() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("data"), folder.path().join("copy"));
        let place = Place { folder: folder.path().to_owned(), owner: None };
        fs::create_dir_all(from.join("base/1")).unwrap();
        fs::create_dir(from.join("empty")).unwrap();
        for (name, text) in [("version", "15"), ("base/1/a", "first"), ("base/1/b", "second")] {
            fs::write(from.join(name), text).unwrap();
        }
        let copy = || {
            same(&place, &from, &to).unwrap();
            assert_eq!(files(&from), files(&to));
        };
        copy();
        fs::write(to.join("base/1/a"), "FIRST").unwrap();
        fs::File::options()
            .append(true)
            .open(to.join("base/1/b"))
            .unwrap()
            .write_all(b"x")
            .unwrap();
        fs::write(to.join("base/1/c"), "third").unwrap();
        fs::remove_dir(to.join("empty")).unwrap();
        fs::create_dir_all(to.join("more/below")).unwrap();
        copy();
        // A folder where a file was.
        fs::remove_file(to.join("version")).unwrap();
        fs::create_dir(to.join("version")).unwrap();
        copy();
    }

    #[test]
    fn a_file_that_was_not_written_to_is_not_copied_again() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("data"), folder.path().join("copy"));
        let place = Place { folder: folder.path().to_owned(), owner: None };
        fs::create_dir(&from).unwrap();
        fs::write(from.join("a"), "first").unwrap();
        same(&place, &from, &to).unwrap();
        // Which of them it has tells whether it was.
        let time = from.join("a").metadata().unwrap().modified().unwrap();
        let other = fs::File::create(from.join("a")).unwrap();
        (&other).write_all(b"other").unwrap();
        other.set_modified(time).unwrap();
        same(&place, &from, &to).unwrap();
        assert_eq!(fs::read(to.join("a")).unwrap(), b"first");
    }
}
