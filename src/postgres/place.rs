//! Where servers live on this machine, and as whom they run.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

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
    fn walk(place: &Place, from: &Path, to: &Path) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt;
        fs::create_dir(to)?;
        fs::set_permissions(to, fs::Permissions::from_mode(0o700))?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            let (from, to) = (entry.path(), to.join(entry.file_name()));
            if entry.file_type()?.is_dir() {
                walk(place, &from, &to)?;
            } else {
                fs::copy(&from, &to)?;
                place.give(&to).map_err(|it| io::Error::other(it.message))?;
            }
        }
        place.give(to).map_err(|it| io::Error::other(it.message))
    }
    walk(place, from, to).context("copy the database")
}
