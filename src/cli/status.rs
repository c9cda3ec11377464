//! `sprag status` and `sprag applied`: which migrations a database has, and who says so.

use std::time::{SystemTime, UNIX_EPOCH};

use super::arguments::{Applied, Status};
use super::output::Output;
use super::verify::address;
use super::{PASSED, REFUSED, today};
use crate::failure::{Context, Failure, Result};
use crate::fix::write::whole as write;
use crate::gate::{self, Stop};
use crate::parse::prisma::checksum;
use crate::policy::ledger::{Entry, Ledger, PATH, is_same_person, is_time};
use crate::postgres::Live;
use crate::repo::{Caller, Repo, Side};
use crate::report::Action;
use crate::source::{Lines, Source};

pub(super) fn run(it: &Status, output: &Output) -> Result<u8> {
    let address = address(&it.database)?;
    let repo = Repo::open(Caller::Command)?;
    let commit = repo.commit(&it.rev)?;
    let mut live = address.map(|it| Live::connect(&it)).transpose()?;
    match gate::status(&repo, &Side::Tree(commit.tree), it.folder.as_deref(), live.as_mut()) {
        Ok(status) => {
            output.status(&status);
            let wrong = status.migrations.iter().any(|it| it.state.is_wrong());
            Ok(if wrong { REFUSED } else { PASSED })
        }
        Err(Stop::Failure(failure)) => Err(failure),
        stop => {
            let action = Action::Audit { rev: it.rev.clone() };
            Ok(output.verdict(stop.map(|_| gate::Outcome::default()), &action, false))
        }
    }
}

/// Writes down that migrations were applied, or that they were verified.
pub(super) fn applied(it: &Applied, output: &Output) -> Result<u8> {
    let repo = Repo::open(Caller::Command)?;
    let top = repo.worktree()?;
    let commit = repo.commit("HEAD")?;
    let side = Side::Tree(commit.tree);
    let at = match &it.at {
        Some(at) if is_time(at) => at.clone(),
        Some(at) => {
            return Err(Failure::new(format!("`{at}` is no time"))
                .help("write `2027-06-30` or `2027-06-30T14:05:00Z`"));
        }
        None => now(),
    };
    if let (Some(by), Some(verifier)) = (&it.by, &it.verified_by)
        && is_same_person(by, verifier)
    {
        return Err(same_person(by));
    }
    let file = top.join(PATH);
    let mut text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(Failure::new(format!("could not read `{PATH}`: {error}"))),
    };
    let mut said = Vec::new();
    for path in &it.paths {
        let name = path.trim_start_matches("./");
        let migration = gate::migration(&repo, &side, name)?.ok_or_else(|| {
            Failure::new(format!("`{name}` is no migration that HEAD has"))
                .help("name the file as `git ls-files` shows it, and commit it first: what is applied is what was reviewed")
        })?;
        let sha256 = checksum(&migration);
        let ledger = if text.is_empty() { Ledger::default() } else { read(&text)? };
        match ledger.entry(name) {
            Some(entry) if entry.sha256 != sha256 => {
                return Err(Failure::new(format!(
                    "`{name}` is listed as applied by {} with another text: `{}`, and it is `{sha256}`",
                    entry.by, entry.sha256
                ))
                .help("take the text back that was applied, and write what has changed as a new migration"));
            }
            Some(entry) => match &it.verified_by {
                Some(verifier) if is_same_person(verifier, &entry.by) => {
                    return Err(same_person(verifier));
                }
                Some(verifier) if entry.verified.is_none() => {
                    text = Ledger::with_verified(&text, entry, verifier, &at);
                    said.push(format!("`{name}` is verified by {verifier}"));
                }
                _ => said.push(format!("`{name}` is there already, and stays as it is")),
            },
            None => {
                let by = it.by.clone().ok_or_else(|| {
                    Failure::new(format!("who has applied `{name}`?"))
                        .help("say so with `--by NAME`")
                })?;
                let verified = it.verified_by.clone().map(|it| (it, at.clone()));
                said.push(format!("`{name}` is applied by {by}"));
                let entry = Entry {
                    path: name.to_owned(),
                    sha256,
                    at: at.clone(),
                    by,
                    verified,
                    range: 0..0,
                };
                text = Ledger::with(&text, &entry);
            }
        }
        // Whatever way it was written before, it has to be read the next time.
        read(&text)?;
    }
    write(&file, &text).context("keep the ledger")?;
    let lines: Vec<String> = said.iter().map(|it| format!("{PATH}: {it}\n")).collect();
    output.say(&format!("{}commit it: what counts is what the main branch has\n", lines.concat()));
    Ok(PASSED)
}

fn same_person(name: &str) -> Failure {
    Failure::new(format!("{name} has applied it, and cannot be who verifies it"))
        .help("let somebody else look: `sprag verify` compares the database")
}

fn read(text: &str) -> Result<Ledger> {
    Ledger::parse(&Source::new(PATH, text)).map_err(|problems| {
        let Some(first) = problems.first() else {
            return Failure::new("the ledger cannot be read");
        };
        let at = Lines::new(text).position(first.span.start);
        let failure = Failure::new(format!("{PATH}:{}:{}: {}", at.line, at.column, first.message));
        match &first.help {
            Some(help) => failure.help(help.clone()),
            None => failure,
        }
    })
}

/// The moment, in UTC, as TOML writes it.
fn now() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let minutes = since.as_secs() / 60;
    format!("{}T{:02}:{:02}:00Z", today(), minutes / 60 % 24, minutes % 60)
}
