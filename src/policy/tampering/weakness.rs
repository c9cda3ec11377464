//! How a command of sprag can be passed by, told from the file that runs it alone.

use std::ops::Range;

use crate::parse::command::guard::{Bearing, Guard, How, Trigger};
use crate::policy::Globs;
use crate::source::{RepoPath, Span};

/// One way past a gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weakness {
    /// The end of a sentence about what runs it.
    pub text: String,
    /// What to write instead.
    pub fix: String,
    pub range: Range<usize>,
}

/// What a gate is measured by.
#[derive(Clone, Copy, Debug)]
pub struct Measure<'a> {
    /// The migrations that the repository has.
    pub migrations: &'a [RepoPath],
    /// The branch that changes end up in.
    pub main: &'a str,
}

/// Everything by which a refusal has no consequence, or is never asked for.
pub fn weaknesses(guard: &Guard, by: &Measure<'_>) -> Vec<Weakness> {
    let mut found = Vec::new();
    if let Some(slip) = &guard.slip {
        let (text, fix) = match slip.how {
            How::Swallowed => ("it counts as passed whatever it finds", "let it fail"),
            How::Unreached => ("it is never reached", "take that out"),
            How::Conditional => ("it does not always run", "run it in any case"),
            How::Replaced => ("its name stands for another program", "take that out"),
        };
        found.push(Weakness {
            text: format!("{text}: `{}`", slip.text),
            fix: fix.to_owned(),
            range: slip.range.clone(),
        });
    }
    for fact in &guard.facts {
        let written = format!("{}: {}", fact.key, fact.shown);
        let (text, fix) = match fact.bearing {
            Bearing::Excuses => ("it may fail without consequence", "take that out"),
            Bearing::LeavesOut => (
                "it does not always run",
                "take that out, or be sure that it holds for every change",
            ),
            Bearing::Decides if matches!(fact.value.as_str(), "manual" | "never") => {
                ("nobody has to start it", "take that out")
            }
            _ => continue,
        };
        let text = format!("{text}: `{written}`");
        found.push(Weakness { text, fix: fix.to_owned(), range: fact.range.clone() });
    }
    if let Some(triggers) = &guard.triggers {
        events(guard, triggers, by, &mut found);
    }
    found
}

fn events(guard: &Guard, triggers: &[Trigger], by: &Measure<'_>, found: &mut Vec<Weakness>) {
    let asked = |it: &&Trigger| it.event.starts_with("pull_request");
    let called = triggers.iter().any(|it| it.event == "workflow_call");
    if !called && !triggers.iter().any(|it| asked(&it)) {
        let range = triggers.first().map_or(guard.span.range(), |it| it.range.clone());
        found.push(Weakness {
            text: "it does not run on pull requests".to_owned(),
            fix: "add `pull_request:` below `on:`".to_owned(),
            range,
        });
    }
    for trigger in triggers.iter().filter(asked) {
        for filter in &trigger.filters {
            let written = format!("{}: {}", filter.key, filter.values.join(", "));
            let left_out = match filter.key.as_str() {
                "paths" | "paths-ignore" => by
                    .migrations
                    .iter()
                    .map(RepoPath::as_bytes)
                    .find(|it| !lets_in(&filter.key, &filter.values, it))
                    .map(|it| format!("leaves out `{}`", String::from_utf8_lossy(it))),
                "branches" | "branches-ignore" => {
                    let main = by.main.as_bytes();
                    (!lets_in(&filter.key, &filter.values, main))
                        .then(|| format!("leaves out what is for `{}`", by.main))
                }
                "types" => (!filter.values.iter().any(|it| it == "synchronize"))
                    .then(|| "leaves out what is pushed to a pull request later".to_owned()),
                _ => None,
            };
            found.extend(left_out.map(|what| Weakness {
                text: format!("`{written}` {what}"),
                fix: format!(
                    "take `{}` out: sprag is quick where there is nothing to judge",
                    filter.key
                ),
                range: filter.range.clone(),
            }));
        }
    }
}

/// Whether a filter of GitHub lets a path or branch in: the last pattern that matches decides.
fn lets_in(key: &str, patterns: &[String], name: &[u8]) -> bool {
    let glob = |pattern: &str| {
        Globs::new(vec![(pattern.to_owned(), Span::file(RepoPath::from("")))]).matches(name)
    };
    if key.ends_with("-ignore") {
        return !patterns.iter().any(|it| glob(it));
    }
    let decides = patterns.iter().rev().find(|it| glob(it.trim_start_matches('!')));
    decides.is_some_and(|it| !it.starts_with('!'))
}
