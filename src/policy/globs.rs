//! Lists of globs over paths. The only owner of `globset`.

use std::sync::OnceLock;

use globset::{Candidate, GlobBuilder, GlobSet};

use super::pattern::{wildcard, wildcard_by};
use crate::source::Span;

/// Globs relative to the repository's root. `*` stays inside a folder, `**` crosses them, letters match in either
/// case: git knows `Migrations/` from `migrations/`, the file system of a developer's laptop does not.
#[derive(Clone, Debug, Default)]
pub struct Globs {
    globs: Vec<(String, Span)>,
    /// Made when first asked.
    matcher: OnceLock<Matcher>,
}

/// Globs made ready to be asked.
#[derive(Clone, Debug)]
struct Matcher {
    /// Globs of nothing but names, `*` and `**`, by their parts. Nearly all are: making an expression of them for
    /// `globset` would take a third of the time of a hook.
    plain: Vec<Vec<String>>,
    /// The others. Nothing, if they cannot be built.
    set: Option<GlobSet>,
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
        Globs { globs, matcher: OnceLock::new() }
    }

    #[must_use]
    pub fn matches(&self, path: &[u8]) -> bool {
        let Matcher { plain, set } = self.matcher.get_or_init(|| {
            let texts = self.globs.iter().map(|(text, _)| text.as_str());
            let (plain, others): (Vec<&str>, Vec<&str>) = texts.partition(|it| has_plain_parts(it));
            let globs: Result<Vec<_>, _> = others.into_iter().map(compile).collect();
            Matcher {
                plain: plain.iter().map(|it| it.split('/').map(str::to_owned).collect()).collect(),
                set: globs.ok().and_then(|it| GlobSet::new(it).ok()),
            }
        });
        plain.iter().any(|it| matches_parts(it, path))
            || set.as_ref().is_none_or(|it| {
                !it.is_empty() && it.is_match_candidate(&Candidate::from_bytes(path))
            })
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
        let narrow = alternatives(glob);
        let wide: Vec<String> = self.globs.iter().flat_map(|it| alternatives(&it.0)).collect();
        narrow.iter().all(|narrow| wide.iter().any(|wide| covers(wide, narrow)))
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

/// Nothing but names, `*` inside of them, and `**` in place of them.
fn has_plain_parts(glob: &str) -> bool {
    glob.split('/').all(|part| is_plain(part) && (part == "**" || !part.contains("**")))
}

/// Whether a path is what these parts say. Steps back only to the last `**`, as `wildcard` does to the last `*`.
fn matches_parts(glob: &[String], path: &[u8]) -> bool {
    let same = |a: u8, b: u8| a.eq_ignore_ascii_case(&b);
    let mut rest = path.split(|&byte| byte == b'/');
    let mut glob_rest = glob;
    let mut retry = None;
    loop {
        let here = rest.clone();
        let Some(name) = rest.next() else { return glob_rest.is_empty() };
        match glob_rest {
            [star] if star == "**" => return true,
            [star, more @ ..] if star == "**" => {
                rest = here.clone();
                glob_rest = more;
                retry = Some((more, here));
            }
            [part, more @ ..] if wildcard_by(part.as_bytes(), name, same) => glob_rest = more,
            _ => {
                let Some((parts, from)) = &mut retry else { return false };
                from.next();
                rest = from.clone();
                glob_rest = parts;
            }
        }
    }
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

/// More globs than this are not made of one.
const MOST_ALTERNATIVES: usize = 64;

/// What `{a,b}` stands for, written out. The glob itself where that is not plain to see.
fn alternatives(glob: &str) -> Vec<String> {
    let whole = || vec![glob.to_owned()];
    if glob.contains(['[', '\\']) {
        return whole();
    }
    let mut done = Vec::new();
    let mut open = vec![glob.to_owned()];
    while let Some(text) = open.pop() {
        let Some(end) = text.find('}') else {
            done.push(text);
            continue;
        };
        // The innermost pair, which has no other in it.
        let Some(start) = text[..end].rfind('{') else { return whole() };
        let (before, behind) = (&text[..start], &text[end + 1..]);
        for one in text[start + 1..end].split(',') {
            // `**` crosses folders where it is written as a part of its own, and not where it comes of this.
            let joins = before.ends_with('*') && one.starts_with('*')
                || one.ends_with('*') && behind.starts_with('*')
                || one.contains("**")
                || one.starts_with('/')
                || one.ends_with('/');
            if one.is_empty() || joins || open.len() + done.len() >= MOST_ALTERNATIVES {
                return whole();
            }
            open.push(format!("{before}{one}{behind}"));
        }
    }
    done
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::{Candidate, compile, has_plain_parts, matches_parts};

    proptest! {
        #[test]
        fn plain_globs_match_what_globset_matches(
            glob in "(a|B|\\*|\\*\\*|a\\*|\\*\\.b|a\\*b\\*)(/(a|B|\\*|\\*\\*|a\\*|\\*\\.b|ab)){0,5}",
            path in "(a|A|b|ab|a\\.b|xab\n|\u{212a})(/(a|b|B|ab|a\\.b|xab|ax\\.B)){0,6}",
        ) {
            prop_assert!(has_plain_parts(&glob));
            let parts: Vec<String> = glob.split('/').map(str::to_owned).collect();
            let known = compile(&glob).unwrap().compile_matcher();
            let known = known.is_match_candidate(&Candidate::from_bytes(&path));
            prop_assert_eq!(matches_parts(&parts, path.as_bytes()), known);
        }
    }
}
