//! # data-loss-flag
//!
//! `--accept-data-loss` and `--force-reset` take away the one question that stands between a command and the data.
//!
//! Prisma asks before it drops a column or a whole database, and asks a coding agent twice; these answer yes in
//! advance, for everyone who runs the script, against whatever database is configured at that moment. Leave the
//! question to the person at the keyboard.
//!
//! ## Fails
//!
//! ```json package.json
//! { "scripts": { "db:sync": "prisma db push --accept-data-loss" } }
//! ```
//!
//! ```sh scripts/dev-reset.sh
//! npx prisma db push --force-reset --skip-generate
//! ```
//!
//! The consent that Prisma asks of a coding agent is for a person to give, each time.
//!
//! ```sh scripts/reset.sh
//! export PRISMA_USER_CONSENT_FOR_DANGEROUS_AI_ACTION="yes"
//! ```
//!
//! ```yaml docker-compose.yml
//! services:
//!   app:
//!     environment:
//!       PRISMA_USER_CONSENT_FOR_DANGEROUS_AI_ACTION: "yes"
//! ```
//!
//! ## Passes
//!
//! ```json package.json
//! { "scripts": { "db:sync": "prisma db push" } }
//! ```
//!
//! Words and comments are not commands.
//!
//! ```sh scripts/help.sh
//! # PRISMA_USER_CONSENT_FOR_DANGEROUS_AI_ACTION=yes is for people to set
//! echo "never run prisma db push --accept-data-loss"
//! echo "never set PRISMA_USER_CONSENT_FOR_DANGEROUS_AI_ACTION=yes"
//! ```

use super::Judging;
use crate::parse::command::{Command, Kind, Weight, Word};
use crate::rules::{Check, Finding, Rule, declare};
use crate::source::{RepoPath, Span};

pub const RULE: Rule =
    declare!("deploy", "data_loss_flag.rs", "data-loss-flag", Warn, Check::Elsewhere);

const FLAGS: &[&str] = &["--accept-data-loss", "--force-reset"];
/// By which Prisma hears from a coding agent that its user has agreed.
const CONSENT: &str = "PRISMA_USER_CONSENT_FOR_DANGEROUS_AI_ACTION";

/// A command with such a flag, whoever runs it. A job with a database of its own has nothing to lose, and what an
/// agent may run is another rule's.
pub(super) fn of_command(command: &Command, judging: &Judging<'_>) -> Option<Finding> {
    let word = flag(command)?;
    let host = &command.host;
    let counts = host.kind != Kind::Agent && judging.weight(host) != Weight::Rehearsal;
    if !counts || !(judging.changed)(host) {
        return None;
    }
    let name = host.name();
    let flag = word.text.split('=').next().unwrap_or_default();
    let span = Span::new(host.path.clone(), word.range().unwrap_or(command.span.range()));
    let message = format!("`{flag}` in `{name}` lets Prisma drop data without asking");
    let subject = match &*host.key {
        "" => host.path.to_string(),
        key => format!("{}:{key}", host.path),
    };
    let finding = Finding::new(subject, span, message).evidence(&said(command));
    Some(finding.help(format!("take `{flag}` out, and answer Prisma's question when it asks")))
}

fn flag(command: &Command) -> Option<&Word> {
    let program = command.program()?;
    let prisma = matches!(program.as_str(), "prisma" | "prisma-next" | "@prisma/cli" | "zenstack");
    let is_flag = |it: &&Word| FLAGS.contains(&it.text.split('=').next().unwrap_or_default());
    command.words.iter().filter(|_| prisma).find(is_flag)
}

fn said(command: &Command) -> String {
    command.words.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// The places where a text sets the variable, in whatever language: `NAME=yes`, `NAME: yes`, `ENV NAME yes`.
pub(super) fn of_text(path: &RepoPath, text: &str) -> Vec<Finding> {
    let sets = text.match_indices(CONSENT).filter(|(at, _)| sets(text, *at));
    let finding = |(at, name): (usize, &str)| {
        let span = Span::new(path.clone(), at..at + name.len());
        let message =
            format!("`{path}` answers in advance what Prisma asks before it deletes data");
        let finding = Finding::new(path.to_string(), span, message).evidence(CONSENT);
        finding.help(format!("take `{CONSENT}` out; whoever is asked sets it for that one command"))
    };
    // What it is set to twice it is set to.
    sets.take(1).map(finding).collect()
}

/// What prints the words behind it.
const PRINTS: &[&str] = &["echo ", "printf ", "console.", "print(", "@echo ", "puts ", "log("];
/// Lines longer than this are no configuration that people write.
const LINE: usize = 1000;

/// Whether the name at `at` is given a value, outside of comments and of what is only printed.
fn sets(text: &str, at: usize) -> bool {
    let start = text.floor_char_boundary(at.saturating_sub(LINE));
    let before = text.get(start..at).unwrap_or_default();
    let before = before.rsplit('\n').next().unwrap_or_default();
    let first = before.trim_start();
    let comment = ["#", "//", "/*", "* ", "--", ";", "<!--"].iter().any(|it| first.starts_with(it))
        || before.contains(" #")
        || before.contains(" //");
    let prints = PRINTS.iter().any(|it| before.contains(it));
    let named =
        before.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '{'));
    if comment || prints || named {
        return false;
    }
    let rest = text.get(at + CONSENT.len()..).unwrap_or_default();
    let rest = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
    let rest = rest.strip_prefix(']').unwrap_or(rest);
    let after = rest.trim_start_matches([' ', '\t']);
    // `ENV NAME value` of a Dockerfile.
    let spaced = first.get(..4).is_some_and(|it| it.eq_ignore_ascii_case("env ")) && rest != after;
    let value = match after.strip_prefix([':', '=']) {
        // A comparison asks.
        Some(value) if value.starts_with('=') => return false,
        Some(value) => value,
        None if spaced => after,
        None => return false,
    };
    let value = value.trim_start_matches([' ', '\t']).trim_start_matches(['"', '\'']);
    value.starts_with(|c: char| !c.is_whitespace())
}
