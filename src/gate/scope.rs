//! Which two sides are compared when somebody commits, pushes or asks.

use std::cell::Cell;
use std::path::Path;

use super::changed::Changed;
use super::watch::Watch;
use super::{Change, Commits, Judged, Outcome, Published, change, guarded, misplaced, unwatched};
use crate::failure::{Failure, Result};
use crate::parse::command;
use crate::policy::Policy;
use crate::policy::tampering::PolicyState;
use crate::repo::{Commit, Delta, Head, Peeled, Repo, Side, Target, Update, Wanted};
use crate::source::Time;

use super::policies::state_of;

/// What a change is compared with.
#[derive(Clone, Debug)]
pub struct Base {
    /// What everyone has: where the change left the branch that it will end up in.
    pub before: Side,
    /// More places where it left that branch: each was merged into the other.
    pub also: Vec<Side>,
    pub published: Published,
    /// What was done since. Absent: nobody knows.
    pub commits: Option<Commits>,
    /// It goes to a branch from which the main one is still to be asked to take it.
    pub aside: bool,
}

impl Base {
    /// Everything is compared with one tree.
    pub fn only(side: Side) -> Base {
        Base {
            published: Published::at(side.clone()),
            before: side,
            also: Vec::new(),
            commits: None,
            aside: false,
        }
    }

    /// Everything is compared with the tree of one commit.
    pub fn between(base: &Commit, head: &Commit) -> Base {
        let commits =
            Commits { base: Some(base.clone()), heads: vec![head.clone()], staged: false };
        Base { commits: Some(commits), ..Base::only(Side::Tree(base.tree.clone())) }
    }

    /// Says what people call the state that is trusted: a ref in full, or `HEAD`.
    fn trusting(mut self, name: &str) -> Base {
        let short = ["refs/remotes/", "refs/heads/"].iter().find_map(|it| name.strip_prefix(it));
        self.published.name = Some(short.unwrap_or(name).to_owned());
        self
    }

    /// What there is on top of it.
    pub fn to(self, repo: &Repo, after: Side) -> Change<'_> {
        let Base { before, also, published, commits, aside } = self;
        Change { repo, before, also, after, published, commits, aside }
    }
}

/// What is about to be committed. `merging` are the commits that a merge brings in, as the environment of git names
/// them while `MERGE_HEAD` is not written yet.
pub fn staged(repo: &Repo, merging: &[String], now: Time) -> Judged {
    let staged = repo.staged()?;
    let head = repo.head()?;
    let head_side = match &head {
        Head::Unborn => Side::Empty,
        Head::Commit(commit) => Side::Tree(commit.tree.clone()),
    };
    // Most commits touch nothing that is judged. They are told apart before anything else is read.
    let known = state_of(repo, &head_side)?;
    let proposed = state_of(repo, &staged.side)?;
    let own = [&known, &proposed].into_iter().filter_map(PolicyState::policy);
    let either = own.fold(Policy::built_in_migrations(), |all, it| all.union(&it.migrations));
    let watch = Watch { migrations: &either, base: &known };
    conflicts(&staged.conflicted, &watch)?;
    // Where the policy cannot be read, before and after, nobody knows what is judged: what follows says so.
    let unknown = matches!((&known, &proposed), (PolicyState::Broken(_), PolicyState::Broken(_)));
    if !unknown {
        let noticing = Noticing { watch: &watch, any: Cell::new(false) };
        let deltas = repo.diff(&head_side, &staged.side, &noticing)?;
        let judged = |it: &Delta| {
            let program = misplaced::is_program(watch.migrations, it.path.as_bytes());
            let schema = super::schema::is_schema(&it.path);
            let placed = unwatched::is_suspect(&it.path);
            let named = watch.is_judged(&it.path) && !command::is_read(&it.path);
            program || schema || placed || named
        };
        // With nothing staged, git commits what the branch has once more, whatever let it pass the first time. Where
        // nobody knows what others have, that may be theirs.
        if (noticing.any.get() || repo.target()?.is_none())
            && !deltas.iter().any(judged)
            && !guarded::concerns(repo, &deltas)?
            && unwatched::renamed(repo, &deltas)?.is_empty()
            && Changed::of(repo, &deltas)?.is_empty()
        {
            return Ok(Outcome::default());
        }
    }
    change(&on_head(repo, &head, merging)?.to(repo, staged.side), now)
}

/// Notices whether anything differs at all, wanted or not.
struct Noticing<'a> {
    watch: &'a Watch<'a>,
    any: Cell<bool>,
}

