//! What stands where migrations are looked for, and is none that can be read.

use crate::policy::Globs;
use crate::repo::{Delta, Wanted};
use crate::rules::Finding;
use crate::source::{Mode, RepoPath, Span};

/// Endings of programs that tools run as migrations.
const PROGRAMS: &[&str] =
    &["ts", "mts", "cts", "js", "mjs", "cjs", "py", "rb", "php", "go", "kt", "java", "cs"];

/// What a change puts where migrations are.
pub(super) fn of(globs: &Globs, others: &[Delta], migrations: &[Delta]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for delta in others {
        let Some((mode, _)) = &delta.after else { continue };
        let path = &delta.path;
        let plain = matches!(mode, Mode::Regular | Mode::Executable);
        if plain && is_program(globs, path.as_bytes()) {
            findings.push(program(path));
        }
        // A link, a submodule or a file where a folder of migrations would be hides all of them.
        let replaced = |it: &Delta| it.path.is_under(path.as_bytes());
        if (plain && !migrations.iter().any(replaced)) || !globs.names(path.as_bytes()) {
            continue;
        }
        let what = match mode {
            Mode::Symlink => "a symbolic link",
            Mode::Submodule => "a submodule",
            Mode::Regular | Mode::Executable => "a file",
        };
        let message =
            format!("`{path}` is {what}, and stands where the policy looks for migrations");
        findings.push(
            Finding::new(path.to_string(), Span::file(path.clone()), message)
                .evidence(what)
                .help("keep the migrations as plain files in this repository"),
        );
    }
    findings
}

/// Programs among migrations, to be listed.
pub(super) struct Programs<'a>(pub(super) &'a Globs);

impl Wanted for Programs<'_> {
    fn file(&self, path: &[u8]) -> bool {
        is_program(self.0, path)
    }

    fn directory(&self, path: &[u8]) -> bool {
        self.0.directory(path)
    }
}

/// It would be a migration, were it SQL: `drizzle/0001_change.ts` beside `drizzle/*.sql`. Only a name that begins with
/// a number, or is `migration`, is one that a tool would run.
pub(super) fn is_program(globs: &Globs, path: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(path) else { return false };
    let Some((stem, ending)) = text.rsplit_once('.') else { return false };
    if !PROGRAMS.contains(&ending) {
        return false;
    }
    let name = stem.rsplit('/').next().unwrap_or(stem);
    let numbered = name.trim_start_matches(['V', 'v']).starts_with(|c: char| c.is_ascii_digit());
    (numbered || name == "migration") && globs.matches(format!("{stem}.sql").as_bytes())
}

/// Nobody reads what it does to the database.
pub(super) fn program(path: &RepoPath) -> Finding {
    let message = format!(
        "`{path}` is a program among migrations: what it does to the database cannot be read"
    );
    Finding::new(path.to_string(), Span::file(path.clone()), message).evidence("program").help(
        "write the migration in SQL; a program that only moves rows belongs outside of this folder",
    )
}
