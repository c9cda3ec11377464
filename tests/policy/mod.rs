//! What a policy says, what it refuses to say, and what it takes to weaken it.

mod baseline;
mod exceptions;
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
use sprag::rules::Level;
use sprag::source::{Lines, Source};

/// The rules that a policy of these tests can name.
fn catalogue() -> Catalogue {
    let deny = [
        "drop-table",
        "drop-column",
        "drop-schema",
        "drop-type",
        "rename-table",
        "rename-column",
        "rename-type",
        "truncate",
        "delete-without-filter",
        "column-snake-case",
        "table-snake-case",
        "table-without-rls",
        "disabled-rls",
        "deploy-migration",
        "production-url",
        "edited-migration",
        "deleted-migration",
        "out-of-order-migration",
        "duplicate-timestamp",
        "opaque-statement",
        "unreadable-file",
    ];
    let warn = ["data-loss-flag", "agent-permission", "client-generation-missing"];
    let approve = ["alter-column-type", "policy-tampered", "unresolvable-command"];
    Catalogue::new(
        deny.map(|it| (it, Level::Deny))
            .into_iter()
            .chain(approve.map(|it| (it, Level::Approve)))
            .chain(warn.map(|it| (it, Level::Warn))),
    )
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
