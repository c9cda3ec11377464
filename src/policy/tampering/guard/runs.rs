//! Workflows, hooks and scripts that run sprag: what takes from a refusal its consequence.

use super::compare::{Point, weaker};
use super::{lines, unreadable};
use crate::parse::command::guard::{self, Guard, Guards, Helpers};
use crate::policy::tampering::{signed, tampered, text};
use crate::rules::Finding;
use crate::source::{FileChange, RepoPath, Source, Span};

/// Files that may run sprag by themselves, or for somebody who does.
pub fn is_watched(path: &RepoPath) -> bool {
    let is_yaml = [&b".yml"[..], b".yaml"].iter().any(|it| path.as_bytes().ends_with(it));
    let folders = [&b".github/actions"[..], b".circleci", b".gitlab"];
    let name = path.file_name();
    guard::kind(path).is_some()
        || (is_yaml && folders.iter().any(|it| path.is_under(it)))
        || name.starts_with(b".lintstagedrc")
        || name.starts_with(b"lint-staged.config.")
}

/// Something that ran sprag does so no longer, or without consequence.
pub(in crate::policy::tampering) fn runs(
    change: &FileChange,
    helpers: &Helpers,
) -> Option<Finding> {
    let before = text(change.before.as_ref());
    let path = &change.path;
    let old = guard::guards(&before, helpers);
    let unread = guard::kind(path).is_none() || old.problem.is_some() || old.guards.is_empty();
    let by_lines = unread && before.text.lines().any(guard::looks_like);
    if !by_lines && old.guards.is_empty() {
        return None;
    }
    let Some(after) = &change.after else {
        let message = match old.guards.first() {
            Some(guard) => format!("`{path}` runs sprag, and this deletes it: `{}`", guard.words),
            None => format!("`{path}` runs sprag, and this deletes it"),
        };
        let finding = tampered(path, Span::file(path.clone()), message).evidence("deleted");
        return Some(signed(finding));
    };
    if let Some(finding) = unreadable(change) {
        return Some(finding);
    }
    let after = text(Some(after));
    let points = if by_lines {
        lines::lost(&before, &after).into_iter().collect()
    } else {
        compared(&before, &old, &after, helpers)
    };
    told(path, points)
}

fn compared(before: &Source, old: &Guards, after: &Source, helpers: &Helpers) -> Vec<Point> {
    let new = guard::guards(after, helpers);
    if let Some((range, why)) = new.problem {
        let what = format!("nobody can tell whether it does: {why}");
        return vec![Point { what, place: Span::new(after.path.clone(), range) }];
    }
    let mut points = Vec::new();
    for guard in &old.guards {
        let mut same = new.guards.iter().filter(|it| it.unit == guard.unit);
        let found = same.clone().find(|it| it.words == guard.words).or_else(|| same.next());
        match found {
            Some(now) => points.extend(weaker(guard, now, old.automatic)),
            None => points.push(gone(before, guard, old, &new)),
        }
    }
    points
}

/// The part that ran it is gone, has another name, or runs something else.
fn gone(before: &Source, guard: &Guard, old: &Guards, new: &Guards) -> Point {
    let elsewhere = new.guards.iter().find(|it| {
        it.words == guard.words && !old.guards.iter().any(|known| known.unit == it.unit)
    });
    match elsewhere {
        Some(now) => {
            let known =
                if old.automatic { ", and a required check is known by its name" } else { "" };
            let what = format!(
                "what ran it as `{}` is called `{}`{known}",
                name_of(&guard.unit),
                name_of(&now.unit)
            );
            Point { what, place: now.span.clone() }
        }
        None => Point {
            what: format!("it does not: `{}` is gone", guard.words),
            place: Span::file(before.path.clone()),
        },
    }
}

fn name_of(unit: &str) -> &str {
    ["jobs.", "scripts."].iter().find_map(|it| unit.strip_prefix(it)).unwrap_or(unit)
}

/// One finding, with a label for each further point.
fn told(path: &RepoPath, mut points: Vec<Point>) -> Option<Finding> {
    let mut known: Vec<Point> = Vec::new();
    points.retain(|it| {
        let new = !known.contains(it);
        known.push(it.clone());
        new
    });
    let (first, more) = points.split_first()?;
    let message = format!("`{path}` runs sprag, and after this {}", first.what);
    let mut finding = tampered(path, first.place.clone(), message);
    for point in more {
        finding = finding.label(point.place.clone(), point.what.clone());
    }
    let all: Vec<&str> = points.iter().map(|it| it.what.as_str()).collect();
    Some(signed(finding).evidence(&all.join("; ")))
}
