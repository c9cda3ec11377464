//! The version of sprag that a repository asks for.

use super::super::{signed, tampered, text};
use crate::rules::Finding;
use crate::source::{FileChange, Span};

/// An older sprag knows fewer rules.
pub(in super::super) fn version(change: &FileChange) -> Option<Finding> {
    let before = text(Some(change.before.as_ref()?));
    let path = &change.path;
    let after = text(change.after.as_ref());
    let (old, new) = (before.text.trim(), after.text.trim());
    let lower = match (numbers(old), numbers(new)) {
        (Some(old), Some(new)) => new < old,
        (Some(_), None) => true,
        (None, _) => false,
    };
    if !lower {
        return None;
    }
    let message = if numbers(new).is_some() {
        format!("sprag {new} is older than {old}, and does not refuse what {old} does")
    } else {
        format!("`{path}` pins no version any more; it was {old}")
    };
    let end = if change.after.is_some() { after.text.len() } else { 0 };
    Some(
        signed(tampered(path, Span::new(path.clone(), 0..end), message))
            .evidence(&format!("{old} -> {new}")),
    )
}

/// As semver.org has it in 11: the numbers, then what comes before a release, which is less than the release.
fn numbers(version: &str) -> Option<Version> {
    let version = version.trim_start_matches('v').split('+').next()?;
    let (core, early) = version.split_once('-').map_or((version, None), |it| (it.0, Some(it.1)));
    let mut numbers: Vec<u64> = core.split('.').map(|it| it.parse().ok()).collect::<Option<_>>()?;
    // `1.2` is `1.2.0`.
    numbers.resize(numbers.len().max(3), 0);
    let part = |it: &str| it.parse().map_or_else(|_| Part::Word(it.to_owned()), Part::Number);
    Some((
        numbers,
        early.map_or(Stage::Release, |it| Stage::Early(it.split('.').map(part).collect())),
    ))
}

type Version = (Vec<u64>, Stage);

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Early(Vec<Part>),
    Release,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Number(u64),
    Word(String),
}
