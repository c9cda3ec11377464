//! The server programs of Postgres on this machine.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder with `postgres` and `initdb`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binaries {
    pub folder: PathBuf,
    /// 15 of 15.18.
    pub major: u32,
    /// As the program tells it: `15.18`.
    pub version: String,
}

impl Binaries {
    /// Those in a folder, where they run here.
    pub fn at(folder: &Path) -> Option<Binaries> {
        // A link in a folder of the path says nothing of what lies beside the program.
        let program = folder.join("postgres").canonicalize().ok()?;
        let folder = program.parent()?;
        if !folder.join("initdb").is_file() {
            return None;
        }
        let said = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
        let text = String::from_utf8_lossy(&said.stdout).into_owned();
        // `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`
        let version =
            text.split_whitespace().find(|it| it.starts_with(|c: char| c.is_ascii_digit()))?;
        let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
        Some(Binaries {
            folder: folder.to_owned(),
            major: digits.parse().ok()?,
            version: version.to_owned(),
        })
    }
}

impl Binaries {
    /// The extensions that the server has, by their control files.
    pub fn extensions(&self) -> Vec<String> {
        let said = Command::new(self.folder.join("pg_config")).arg("--sharedir").output();
        let told = said.ok().filter(|it| it.status.success());
        let told =
            told.map(|it| PathBuf::from(String::from_utf8_lossy(&it.stdout).trim().to_owned()));
        let near = ["../share", "../share/postgresql"].map(|it| self.folder.join(it));
        // Debian keeps them apart from the programs.
        let debian = PathBuf::from(format!("/usr/share/postgresql/{}", self.major));
        let folders = told.into_iter().chain(near).chain([debian]);
        let mut names: Vec<String> = folders
            .flat_map(|it| inside(&it.join("extension")))
            .filter(|it| it.extension().is_some_and(|it| it == "control"))
            .filter_map(|it| Some(it.file_stem()?.to_str()?.to_owned()))
            .collect();
        names.sort();
        names.dedup();
        names
    }
}

/// The programs to rehearse with: of the version that the policy names where it is there, else the newest.
///
/// `near` is where the packages of a project may lie (`node_modules`).
pub fn find(wanted: Option<u32>, near: &Path) -> Option<Binaries> {
    let mut seen = BTreeSet::new();
    // Each is asked once, by however many links it is found.
    let own = folders(near).into_iter().filter_map(|it| {
        let program = it.join("postgres").canonicalize().ok()?;
        program.parent().map(Path::to_owned).filter(|it| seen.insert(it.clone()))
    });
    let mut all: Vec<Binaries> = own.filter_map(|it| Binaries::at(&it)).collect();
    // The first found of the same version stays first.
    all.sort_by_key(|it| std::cmp::Reverse((Some(it.major) == wanted, it.major)));
    all.into_iter().next()
}

/// Where systems and package managers put them: Debian, Red Hat, Homebrew, `MacPorts`, the installers for macOS, and
/// `@embedded-postgres` of npm.
fn folders(near: &Path) -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    for (parent, below) in [
        ("/usr/lib/postgresql", "bin"),
        ("/usr/local/lib/postgresql", "bin"),
        ("/opt/homebrew/opt", "bin"),
        ("/usr/local/opt", "bin"),
        ("/opt/local/lib", "bin"),
        ("/Library/PostgreSQL", "bin"),
        ("/Applications/Postgres.app/Contents/Versions", "bin"),
        ("/usr", "bin"),
    ] {
        let named = |it: &PathBuf| {
            let name = it.file_name().unwrap_or_default().to_string_lossy();
            // Of folders with everything in them, those of Postgres.
            let own = parent.to_lowercase().contains("postgres");
            own || name.starts_with("postgresql") || name.starts_with("pgsql-")
        };
        folders
            .extend(inside(Path::new(parent)).into_iter().filter(named).map(|it| it.join(below)));
    }
    let packages = inside(&near.join("node_modules/@embedded-postgres"));
    folders.extend(packages.into_iter().map(|it| it.join("native/bin")));
    folders
}

fn inside(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.filter_map(|it| Some(it.ok()?.path())).collect();
    paths.sort();
    paths
}
