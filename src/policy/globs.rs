//! Lists of globs over paths. The only owner of `globset`.

use std::sync::OnceLock;

use globset::{Candidate, GlobBuilder, GlobSet};

use super::pattern::wildcard;
use crate::source::Span;

/// Globs relative to the repository's root. `*` stays inside a folder, `**` crosses them, letters match in either
/// case: git knows `Migrations/` from `migrations/`, the file system of a developer's laptop does not.
#[derive(Clone, Debug, Default)]
pub struct Globs {
    globs: Vec<(String, Span)>,
    /// Built when first asked. Nothing, if it cannot be built.
    set: OnceLock<Option<GlobSet>>,
}

/// Why a text is no glob, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadGlob {
    pub message: String,
    pub help: Option<String>,
}

impl Globs {
    /// Globs that have passed `check`. A list with any other matches everything: what is not understood is judged.
    #[must_use]
    pub fn new(globs: Vec<(String, Span)>) -> Globs {
        Globs { globs, set: OnceLock::new() }
    }

    #[must_use]
    pub fn matches(&self, path: &[u8]) -> bool {
        let set = self.set.get_or_init(|| {
            let globs: Result<Vec<_>, _> =
                self.globs.iter().map(|(text, _)| compile(text)).collect();
            GlobSet::new(globs.ok()?).ok()
        });
        set.as_ref().is_none_or(|it| it.is_match_candidate(&Candidate::from_bytes(path)))
    }

    /// Whether something below this directory could match. Says yes when in doubt; the empty path is the root.
    #[must_use]
    pub fn directory(&self, path: &[u8]) -> bool {
        self.globs.iter().any(|(text, _)| reaches_below(text, path))
    }

    /// Whether the path stands where one of the globs names a folder: `prisma` and `x/prisma/migrations` for
    /// `**/prisma/migrations/*/migration.sql`. What is no folder there hides everything that the glob is about.
    #[must_use]
    pub fn names(&self, path: &[u8]) -> bool {
        self.globs.iter().any(|(text, _)| names_folder(text, path))
    }

    /// The globs as they are written, and where.
    pub fn patterns(&self) -> impl Iterator<Item = (&str, &Span)> {
        self.globs.iter().map(|(text, span)| (text.as_str(), span))
    }

    /// Whether everything that `glob` matches is matched by one of these. Says no when in doubt.
    #[must_use]
    pub fn cover(&self, glob: &str) -> bool {
        self.globs.iter().any(|(text, _)| covers(text, glob))
    }

    /// What either list matches.
    #[must_use]
    pub fn union(&self, other: &Globs) -> Globs {
        let mut globs = self.globs.clone();
        globs.extend(
            other
                .globs
                .iter()
                .filter(|(text, _)| !self.globs.iter().any(|it| it.0 == *text))
                .cloned(),
        );
        Globs::new(globs)
    }

    /// Whether a text can be one of these globs.
    pub fn check(glob: &str) -> Result<(), BadGlob> {
        let bad = |message: &str, help: String| {
            Err(BadGlob { message: message.to_owned(), help: Some(help) })
        };
        if glob.contains('\\') {
            return bad(
                "a backslash separates no folders here",
                format!("write `{}`", glob.replace('\\', "/")),
            );
        }
        if let Some(rest) = glob.strip_prefix('/').or_else(|| glob.strip_prefix("./")) {
            return bad(
                "a glob starts at the repository's root by itself",
                format!("write `{rest}`"),
            );
        }
        if let Some(rest) = glob.strip_prefix('!') {
            return bad("a list of globs takes nothing out again", format!("remove `!{rest}`"));
        }
        if glob.ends_with('/') {
            return bad(
                "a folder alone matches no file",
                format!("write `{glob}**` for everything in it"),
            );
        }
        if glob.split('/').any(|it| it.is_empty() || it == "." || it == "..") {
            return bad(
                "no path has a part that is empty, `.` or `..`",
                "write the path as git shows it".to_owned(),
            );
        }
        if glob != glob.trim() {
            return bad(
                "a path with a space at its end is hardly meant",
                format!("write `{}`", glob.trim()),
            );
        }
        match compile(glob) {
            Ok(_) => Ok(()),
            Err(error) => Err(BadGlob { message: error.kind().to_string(), help: None }),
        }
    }
}

