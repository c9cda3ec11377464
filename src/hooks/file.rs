//! Changes files so that a kill at any moment leaves the old one or the new one, whole.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::git::Sharing;
use super::{Change, Report};
use crate::failure::{Context, Failure, Result};

/// What an interrupted install may leave behind begins with this.
const PREFIX: &str = ".sprag-new-";

/// What is to be done, decided before anything is touched.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub steps: Vec<Step>,
    pub notes: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Step {
    pub action: Action,
    pub what: String,
    pub lines: Vec<String>,
}

#[derive(Debug)]
pub(super) enum Action {
    Write {
        path: PathBuf,
        content: Vec<u8>,
        run: Run,
    },
    /// Gives a file a second name; the first one is written over by the next step.
    Keep {
        path: PathBuf,
        name: PathBuf,
    },
    /// Puts a file in the place of another.
    Rename {
        from: PathBuf,
        to: PathBuf,
    },
    Remove {
        path: PathBuf,
    },
    MakeExecutable {
        path: PathBuf,
    },
}

/// Whether a written file may be executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run {
    Yes,
    /// As the file there was, or not.
    AsBefore,
}

impl Plan {
    pub(super) fn push(&mut self, action: Action, what: impl Into<String>) {
        self.steps.push(Step { action, what: what.into(), lines: Vec::new() });
    }

    /// Writes a file of somebody else's, showing the lines that it gains or loses.
    pub(super) fn edit(
        &mut self,
        path: &Path,
        content: String,
        run: Run,
        what: &str,
        lines: Vec<String>,
    ) {
        // A symbolic link stays one; what it points to is changed.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        let action = Action::Write { path, content: content.into_bytes(), run };
        self.steps.push(Step { action, what: what.to_owned(), lines });
    }

    /// Does it, and says what was done. `shown` turns a path into what people would write.
    pub(super) fn apply(
        self,
        dry_run: bool,
        sharing: Sharing,
        shown: impl Fn(&Path) -> PathBuf,
    ) -> Result<Report> {
        let mut report =
            Report { up_to_date: self.steps.is_empty(), notes: self.notes, ..Report::default() };
        for step in self.steps {
            let path = step.action.path();
            let change = Change { path: shown(path), what: step.what, lines: step.lines };
            if !dry_run {
                step.action.apply(sharing).map_err(|error| explain(&error, path, &shown(path)))?;
            }
            report.changes.push(change);
        }
        Ok(report)
    }
}

fn explain(error: &io::Error, path: &Path, shown: &Path) -> Failure {
    let failure = Failure::new(format!("could not change `{}`: {error}", shown.display()));
    let directory = path.parent().unwrap_or(path);
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => failure.help(
            format!("make the directory writable: chmod u+w {}", super::shim::quoted(directory)),
        ),
        io::ErrorKind::StorageFull => failure.help("make room on the disk"),
        _ => failure.help(format!(
            "look at what {} is: it must be a directory",
            super::shim::quoted(directory)
        )),
    }
    .help("then run it again: what is there already is kept")
}

impl Action {
    fn path(&self) -> &Path {
        match self {
            Action::Write { path, .. }
            | Action::Keep { path, .. }
            | Action::Remove { path }
            | Action::MakeExecutable { path } => path,
            Action::Rename { to, .. } => to,
        }
    }

    fn apply(&self, sharing: Sharing) -> io::Result<()> {
        match self {
            Action::Write { path, content, run } => write(path, content, *run, sharing)?,
            Action::Keep { path, name } => keep(path, name, sharing)?,
            Action::Rename { from, to } => fs::rename(from, to)?,
            Action::Remove { path } => fs::remove_file(path)?,
            Action::MakeExecutable { path } => {
                let mode = mode(&fs::metadata(path)?);
                set_mode(path, mode | (mode & 0o444) >> 2)?;
            }
        }
        settle(self.path().parent())
    }
}

fn write(path: &Path, content: &[u8], run: Run, sharing: Sharing) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    make_directory(directory, sharing)?;
    let mut new = tempfile::Builder::new();
    new.prefix(PREFIX);
    #[cfg(unix)]
    let new = {
        use std::os::unix::fs::PermissionsExt;
        // The kernel takes the umask off.
        new.permissions(fs::Permissions::from_mode(if run == Run::Yes { 0o777 } else { 0o666 }))
    };
    let mut new = new.tempfile_in(directory)?;
    new.write_all(content)?;
    let wanted = match (fs::metadata(path), run) {
        (Ok(before), Run::AsBefore) => mode(&before),
        _ => sharing.adjust(mode(&new.as_file().metadata()?)),
    };
    set_mode(new.path(), wanted)?;
    new.as_file().sync_all()?;
    new.persist(path)?;
    Ok(())
}

fn make_directory(directory: &Path, sharing: Sharing) -> io::Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    if let Some(parent) = directory.parent() {
        make_directory(parent, sharing)?;
    }
    fs::create_dir(directory)?;
    set_mode(directory, sharing.adjust(mode(&fs::metadata(directory)?)))
}

/// A second name for a file: by a link, else by a copy that appears whole.
fn keep(path: &Path, name: &Path, sharing: Sharing) -> io::Result<()> {
    match fs::hard_link(path, name) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // Not every file system has links, and not every system links a symbolic link itself.
        Err(_) if !path.is_symlink() => {
            write(name, &fs::read(path)?, Run::AsBefore, sharing)?;
            fs::set_permissions(name, fs::metadata(path)?.permissions())
        }
        other => other,
    }
}

/// Takes away what a killed install left in a directory. Fresh files may belong to one that still runs.
pub(super) fn sweep(directory: &Path) {
    let old = |it: &fs::DirEntry| {
        let modified = it.metadata().ok()?.modified().ok()?;
        Some(modified.elapsed().ok()? > Duration::from_mins(1))
    };
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(PREFIX) && old(&entry) == Some(true) {
            // Litter that stays does no harm.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The text of a file, or nothing when there is none.
pub(super) fn text(path: &Path) -> Result<Option<String>> {
    match fs::read(path) {
        Ok(bytes) => {
            String::from_utf8(bytes).map(Some).context(format!("read `{}` as text", path.display()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).context(format!("read `{}`", path.display())),
    }
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).context(format!("read `{}`", path.display()))
}

pub(super) fn is_same_directory(one: &Path, other: &Path) -> bool {
    one == other
        || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// Whether there is anything by this name, be it a link to nowhere.
pub(super) fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

pub(super) fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|it| it.is_file() && mode(&it) & 0o111 != 0)
}

/// Whether two names stand for the same content, which is how an interrupted install is known.
pub(super) fn same(one: &Path, other: &Path) -> bool {
    if one.is_symlink() || other.is_symlink() {
        return fs::read_link(one).ok() == fs::read_link(other).ok();
    }
    matches!((fs::read(one), fs::read(other)), (Ok(one), Ok(other)) if one == other)
}

/// Makes a rename survive a loss of power, where directories can be synced.
fn settle(directory: Option<&Path>) -> io::Result<()> {
    if cfg!(unix)
        && let Some(directory) = directory
    {
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}

#[cfg(unix)]
pub(super) fn mode(metadata: &fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o7777
}

#[cfg(not(unix))]
pub(super) fn mode(_: &fs::Metadata) -> u32 {
    0o777
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    OsString::from_vec(bytes.to_vec()).into()
}

#[cfg(not(unix))]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    OsString::from(String::from_utf8_lossy(bytes).into_owned()).into()
}
