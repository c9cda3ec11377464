//! What a policy says, what it refuses to say, and what it takes to weaken it.

mod baseline;
mod exceptions;
mod first;
mod gates;
mod globs;
mod init;
mod presets;
mod problems;
mod settings;
mod stricter;
mod tampering;
mod toml;
mod typos;
mod weakenings;

use std::fmt::Write as _;

use sprag::policy::{Catalogue, Policy, Problem};
use sprag::rules;
use sprag::source::{Lines, Source};

/// The rules that a policy can name.
fn catalogue() -> Catalogue {
    Catalogue::new(rules::all().iter().map(|it| (it.name, it.level)))
}

fn source(text: &str) -> Source {
    Source::new("policy.toml", text)
}

fn read(text: &str) -> Result<Policy, Vec<Problem>> {
    Policy::parse_with(&source(text), &catalogue())
}

/// A policy without problems.
fn policy(text: &str) -> Policy {
    read(text).unwrap_or_else(|problems| panic!("{}", render(text, &problems)))
}

/// A policy with these lines below `version = 1`.
fn rules(lines: &str) -> Policy {
    policy(&format!("version = 1\n{lines}"))
}

/// `line:column: message` with what is marked, then the help.
fn render(text: &str, problems: &[Problem]) -> String {
    let lines = Lines::new(text);
    let mut out = String::new();
    for it in problems {
        let at = lines.position(it.span.start);
        let marked = text
            .get(it.span.range())
            .unwrap_or("OUTSIDE THE TEXT")
            .lines()
            .next()
            .unwrap_or_default();
        let _ =
            writeln!(out, "{}:{}:{}: {}  |{marked}|", it.span.path, at.line, at.column, it.message);
        if let Some(help) = &it.help {
            let _ = writeln!(out, "  help: {help}");
        }
    }
    out
}

/// What is wrong with a policy.
fn problems(text: &str) -> String {
    match read(text) {
        Ok(_) => "no problems".to_owned(),
        Err(problems) => render(text, &problems),
    }
}

fn weakenings(before: &Policy, after: &Policy) -> Vec<String> {
    Policy::weakenings(before, after).into_iter().map(|it| it.text).collect()
}
