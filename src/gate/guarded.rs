//! Which files of a repository run sprag by themselves, and how they can be passed by.

use super::policies::state_of;
use super::watch::Migrations;
use super::{COMMAND_LIMIT, read};
use crate::failure::Result;
use crate::parse::command::Kind;
use crate::parse::command::guard::{self, Guard, Helpers};
use crate::policy::Policy;
use crate::policy::tampering::{self, Measure, Weakness, weaknesses};
use crate::repo::{Delta, Entry, Head, Repo, Side, Wanted};
use crate::source::{FileChange, Lines, RepoPath, Source};

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
    /// Files that name sprag, and why nobody can tell what becomes of it.
    pub unread: Vec<(RepoPath, String)>,
    /// The branch that changes end up in, without the remote.
    pub main: String,
}

/// Of so many files it is found out whether they run sprag: what systems run by themselves first, then what lies nearest
/// to the top. A repository of thousands of packages has a script for sprag at its top.
const AT_MOST: usize = 1_000;

fn is_automatic(path: &RepoPath) -> bool {
    guard::kind(path).is_some_and(Kind::is_automation)
}

/// Files that may run sprag.
struct Running;

impl Wanted for Running {
    fn file(&self, path: &[u8]) -> bool {
        guard::kind(&RepoPath::from(path)).is_some()
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
    let (sources, helpers) = running(repo, &side)?;
    let migrations = repo.list(&side, &Migrations(&policy.migrations))?;
    let migrations: Vec<RepoPath> = migrations.into_iter().map(|it| it.path).collect();
    let by = Measure { migrations: &migrations, main: &found.main };
    let mut automatic = Vec::new();
    for source in sources {
        // An action runs where a workflow says so, and is found there.
        let kind = guard::kind(&source.path);
        if !kind.is_some_and(|it| it.is_automation() && it != Kind::Action) {
            continue;
        }
        let read = guard::guards(&source, &helpers);
        let problem = read.problem.map(|it| format!("cannot be read: {}", it.1));
        let obscure = read.guards.is_empty() && source.text.lines().any(guard::looks_like);
        let why = problem.or(obscure.then(|| "how it is run there is not understood".to_owned()));
        found.unread.extend(why.map(|it| (source.path.clone(), it)));
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

/// The files of a side that may run sprag, and what of them does so for others.
fn running(repo: &Repo, side: &Side) -> Result<(Vec<Source>, Helpers)> {
    let mut entries = repo.list(side, &Running)?;
    let depth = |it: &Entry| it.path.as_bytes().split(|&it| it == b'/').count();
    entries.sort_by_key(|it| (!is_automatic(&it.path), depth(it)));
    entries.truncate(AT_MOST);
    let files = read::files(repo, entries, COMMAND_LIMIT)?;
    let texts = files.iter().filter_map(read::text_of);
    let sources: Vec<Source> = texts.map(|(path, text)| Source::new(path, text)).collect();
    let naming: Vec<Source> = sources.iter().filter(|it| guard::names(&it.text)).cloned().collect();
    Ok((sources, Helpers::of(&naming)))
}

/// Whether a file may call what runs sprag for others.
fn calls(path: &RepoPath) -> bool {
    let kind = guard::kind(path);
    kind.is_some_and(|it| it.is_automation() || it.is_hook() || it == Kind::Shell)
}

/// Whether one of these files may have run sprag before, told from as little as can be.
pub(super) fn concerns(repo: &Repo, deltas: &[Delta]) -> Result<bool> {
    let old = deltas.iter().filter(|it| tampering::may_run(&it.path));
    let old = old.filter_map(|it| Some((it.path.clone(), it.before.clone()?)));
    let (callers, others): (Vec<_>, Vec<_>) = old.partition(|it| calls(&it.0));
    if !callers.is_empty() {
        return Ok(true);
    }
    let entry = |(path, (mode, id))| Entry { path, mode, id };
    let files = read::files(repo, others.into_iter().map(entry).collect(), COMMAND_LIMIT)?;
    Ok(files.iter().filter_map(|it| it.content.text()).any(|it| guard::names(it)))
}

/// What ran sprag for others before a change. Looked for only where something changes that may have called it.
pub(super) fn helpers(repo: &Repo, before: &Side, changes: &[FileChange]) -> Result<Helpers> {
    if changes.iter().any(|it| it.before.is_some() && calls(&it.path)) {
        Ok(running(repo, before)?.1)
    } else {
        Ok(Helpers::default())
    }
}

/// `main`, as the remote has it; else the branch that is checked out.
fn main_branch(repo: &Repo) -> Result<String> {
    let branch = match repo.target()? {
        Some(target) => Some(target.branch),
        None => repo.head_branch()?,
    };
    let name = branch.as_deref().and_then(|it| it.strip_prefix("refs/heads/"));
    Ok(name.unwrap_or("main").to_owned())
}
