//! `sprag rollback`: how to take migrations back, and the proof.

use std::path::Path;
use std::time::Duration;

use super::arguments::{Kit, Migrations, Rollback};
use super::check::asked;
use super::output::Output;
use super::progress::Progress;
use super::{NOT_JUDGED, PASSED, REFUSED};
use crate::failure::Result;
use crate::gate::{self, Rollbacks, Stop};
use crate::repo::{Caller, Repo};
use crate::report;
use crate::rollback::{Guide, Proof, Residue};
use crate::source::RepoPath;

pub(super) fn run(it: &Rollback, output: &Output) -> Result<u8> {
    let rollbacks = match rollbacks(&it.migrations)? {
        Ok(rollbacks) => rollbacks,
        Err(stop) => return Ok(output.stopped(&stop, None)),
    };
    for notice in &rollbacks.notices {
        output.aside(&format!("{notice}\n"));
    }
    if let Some(folder) = &it.out {
        for guide in &rollbacks.guides {
            write(folder, guide, rollbacks.engine.as_deref())?;
            output.say(&format!("{}\n", report::proof(guide, rollbacks.engine.as_deref())));
        }
    } else if it.json {
        output.say(&report::rollbacks_json(&rollbacks.guides, rollbacks.engine.as_deref()));
    } else {
        let text = |guide: &Guide| {
            if it.sql {
                report::rollback_sql(guide)
            } else {
                report::rollback_guide(guide, rollbacks.engine.as_deref())
            }
        };
        let all: Vec<String> = rollbacks.guides.iter().map(text).collect();
        output.say(&all.join("\n"));
    }
    Ok(code(&rollbacks, it.migrations.no_proof))
}

pub(super) fn kit(it: &Kit, output: &Output) -> Result<u8> {
    let rollbacks = match rollbacks(&it.migrations)? {
        Ok(rollbacks) => rollbacks,
        Err(stop) => return Ok(output.stopped(&stop, None)),
    };
    for notice in &rollbacks.notices {
        output.aside(&format!("{notice}\n"));
    }
    let engine = rollbacks.engine.as_deref();
    // They are applied in the other order than they are taken back.
    for guide in rollbacks.guides.iter().rev() {
        let folder = it.out.join(guide.name());
        for (name, text) in report::kit_files(guide, engine) {
            crate::fix::write::whole(&folder.join(name), &text)?;
        }
        output.say(&format!("{}\n", folder.display()));
        output.say(&format!("  rollback of {}\n", report::proof(guide, engine)));
    }
    Ok(code(&rollbacks, it.migrations.no_proof))
}

/// The migrations that were asked for, each with how to take it back.
fn rollbacks(it: &Migrations) -> Result<std::result::Result<Rollbacks, Stop>> {
    let repo = Repo::open(Caller::Command)?;
    let from = it.from.as_ref().map(|it| RepoPath::from(it.as_str()));
    let rev = it.rev.as_deref().or(from.as_ref().map(|_| "HEAD"));
    let (change, _) = asked(&repo, it.base.as_deref(), rev)?;
    let near = repo.worktree().unwrap_or_default();
    let progress = Progress::new("proving");
    let how = gate::Rehearse {
        deadline: Duration::from_secs(it.deadline),
        progress: &|done, all| progress.tell(done, all),
        near: &near,
        wanted: it.engine.into(),
        shadow: None,
    };
    let rollbacks = gate::rollback(&change, from.as_ref(), (!it.no_proof).then_some(&how));
    progress.end();
    Ok(rollbacks)
}

/// Refused is a rollback that does not give back what was there, but for what Postgres itself cannot.
fn code(rollbacks: &Rollbacks, unasked: bool) -> u8 {
    let mut code = PASSED;
    for guide in &rollbacks.guides {
        let committed = guide.committed.iter().map(|it| &it.proof);
        for proof in committed.chain([&guide.proof]) {
            match proof {
                Proof::Proven(_) => {}
                Proof::Leaves(all) if all.iter().all(Residue::is_unavoidable) => {}
                Proof::Leaves(_) | Proof::Refused(_) => return REFUSED,
                Proof::Unproven(_) if unasked => {}
                Proof::Unproven(_) => code = NOT_JUDGED,
            }
        }
    }
    code
}

fn write(folder: &Path, guide: &Guide, engine: Option<&str>) -> Result<()> {
    let files = [
        ("rollback.md", report::rollback_guide(guide, engine)),
        ("rollback.sql", report::rollback_sql(guide)),
    ];
    for (ending, text) in files {
        crate::fix::write::whole(&folder.join(format!("{}.{ending}", guide.name())), &text)?;
    }
    Ok(())
}
