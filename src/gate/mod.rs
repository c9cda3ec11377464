//! From a question about a repository to a verdict: which files, which policy, which past, which findings.

mod added;
mod approvals;
mod aside;
mod audit;
mod beside;
mod brought;
mod change;
mod changed;
mod databases;
mod declared;
mod deployment;
mod drift;
mod dump;
mod edited;
mod engine;
mod files;
mod guarded;
mod map;
mod misplaced;
mod order;
mod overlay;
mod past;
mod policies;
mod prove;
mod provider;
mod read;
mod records;
mod rehearse;
mod rollback;
mod schema;
mod scope;
mod secrets;
mod status;
mod unwatched;
mod upgraded;
mod verify;
mod watch;
mod writers;

use crate::policy::tampering::PolicyState;
use crate::policy::{Policy, Problem};
use crate::repo::{Repo, Side};
use crate::report::Sources;
use crate::verdict::{self, Judged as Judgement, Verdict};

pub use approvals::{Commits, Trust};
pub use audit::audit;
pub use change::{Change, Published, change, change_with};
pub use drift::drift;
pub use engine::{ShadowServer, Wanted};
pub use files::files;
pub use guarded::{Guarded, Guards, guards};
pub use map::deploy_graph;
pub use order::database;
pub use overlay::{Overlay, migrations};
pub use records::migration;
pub use rehearse::{Rehearse, rehearse};
pub use rollback::{Rollbacks, rollback};
pub use scope::{Base, Pushed, pushed, received, since, since_parted, staged, to_be_committed};
pub use status::status;
pub use verify::{Verify, verify};

/// More bytes of SQL in one file are not read: at 8 MiB the parser takes some seconds.
pub const SQL_LIMIT: usize = 8 << 20;
/// The same of a `package.json` or `fly.toml`.
pub const COMMAND_LIMIT: usize = 64 << 20;
/// The same of a program or script. What is longer was written by a program.
pub const PROGRAM_LIMIT: usize = 1 << 20;

/// What was found, and the texts that the places in it point into.
#[derive(Debug, Default)]
pub struct Outcome {
    pub verdict: Verdict,
    pub sources: Sources,
    /// What the change was judged by, to be named in the report.
    pub policy: String,
}

impl Outcome {
    /// Takes another outcome in, as of another ref of the same push. The same finding is told once, as whoever refuses it
    /// tells it.
    pub fn merge(&mut self, other: Outcome) {
        for judged in other.verdict.judged {
            let same = |it: &&mut Judgement| {
                it.fingerprint == judged.fingerprint && it.finding == judged.finding
            };
            match self.verdict.judged.iter_mut().find(same) {
                // What one ref lets pass another may refuse.
                Some(known) if weight(&known.outcome) < weight(&judged.outcome) => *known = judged,
                Some(_) => {}
                None => self.verdict.judged.push(judged),
            }
        }
        self.verdict.counts.files += other.verdict.counts.files;
        self.verdict.counts.statements += other.verdict.counts.statements;
        self.verdict.counts.opaque += other.verdict.counts.opaque;
        for notice in other.verdict.notices {
            if !self.verdict.notices.contains(&notice) {
                self.verdict.notices.push(notice);
            }
        }
        self.sources.extend(other.sources);
        let trusted = &mut self.verdict.trusted;
        *trusted = trusted.take().or(other.verdict.trusted);
        if self.policy.is_empty() {
            self.policy = other.policy;
        }
    }
}

/// Which of two ends of one finding stands.
fn weight(outcome: &verdict::Outcome) -> u8 {
    match outcome {
        verdict::Outcome::Excused(_) => 0,
        verdict::Outcome::Warns => 1,
        verdict::Outcome::Blocks => 2,
    }
}

/// A policy that nobody can judge by.
#[derive(Debug)]
pub struct Broken {
    pub problems: Vec<Problem>,
    pub sources: Sources,
}

/// Why there is no verdict.
#[derive(Debug)]
pub enum Stop {
    Failure(crate::failure::Failure),
    Policy(Broken),
}

impl From<crate::failure::Failure> for Stop {
    fn from(failure: crate::failure::Failure) -> Stop {
        Stop::Failure(failure)
    }
}

/// The policy that a side is judged by: its own, or the built-in one.
fn policy_at(repo: &Repo, side: &Side) -> Result<Policy, Stop> {
    match policies::state_of(repo, side)? {
        PolicyState::Is(policy) => Ok(*policy),
        PolicyState::Absent => Ok(Policy::built_in()),
        PolicyState::Broken(problems) => Err(policies::broken(repo, side, &problems)),
    }
}

pub type Judged = Result<Outcome, Stop>;
