//! Which files of a repository run sprag by themselves, and how they can be passed by.

use super::policies::state_of;
use super::watch::Migrations;
use super::{COMMAND_LIMIT, read};
use crate::failure::Result;
use crate::parse::command::guard::{self, Guard};
use crate::policy::Policy;
use crate::policy::tampering::{Measure, Weakness, weaknesses};
use crate::repo::{Head, Repo, Side, Wanted};
use crate::source::{Lines, RepoPath, Source};

/// A command of sprag that a system runs by itself.
#[derive(Clone, Debug)]
pub struct Guarded {
    pub guard: Guard,
    /// Counted from 1.
    pub line: usize,
    /// The ways past it, with their lines.
    pub weaknesses: Vec<(usize, Weakness)>,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct Guards {
    pub automatic: Vec<Guarded>,
    /// Files that name sprag and cannot be read to their end.
    pub unread: Vec<(RepoPath, String)>,
    /// The branch that changes end up in, without the remote.
    pub main: String,
}

struct Automatic;

impl Wanted for Automatic {
    fn file(&self, path: &[u8]) -> bool {
        guard::kind(&RepoPath::from(path)).is_some_and(|it| it.is_automation())
    }

    fn directory(&self, _: &[u8]) -> bool {
        true
    }
}

/// What the last commit has; where there is none, what is staged.
pub fn guards(repo: &Repo) -> Result<Guards> {
    let side = match repo.head()? {
        Head::Commit(commit) => Side::Tree(commit.tree),
        Head::Unborn if repo.is_bare()? => Side::Empty,
        Head::Unborn => repo.staged()?.side,
    };
    let main = main_branch(repo)?;
    let policy = state_of(repo, &side)?.policy().cloned().unwrap_or_else(Policy::built_in);
    let mut found = Guards { main, ..Guards::default() };
    let files = read::files(repo, repo.list(&side, &Automatic)?, COMMAND_LIMIT)?;
    let texts: Vec<_> = files.iter().filter_map(read::text_of).collect();
    let naming: Vec<_> = texts.into_iter().filter(|it| guard::names(&it.1)).collect();
    if naming.is_empty() {
        return Ok(found);
    }
    let migrations = repo.list(&side, &Migrations(&policy.migrations))?;
    let migrations: Vec<RepoPath> = migrations.into_iter().map(|it| it.path).collect();
    let by = Measure { migrations: &migrations, main: &found.main };
    let mut automatic = Vec::new();
    for (path, text) in naming {
        let source = Source::new(path.clone(), text);
        let read = guard::guards(&source);
        found.unread.extend(read.problem.map(|it| (path, it.1)));
        let lines = Lines::new(&source.text);
        let line = |at: usize| lines.position(at).line;
        automatic.extend(read.guards.into_iter().map(|guard| {
            let weak = weaknesses(&guard, &by);
            Guarded {
                line: line(guard.span.start),
                weaknesses: weak.into_iter().map(|it| (line(it.range.start), it)).collect(),
                guard,
            }
        }));
    }
    found.automatic = automatic;
    Ok(found)
}

/// `main`, as the remote has it; else the branch that is checked out.
fn main_branch(repo: &Repo) -> Result<String> {
    let target = repo.target()?.map(|it| it.name);
    let short = target.as_deref().and_then(|it| it.strip_prefix("refs/remotes/")?.split_once('/'));
    if let Some((_, name)) = short {
        return Ok(name.to_owned());
    }
    let head = repo.head_branch()?;
    let name = head.as_deref().and_then(|it| it.strip_prefix("refs/heads/"));
    Ok(name.unwrap_or("main").to_owned())
}
