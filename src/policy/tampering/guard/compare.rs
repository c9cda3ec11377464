//! What runs sprag, before and after: whether a refusal still has the consequence that it had.

use super::triggers;
use crate::parse::command::guard::{Bearing, Fact, Guard, How, Slip};
use crate::source::{RepoPath, Span};

/// One thing that is weaker than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Point {
    /// The end of a sentence that begins with "after this".
    pub(super) what: String,
    pub(super) place: Span,
}

/// What of it is weaker. Both run in the same part of the file. `automatic`: a system runs it, and all that comes before.
pub(super) fn weaker(before: &Guard, after: &Guard, automatic: bool) -> Vec<Point> {
    let mut points = Vec::new();
    let place = || after.span.clone();
    let (old, new) = (judged(&before.words), judged(&after.words));
    if old != new {
        let what = format!("it is told something else: `{new}`, not `{old}`");
        points.push(Point { what, place: place() });
    }
    let known = |it: &Slip| {
        before.slip.as_ref().is_some_and(|old| old.how == it.how && old.text == it.text)
    };
    if let Some(slip) = after.slip.as_ref().filter(|it| !known(it)) {
        let place = Span::new(after.span.path.clone(), slip.range.clone());
        points.push(Point { what: slipped(slip), place });
    }
    if points.is_empty() && automatic && judged(&before.line) != judged(&after.line) {
        let what = format!("it is run in another way: `{}`", after.line);
        points.push(Point { what, place: place() });
    }
    facts(before, after, &mut points);
    triggers::lost(before, after, &mut points);
    points
}

/// A command without what says only how the verdict is told.
fn judged(words: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut words = words.split(' ');
    while let Some(word) = words.next() {
        match word {
            "--format" => drop(words.next()),
            "-v" | "--verbose" => {}
            _ if word.starts_with("--format=") => {}
            _ => kept.push(word),
        }
    }
    kept.join(" ")
}

fn slipped(slip: &Slip) -> String {
    let text = &slip.text;
    match slip.how {
        How::Swallowed => format!("it counts as passed whatever it finds: `{text}`"),
        How::Unreached => format!("it is not reached: `{text}` comes before it"),
        How::Conditional => format!("it does not always run: `{text}`"),
        How::Replaced => format!("its name stands for another program: `{text}`"),
    }
}

fn facts(before: &Guard, after: &Guard, points: &mut Vec<Point>) {
    let path = &after.span.path;
    for fact in after.facts.iter().filter(|it| !is_known(before, it)) {
        let old = before.facts.iter().find(|it| it.path == fact.path);
        points.push(Point {
            what: said(fact, old),
            place: Span::new(path.clone(), fact.range.clone()),
        });
    }
    for fact in before.facts.iter().filter(|it| matters_when_gone(it.bearing)) {
        if !after.facts.iter().any(|it| it.path == fact.path) {
            points.push(Point { what: gone(fact), place: nearest(path, after) });
        }
    }
}

fn matters_when_gone(bearing: Bearing) -> bool {
    matches!(
        bearing,
        Bearing::Decides | Bearing::Runs | Bearing::Brings | Bearing::Machine | Bearing::Name
    )
}

fn nearest(path: &RepoPath, after: &Guard) -> Span {
    Span::new(path.clone(), after.span.range())
}

fn is_known(before: &Guard, fact: &Fact) -> bool {
    let mut same = before.facts.iter().filter(|it| it.path == fact.path);
    match fact.bearing {
        Bearing::Machine => is_hosted(&fact.value) || same.any(|it| it.value == fact.value),
        _ => same.any(|it| {
            it.value == fact.value && is_as_new(it.version.as_deref(), fact.version.as_deref())
        }),
    }
}

/// Machines that the system makes anew for each job, one as good as the other.
fn is_hosted(runner: &str) -> bool {
    let version = ["ubuntu-", "macos-", "windows-"].iter().find_map(|it| runner.strip_prefix(it));
    version.is_some_and(|it| it == "latest" || it.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether a version is the same, or a later one of the same kind. A hash says nothing of what it is a hash of.
fn is_as_new(old: Option<&str>, new: Option<&str>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) if old != new => match (numbers(old), numbers(new)) {
            (Some((old, old_rest)), Some((new, new_rest))) => {
                // `v4` stands for the newest of its kind.
                let shared = old.len().min(new.len());
                old_rest == new_rest && new[..shared] >= old[..shared]
            }
            _ => false,
        },
        (old, new) => old == new,
    }
}

/// The numbers of a version, and what stands behind them: `20-alpine` is 20 and `-alpine`.
fn numbers(version: &str) -> Option<(Vec<u64>, &str)> {
    let bare = version.strip_prefix('v').unwrap_or(version);
    let end = bare.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(bare.len());
    let (digits, rest) = bare.split_at(end);
    // What has letters right behind its digits, or very many digits, is a hash.
    if rest.starts_with(|c: char| c.is_ascii_alphanumeric()) || version.len() > 30 {
        return None;
    }
    let numbers = digits.split('.').map(|it| it.parse().ok()).collect::<Option<Vec<u64>>>()?;
    Some((numbers, rest))
}

fn said(fact: &Fact, old: Option<&Fact>) -> String {
    let written = if fact.shown.starts_with(&format!("{}: ", fact.key))
        || fact.key == "run"
        || fact.key == "steps"
    {
        fact.shown.clone()
    } else {
        format!("{}: {}", fact.key, fact.shown)
    };
    match fact.bearing {
        Bearing::Excuses => format!("it may fail without consequence: `{written}`"),
        Bearing::LeavesOut => format!("it does not always run: `{written}`"),
        Bearing::Decides if fact.value == "manual" => {
            format!("it runs only where somebody starts it: `{written}`")
        }
        Bearing::Decides => format!("something else decides when it runs: `{written}`"),
        Bearing::Waits => {
            format!(
                "it waits for `{}`, and is left out where that fails or is left out",
                fact.shown
            )
        }
        Bearing::Before => {
            format!(
                "something else runs before it, which can put another program in its place: `{written}`"
            )
        }
        Bearing::Brings => match old {
            Some(old) => format!("it relies on something else: `{written}`, not `{}`", old.shown),
            None => format!("it relies on something else: `{written}`"),
        },
        Bearing::Machine => format!("it runs on another machine: `{written}`"),
        Bearing::Variable | Bearing::Variables => {
            format!("it runs with another `{}`: `{written}`", fact.key)
        }
        Bearing::Name => {
            format!("it is called `{}`, and a required check is known by its name", fact.shown)
        }
        Bearing::Runs | Bearing::Named | Bearing::Nothing => {
            format!("it is run in another way: `{written}`")
        }
    }
}

fn gone(fact: &Fact) -> String {
    match fact.bearing {
        Bearing::Name => format!(
            "it is not called `{}` any more, and a required check is known by its name",
            fact.shown
        ),
        _ => format!("`{}: {}` is gone", fact.key, fact.shown),
    }
}
