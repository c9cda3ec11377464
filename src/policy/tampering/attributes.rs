//! `.gitattributes` that make git, or a reviewer, see another text than the one that is committed.

use super::{Facts, lines, signed, tampered, text};
use crate::policy::{Globs, Policy};
use crate::rules::Finding;
use crate::source::{FileChange, RepoPath, Span};

/// Names that migrations and what guards them have.
const SAMPLES: [&[u8]; 4] =
    [b"migration.sql", b"20250101000000_name.sql", b"policy.toml", b"allowed_signers"];

pub(super) fn finding(facts: &Facts<'_>, change: &FileChange) -> Option<Finding> {
    let (before, after) = (text(change.before.as_ref()), text(change.after.as_ref()));
    let known: Vec<&str> = lines(&before).map(|it| it.0).collect();
    let dangerous = |line: &str| is_dangerous(line, facts, &change.path);
    let mut new = lines(&after).filter(|(line, _)| dangerous(line) && !known.contains(line));
    let (line, place) = new.next()?;
    let path = &change.path;
    let message = format!("with `{line}` what git shows and checks out is not what is committed");
    let mut finding = tampered(path, place, message);
    let mut evidence = line.to_owned();
    for (line, place) in new {
        evidence = format!("{evidence}; {line}");
        finding = finding.label(place, format!("`{line}`"));
    }
    let help = "leave migrations and policy files out of the pattern";
    Some(signed(finding.help(help)).evidence(&evidence))
}

fn is_dangerous(line: &str, facts: &Facts<'_>, file: &RepoPath) -> bool {
    if line.starts_with('#') {
        return false;
    }
    let (pattern, attributes) = match line.strip_prefix('"') {
        // A quoted pattern may spell any name by escapes.
        Some(quoted) => ("*", quoted.rsplit_once('"').map_or(quoted, |it| it.1)),
        None => line.split_once([' ', '\t']).unwrap_or((line, "")),
    };
    if !attributes.split([' ', '\t']).any(hides) {
        return false;
    }
    // A macro can be given to any file by a line that looks harmless.
    pattern.starts_with("[attr]") || can_match(pattern) || fits(pattern, facts, file)
}

fn hides(attribute: &str) -> bool {
    let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
    match name {
        "filter" | "working-tree-encoding" => !matches!(value, "" | "UTF-8" | "utf-8"),
        "diff" => !value.is_empty(),
        "-diff" | "ident" | "binary" => true,
        _ => false,
    }
}

fn can_match(pattern: &str) -> bool {
    let last = pattern.rsplit('/').next().unwrap_or_default();
    if pattern.to_lowercase().contains("migrations") || last.to_lowercase().ends_with(".sql") {
        return true;
    }
    let glob = Globs::new(vec![(last.to_owned(), Span::file("".into()))]);
    SAMPLES.iter().any(|it| glob.matches(it))
}

/// Whether a pattern is about a migration that is there, or about the next one beside it.
fn fits(pattern: &str, facts: &Facts<'_>, file: &RepoPath) -> bool {
    let folder = file.parent().unwrap_or_else(|| "".into());
    let policies: Vec<&Policy> =
        [facts.base, facts.proposed].into_iter().filter_map(|it| it.policy()).collect();
    facts.known.migrations.iter().any(|path| {
        let Some(below) = below(path, &folder) else { return false };
        let (place, name) = match below.iter().rposition(|it| *it == b'/') {
            Some(at) => below.split_at(at + 1),
            None => (&b""[..], below),
        };
        let number = name.iter().take_while(|it| it.is_ascii_digit()).count();
        let next = [place, &vec![DIGIT; number], &name[number..]].concat();
        matches(pattern.as_bytes(), &next)
            || may_name(pattern, place).is_some_and(|named| {
                let whole =
                    [path.as_bytes().strip_suffix(below).unwrap_or_default(), &named].concat();
                policies.iter().any(|it| it.migrations.matches(&whole))
            })
    })
}