impl Wanted for Noticing<'_> {
    fn file(&self, path: &[u8]) -> bool {
        self.any.set(true);
        self.watch.file(path)
    }

    fn directory(&self, path: &[u8]) -> bool {
        self.watch.directory(path)
    }
}

/// What `staged` judges, for who asks what else would be.
pub fn to_be_committed(repo: &Repo) -> Result<Change<'_>> {
    let staged = repo.staged()?;
    if let Some(path) = staged.conflicted.first() {
        return Err(Failure::new(format!("`{path}` has a conflict that is not resolved"))
            .help(format!("resolve it, then `git add '{path}'`")));
    }
    Ok(on_head(repo, &repo.head()?, &[])?.to(repo, staged.side))
}

fn on_head(repo: &Repo, head: &Head, merging: &[String]) -> Result<Base> {
    match head {
        Head::Unborn => Ok(Base::only(Side::Empty)),
        Head::Commit(commit) => committed_on(repo, commit, merging),
    }
}

fn conflicts(paths: &[crate::source::RepoPath], watch: &Watch<'_>) -> Result<()> {
    let ours = paths.iter().find(|it| watch.is_judged(it));
    match ours {
        Some(path) => Err(Failure::new(format!("`{path}` has a conflict that is not resolved"))
            .help(format!("resolve it, then `git add '{path}'`"))),
        None => Ok(()),
    }
}

/// What a commit on top of `head` is compared with: where its branch left the remote's main branch, so that what
/// nobody else has yet may still be edited, also by `--amend`.
fn committed_on(repo: &Repo, head: &Commit, merging: &[String]) -> Result<Base> {
    let merging = merge_heads(repo.git_dir(), merging);
    let mut heads = vec![head.clone()];
    for other in &merging {
        heads.push(repo.commit(other)?);
    }
    if let Some(target) = repo.target()? {
        let mut bases = repo.merge_bases(&target.commit, head)?;
        for other in &heads[1..] {
            for other in repo.merge_bases(&target.commit, other)? {
                let mut closer = true;
                for base in &bases {
                    closer = closer && repo.is_ancestor(base, &other)?;
                }
                if closer {
                    bases = vec![other];
                }
            }
        }
        let tip = Side::Tree(target.commit.tree.clone());
        let (before, also) = first(bases, &tip);
        let commits = Some(Commits { base: Some(target.commit), heads, staged: true });
        let aside = repo.head_branch()?.is_some_and(|it| it != target.branch);
        let base = Base { before, also, published: Published::at(tip), commits, aside };
        return Ok(base.trusting(&target.name));
    }
    // Nothing was ever published. The last commit may still be amended, so what it brought is part of the change.
    let head_side = Side::Tree(head.tree.clone());
    let parents = if merging.is_empty() { repo.parents(head)? } else { Vec::new() };
    let parent = parents.first().map(|it| repo.commit(&it.0)).transpose()?;
    let before =
        parent.as_ref().map_or_else(|| head_side.clone(), |it| Side::Tree(it.tree.clone()));
    let published = Published {
        policy: head_side.clone(),
        order: before.clone(),
        gate: Some(head_side),
        name: None,
    };
    let base = Some(parent.unwrap_or_else(|| head.clone()));
    let commits = Some(Commits { base, heads, staged: true });
    let base = Base { before, also: Vec::new(), published, commits, aside: false };
    Ok(base.trusting("HEAD"))
}

fn merge_heads(git_dir: &Path, merging: &[String]) -> Vec<String> {
    let file = std::fs::read_to_string(git_dir.join("MERGE_HEAD")).unwrap_or_default();
    let heads: Vec<String> = file.lines().map(str::to_owned).collect();
    if heads.is_empty() { merging.to_vec() } else { heads }
}

/// The state to compare with, and others that must not be forgotten. Histories that never met are compared as they are.
fn first(bases: Vec<Commit>, tip: &Side) -> (Side, Vec<Side>) {
    let mut sides = bases.into_iter().map(|it| Side::Tree(it.tree));
    let before = sides.next().unwrap_or_else(|| tip.clone());
    (before, sides.collect())
}

/// What has been committed since `base` left the way to `head`. Histories that never met are compared as they are.
pub fn since(repo: &Repo, base: &Commit, head: &Commit) -> Result<Base> {
    Ok(since_parted(repo, base, head)?.unwrap_or_else(|| Base::between(base, head)))
}

