//! `.gitattributes` that make git, or a reviewer, see another text than the one that is committed.

use super::{lines, signed, tampered, text};
use crate::policy::Globs;
use crate::rules::Finding;
use crate::source::{FileChange, Span};

/// Names that migrations and what guards them have.
const SAMPLES: [&[u8]; 4] =
    [b"migration.sql", b"20250101000000_name.sql", b"policy.toml", b"allowed_signers"];

pub(super) fn finding(change: &FileChange) -> Option<Finding> {
    let (before, after) = (text(change.before.as_ref()), text(change.after.as_ref()));
    let known: Vec<&str> = lines(&before).map(|it| it.0).collect();
    let mut new = lines(&after).filter(|(line, _)| is_dangerous(line) && !known.contains(line));
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

fn is_dangerous(line: &str) -> bool {
    if line.starts_with('#') {
        return false;
    }
    let (pattern, attributes) = match line.strip_prefix('"') {
        // A quoted pattern may spell any name by escapes.
        Some(quoted) => ("*", quoted.rsplit_once('"').map_or(quoted, |it| it.1)),
        None => line.split_once([' ', '\t']).unwrap_or((line, "")),
    };
    // A macro can be given to any file by a line that looks harmless.
    let reaches = pattern.starts_with("[attr]") || can_match(pattern);
    reaches && attributes.split([' ', '\t']).any(hides)
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