fn compile(glob: &str) -> Result<globset::Glob, globset::Error> {
    GlobBuilder::new(glob)
        .literal_separator(true)
        .case_insensitive(true)
        .backslash_escape(true)
        .empty_alternates(false)
        .allow_unclosed_class(false)
        .build()
}

/// Alternatives and classes may hold a `/`, so nothing is said about the parts of such a glob.
fn is_plain(part: &str) -> bool {
    part.is_ascii() && !part.contains(['{', '}', '[', ']', '\\', '?'])
}

fn reaches_below(glob: &str, directory: &[u8]) -> bool {
    let mut parts = glob.split('/');
    for folder in directory.split(|&it| it == b'/').filter(|it| !it.is_empty()) {
        // `**` is asked first: it reaches every depth, however short the glob is.
        match parts.next() {
            Some(part) if part.contains("**") || !is_plain(part) => return true,
            Some(part) if !folder.is_ascii() || same_case(wildcard, part, folder) => {}
            Some(_) | None => return false,
        }
    }
    parts.next().is_some()
}

fn names_folder(glob: &str, path: &[u8]) -> bool {
    let path = String::from_utf8_lossy(path).to_ascii_lowercase();
    let path: Vec<&str> = path.split('/').collect();
    let glob = glob.to_ascii_lowercase();
    let parts: Vec<&str> = glob.split('/').collect();
    // The last part names files.
    let folders = &parts[..parts.len().saturating_sub(1)];
    let floating = folders.iter().take_while(|it| **it == "**").count();
    let folders = &folders[floating..];
    let is_named = |taken: usize| {
        let tail = if floating > 0 { path.len().checked_sub(taken) } else { Some(0) };
        let enough = floating > 0 || path.len() == taken;
        let tail = tail.and_then(|it| path.get(it..)).unwrap_or_default();
        enough
            && tail.len() == taken
            && folders[..taken].iter().any(|it| !it.contains('*'))
            && folders[..taken].iter().zip(tail).all(|(part, it)| {
                !is_plain(part) || *part == "**" || wildcard(part.as_bytes(), it.as_bytes())
            })
    };
    (1..=folders.len()).any(is_named)
}

fn same_case(matches: fn(&[u8], &[u8]) -> bool, pattern: &str, text: &[u8]) -> bool {
    matches(pattern.to_ascii_lowercase().as_bytes(), &text.to_ascii_lowercase())
}

/// Whether `wide` matches whatever `narrow` matches, as far as the texts show it.
fn covers(wide: &str, narrow: &str) -> bool {
    if wide == narrow {
        return true;
    }
    // Each `**` multiplies the ways to try.
    let simple = wide.matches("**").count() <= 3;
    if !simple || !wide.split('/').all(is_plain) || !narrow.split('/').all(is_plain) {
        return false;
    }
    let parts = |it: &str| it.split('/').map(str::to_ascii_lowercase).collect::<Vec<_>>();
    covers_parts(&parts(wide), &parts(narrow))
}

fn covers_parts(wide: &[String], narrow: &[String]) -> bool {
    match (wide, narrow) {
        ([], []) => true,
        ([only], rest) if only == "**" => !rest.is_empty(),
        ([first, wide @ ..], _) if first == "**" => {
            (0..=narrow.len()).any(|skipped| covers_parts(wide, &narrow[skipped..]))
        }
        ([first, wide @ ..], [part, narrow @ ..]) => {
            part != "**"
                && wildcard(first.as_bytes(), part.as_bytes())
                && covers_parts(wide, narrow)
        }
        ([], _) | (_, []) => false,
    }
}