/// The same; nothing where the two histories never met.
pub fn since_parted(repo: &Repo, base: &Commit, head: &Commit) -> Result<Option<Base>> {
    let bases = repo.merge_bases(base, head)?;
    if bases.is_empty() {
        return Ok(None);
    }
    let between = Base::between(base, head);
    let (before, also) = first(bases, &between.before);
    Ok(Some(Base { before, also, ..between }))
}

/// A ref that a push would change, with its verdict.
pub type Pushed = (String, std::result::Result<Outcome, super::Stop>);

/// Every ref that is pushed, from the pushed objects, whatever is checked out.
pub fn pushed(repo: &Repo, updates: &[Update], now: Time) -> Result<Vec<Pushed>> {
    let target = repo.target()?;
    Ok(each(repo, updates, target.as_ref(), now))
}

/// What the main branch is called where nothing says it.
const MAIN: [&str; 2] = ["refs/heads/main", "refs/heads/master"];

/// Every ref that a server receives.
pub fn received(repo: &Repo, updates: &[Update], now: Time) -> Result<Vec<Pushed>> {
    let named = |name: &str, commit| Target {
        name: name.to_owned(),
        branch: name.to_owned(),
        commit,
        guessed: false,
    };
    let target = match repo.head()? {
        Head::Commit(commit) => {
            Some(named(repo.head_branch()?.as_deref().unwrap_or("HEAD"), commit))
        }
        // A server's HEAD may name a branch that nobody ever pushed.
        Head::Unborn => MAIN.iter().find_map(|it| Some(named(it, repo.commit(it).ok()?))),
    };
    Ok(each(repo, updates, target.as_ref(), now))
}

/// Those that are not deleted, each with its verdict.
fn each(repo: &Repo, updates: &[Update], target: Option<&Target>, now: Time) -> Vec<Pushed> {
    let made = updates.iter().filter(|it| it.new.is_some());
    made.map(|it| (it.remote_ref.clone(), updated(repo, it, target, now))).collect()
}

fn updated(repo: &Repo, update: &Update, target: Option<&Target>, now: Time) -> Judged {
    let Some(new) = &update.new else { return Ok(Outcome::default()) };
    let (after, head) = match repo.peel(&new.0)? {
        Peeled::Commit(commit) => (Side::Tree(commit.tree.clone()), Some(commit)),
        Peeled::Tree(tree) => (Side::Tree(tree), None),
        // A lone file is deployed by nobody.
        Peeled::Blob(_) => return Ok(Outcome::default()),
    };
    let protected = match target {
        Some(target) => target.branch == update.remote_ref,
        None => MAIN.contains(&update.remote_ref.as_str()),
    };
    let base = match (&update.old, target, &head) {
        (Some(old), _, _) if protected => {
            if !repo.has(&old.0) {
                return Err(Failure::new(format!(
                    "the remote's `{}` is at {}, which is not here, so what the push would take away cannot be seen",
                    update.remote_ref, old.0
                ))
                .help("run `git fetch`, look at what came, then push again")
                .into());
            }
            let old = repo.commit(&old.0)?;
            let base = match &head {
                Some(head) => Base::between(&old, head),
                None => Base::only(Side::Tree(old.tree)),
            };
            base.trusting(&update.remote_ref)
        }
        (_, Some(target), Some(head)) => {
            // Pages, notes: a history of its own takes nothing away from the main branch.
            let alone = || Base { before: Side::Empty, ..Base::between(&target.commit, head) };
            let mut base = since_parted(repo, &target.commit, head)?.unwrap_or_else(alone);
            base.aside = update.remote_ref.starts_with("refs/heads/");
            base.trusting(&target.name)
        }
        (_, Some(target), None) => {
            Base::only(Side::Tree(target.commit.tree.clone())).trusting(&target.name)
        }
        // No remote is known, as in a push by URL: what the branch itself had is all that was published.
        (Some(old), None, Some(head)) if repo.has(&old.0) => {
            since(repo, &repo.commit(&old.0)?, head)?.trusting(&update.remote_ref)
        }
        // Nothing was published before: everything is new, and the pushed policy is the only one.
        (_, None, _) => Base {
            before: Side::Empty,
            also: Vec::new(),
            aside: false,
            published: Published {
                policy: after.clone(),
                order: Side::Empty,
                gate: None,
                name: None,
            },
            commits: head.map(|head| Commits { base: None, heads: vec![head], staged: false }),
        },
    };
    change(&base.to(repo, after), now)
}
