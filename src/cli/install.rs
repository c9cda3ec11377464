//! `sprag install`, `sprag uninstall`, `sprag doctor`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::arguments::{Doctor, Install, Uninstall};
use super::output::Output;
use super::{PASSED, REFUSED, env};
use crate::failure::{Context, Failure, Result};
use crate::hooks::{self, Kind, Options, Report, State};

pub(super) fn install(it: &Install, output: &Output) -> Result<u8> {
    let kind = if it.server { Kind::Server } else { Kind::ByRepository };
    let options = Options { kind, force: it.force, ..options(it.repo.clone())? };
    tell(&hooks::install(&options)?, output);
    Ok(PASSED)
}

pub(super) fn uninstall(it: &Uninstall, output: &Output) -> Result<u8> {
    tell(&hooks::uninstall(&options(it.repo.clone())?)?, output);
    Ok(PASSED)
}

fn options(repository: Option<PathBuf>) -> Result<Options> {
    Ok(Options {
        repository,
        binary: std::env::current_exe().context("find the path of this program")?,
        path: std::env::var_os("PATH"),
        reinstall: None,
        kind: Kind::ByRepository,
        force: false,
        ci: env("CI").is_some_and(|it| !matches!(it.as_str(), "" | "0" | "false")),
        ..Options::default()
    })
}

fn tell(report: &Report, output: &Output) {
    let mut text = String::new();
    for change in &report.changes {
        let _ = writeln!(text, "{}: {}", change.path.display(), change.what);
        for line in &change.lines {
            let _ = writeln!(text, "  | {line}");
        }
    }
    if report.up_to_date {
        text.push_str("already up to date\n");
    }
    for note in &report.notes {
        let _ = writeln!(text, "note: {note}");
    }
    output.say(&text);
}

pub(super) fn doctor(it: &Doctor, output: &Output) -> Result<u8> {
    let kind = if it.server { Kind::Server } else { Kind::ByRepository };
    let options = Options { kind, ask_forge: it.ask_forge, ..options(it.repo.clone())? };
    let top = it.repo.clone().unwrap_or_else(|| PathBuf::from("."));
    let top = crate::repo::Repo::open_at(&top, crate::repo::Caller::Command)
        .and_then(|it| it.worktree())
        .unwrap_or(top);
    let policy = top.join(crate::policy::PATH);
    let policy: Option<&Path> = policy.is_file().then_some(&policy);
    let diagnosis = hooks::doctor(&options, policy)?;
    if output.is_json() {
        let json = crate::parse::json::to_text(&diagnosis)
            .map_err(|error| Failure::new(format!("could not write JSON: {error}")))?;
        output.say(&(json + "\n"));
    } else {
        let mut text = String::new();
        for check in &diagnosis.checks {
            let state = match check.state {
                State::Ok => "ok  ",
                State::Unknown => "?   ",
                State::Warn => "warn",
                State::Fail => "FAIL",
            };
            let _ = writeln!(text, "{state}  {}: {}", check.name, check.text);
            if let Some(fix) = &check.fix {
                for line in fix.lines() {
                    let _ = writeln!(text, "      {line}");
                }
            }
        }
        output.say(&text);
    }
    Ok(if diagnosis.healthy() { PASSED } else { REFUSED })
}