/// What of a path is below a folder.
fn below<'p>(path: &'p RepoPath, folder: &RepoPath) -> Option<&'p [u8]> {
    let path = path.as_bytes();
    if folder.as_bytes().is_empty() {
        return Some(path);
    }
    path.strip_prefix(folder.as_bytes())?.strip_prefix(b"/")
}

/// A file of SQL whose name begins as the pattern does, in this folder unless the pattern names another.
fn may_name(pattern: &str, folder: &[u8]) -> Option<Vec<u8>> {
    let begin = pattern.strip_suffix('*')?.trim_end_matches('*').replace(['*', '?'], "x");
    let named = format!("{}.sql", begin.trim_start_matches('/'));
    let is_name = !pattern.contains('/');
    Some(if is_name { [folder, named.as_bytes()].concat() } else { named.into_bytes() })
}

/// Stands for any digit in a path: migrations are numbered, and the next one has another number.
const DIGIT: u8 = 0;

/// As gitattributes(5) has it: without a `/` a pattern is about the name of a file in any folder, and with one about its
/// path below the folder of `.gitattributes`. A pattern of a folder is about no file in it.
fn matches(pattern: &[u8], path: &[u8]) -> bool {
    if !pattern.contains(&b'/') {
        return wild(pattern, path.rsplit(|it| *it == b'/').next().unwrap_or_default());
    }
    wild(pattern.strip_prefix(b"/").unwrap_or(pattern), path)
}

/// As wildmatch.c of git has it, in either case of letters.
fn wild(pattern: &[u8], text: &[u8]) -> bool {
    /// Each `*` multiplies the ways to try; what has more of them counts as matching.
    const MOST: usize = 8;
    pattern.split(|it| *it == b'*').count() > MOST || wild_from(pattern, text, true)
}

fn wild_from(pattern: &[u8], text: &[u8], begins: bool) -> bool {
    let Some((&first, rest)) = pattern.split_first() else { return text.is_empty() };
    match first {
        b'*' => {
            let stars = pattern.iter().take_while(|it| **it == b'*').count();
            let rest = &pattern[stars..];
            let across = stars > 1 && begins && matches!(rest.first(), None | Some(b'/'));
            // `**/` may be no folder at all.
            if across && rest.first() == Some(&b'/') && wild_from(&rest[1..], text, true) {
                return true;
            }
            (0..=text.len())
                .take_while(|&at| at == 0 || across || text[at - 1] != b'/')
                .any(|at| wild_from(rest, &text[at..], false))
        }
        _ => {
            let Some((&byte, more)) = text.split_first() else { return false };
            let (fits, rest) = match first {
                b'?' => (byte != b'/', rest),
                b'[' => class(rest, byte),
                b'\\' => match rest.split_first() {
                    Some((&literal, rest)) => (same(literal, byte), rest),
                    None => return false,
                },
                _ => (same(first, byte), rest),
            };
            fits && wild_from(rest, more, first == b'/')
        }
    }
}

fn same(pattern: u8, text: u8) -> bool {
    if text == DIGIT { pattern.is_ascii_digit() } else { pattern.eq_ignore_ascii_case(&text) }
}

/// Whether a class has this byte, and what comes after the class. One with anything but letters, digits and ranges in it
/// may have any.
fn class(rest: &[u8], byte: u8) -> (bool, &[u8]) {
    let negated = matches!(rest.first(), Some(b'!' | b'^'));
    let from = usize::from(negated);
    // A bracket that comes first stands for itself.
    let Some(length) = rest.iter().skip(from + 1).position(|it| *it == b']') else {
        return (false, &[]);
    };
    let (members, rest) = (&rest[from..=from + length], &rest[from + length + 2..]);
    if byte == b'/' {
        return (false, rest);
    }
    if negated || !members.iter().all(|it| it.is_ascii_alphanumeric() || *it == b'-') {
        return (true, rest);
    }
    let has = |byte: u8| {
        members.contains(&byte)
            || members.windows(3).any(|it| it[1] == b'-' && (it[0]..=it[2]).contains(&byte))
    };
    let fits = if byte == DIGIT {
        (b'0'..=b'9').any(has)
    } else {
        has(byte.to_ascii_lowercase()) || has(byte.to_ascii_uppercase())
    };
    (fits, rest)
}
