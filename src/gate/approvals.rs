//! Finds what was signed for a change, and who may sign.

use std::collections::{BTreeMap, BTreeSet};

use super::policies::state_of;
use super::read;
use super::{Broken, COMMAND_LIMIT, Change, SQL_LIMIT, Stop, writers};
use crate::approval::{self, FOLDER, LIMIT, Ledger, Letter, Posted, There};
use crate::failure::Result;
use crate::policy::tampering::{PolicyState, REVOKED};
use crate::policy::{Approvals, Policy, Problem};
use crate::repo::{Blob, Commit, Entry, Repo, Side, Wanted};
use crate::report::Sources;
use crate::rules::{Finding, Level};
use crate::signature::{Flaw, Revoked, Signers};
use crate::source::{Content, File, Mode, RepoPath, Source, Time};
use crate::verdict::{Judged, Outcome};

/// The commits that a change was made by, so that it can be asked who wrote it.
#[derive(Clone, Debug)]
pub struct Commits {
    /// Absent: everything up to the head.
    pub base: Option<Commit>,
    /// More than one where a merge is about to be committed.
    pub heads: Vec<Commit>,
    /// Whether what is staged is on top of them.
    pub staged: bool,
}

/// Lets pass what somebody has signed for. Nothing is read where nothing is refused.
pub(super) fn weigh(
    change: &Change<'_>,
    judged: &mut [Judged],
    now: Time,
) -> std::result::Result<(), Stop> {
    if judged.iter().all(|it| it.outcome != Outcome::Blocks) {
        return Ok(());
    }
    let waits = |it: &&Judged| it.outcome == Outcome::Blocks && it.level == Level::Approve;
    let about: Vec<&Finding> = judged.iter().filter(waits).map(|it| &it.finding).collect();
    let trust = Trust::of(change)?;
    let (ledger, flaws) = trust.read(change, &about, false, now)?;
    stop_at(flaws, judged, &ledger)?;
    approval::weigh(judged, &ledger);
    Ok(())
}

/// The same of everything that is there: what was merged is settled, and is not asked again when it was signed.
pub(super) fn weigh_merged(
    repo: &Repo,
    side: &Side,
    judged: &mut [Judged],
) -> std::result::Result<(), Stop> {
    if judged.iter().all(|it| it.outcome != Outcome::Blocks) {
        return Ok(());
    }
    let state = state_of(repo, side)?;
    let terms = terms(&state);
    let posted = posted(repo, side)?;
    let (signers, revoked, flaws) = lists(repo, side, side, &terms)?;
    let approved = approved(&posted);
    let contents = contents(repo, side, approved.iter())?;
    let migrations =
        state.policy().map_or_else(Policy::built_in_migrations, |it| it.migrations.clone());
    let living = { approved }.into_iter().filter(|it| !migrations.matches(it.as_bytes()));
    let ledger = Ledger {
        terms: &terms,
        signers,
        revoked,
        posted,
        contents,
        writers: BTreeMap::new(),
        now: None,
        replaced: BTreeMap::new(),
        spent: BTreeMap::new(),
        living: living.collect(),
        unstaged: Vec::new(),
    };
    stop_at(flaws, judged, &ledger)?;
    approval::weigh(judged, &ledger);
    Ok(())
}

/// What a trusted policy asks for.
fn terms(trusted: &PolicyState) -> Approvals {
    trusted.policy().map(|it| it.approvals.clone()).unwrap_or_default()
}

/// What those ask for who are trusted before a change, and the change itself where it asks for more.
pub struct Trust {
    pub terms: Approvals,
    state: PolicyState,
}

impl Trust {
    pub fn of(change: &Change<'_>) -> Result<Trust> {
        let state = state_of(change.repo, &change.published.policy)?;
        let trusted = terms(&state);
        let terms = match state_of(change.repo, &change.after)?.policy() {
            Some(proposed) => Approvals::stricter(&trusted, &proposed.approvals),
            None => trusted,
        };
        Ok(Trust { terms, state })
    }

    /// Everything that is asked about the approvals of the change. Who wrote what is only asked of what leads to those
    /// findings that are asked `about`. Stops where a list of keys cannot be trusted.
    pub fn ledger(
        &self,
        change: &Change<'_>,
        about: &[&Finding],
        now: Time,
    ) -> std::result::Result<Ledger<'_>, Stop> {
        let (ledger, flaws) = self.read(change, about, true, now)?;
        if flaws.list.is_empty() { Ok(ledger) } else { Err(flaws.stop()) }
    }

    fn read(
        &self,
        change: &Change<'_>,
        about: &[&Finding],
        to_be_signed: bool,
        now: Time,
    ) -> Result<(Ledger<'_>, Flaws)> {
        let Change { repo, after, published, commits, .. } = change;
        let terms = &self.terms;
        // Where nobody can read who has to sign, nobody has.
        let posted = match &self.state {
            PolicyState::Broken(_) => Vec::new(),
            PolicyState::Is(_) | PolicyState::Absent => posted(repo, after)?,
        };
        let (signers, revoked, flaws) = lists(repo, &published.policy, after, terms)?;
        let approved = approved(&posted);
        let shown: BTreeSet<RepoPath> = about.iter().map(|it| it.span.path.clone()).collect();
        let contents = contents(repo, after, approved.union(&shown))?;
        let replacing = posted.iter().filter_map(|it| it.letter.as_ref().ok());
        let replacing = { replacing }.filter(|it| it.replaces.is_some()).map(|it| &it.path);
        let to_replace = shown.iter().filter(|_| to_be_signed);
        let replaced = self::contents(repo, &published.policy, replacing.chain(to_replace))?;
        let spent = writers::spent(change, &posted, about)?;
        let is_asked = |it: &&&Finding| to_be_signed || approved.contains(&it.span.path);
        let asked: Vec<&Finding> = about.iter().filter(is_asked).copied().collect();
        // It costs processes, which nobody waits for where nothing is approved.
        let writers = if terms.distinct { writers::of(change, &asked)? } else { BTreeMap::new() };
        let unstaged = match commits {
            Some(Commits { staged: true, .. }) => in_worktree(repo, &posted),
            _ => Vec::new(),
        };
        let now = Some(now);
        let ledger = Ledger {
            terms,
            signers,
            revoked,
            posted,
            contents,
            writers,
            now,
            replaced,
            spent,
            living: BTreeSet::new(),
            unstaged,
        };
        Ok((ledger, flaws))
    }
}

/// What is wrong with the lists, and the lists.
#[derive(Default)]
struct Flaws {
    list: Vec<Flaw>,
    sources: Sources,
}

impl Flaws {
    fn stop(self) -> Stop {
        let problem =
            |it: Flaw| Problem { message: it.message, span: it.span, help: Some(it.help) };
        let problems = self.list.into_iter().map(problem).collect();
        Stop::Policy(Broken { problems, sources: self.sources })
    }
}

/// A list that nobody can trust matters only to who has something signed.
fn stop_at(flaws: Flaws, judged: &[Judged], ledger: &Ledger<'_>) -> std::result::Result<(), Stop> {
    let refused = |it: &&Judged| it.outcome == Outcome::Blocks && it.level == Level::Approve;
    let asked = judged.iter().filter(refused).any(|it| ledger.concerns(it));
    if flaws.list.is_empty() || !asked { Ok(()) } else { Err(flaws.stop()) }
}

/// The files below one folder.
pub(super) struct Below(pub(super) &'static str);

impl Wanted for Below {
    fn file(&self, path: &[u8]) -> bool {
        path.strip_prefix(self.0.as_bytes()).is_some_and(|rest| rest.starts_with(b"/"))
    }

    fn directory(&self, path: &[u8]) -> bool {
        RepoPath::from(self.0).is_under(path) || self.file(path) || path == self.0.as_bytes()
    }
}

/// The approvals that a side has, each with its signature.
fn posted(repo: &Repo, side: &Side) -> Result<Vec<Posted>> {
    let entries = repo.list(side, &Below(FOLDER))?;
    let entries: Vec<Entry> =
        entries.into_iter().filter(|it| Below(FOLDER).file(it.path.as_bytes())).collect();
    let files = read::files(repo, entries, LIMIT)?;
    let by_path: BTreeMap<&RepoPath, &Content> =
        files.iter().map(|it| (&it.path, &it.content)).collect();
    let approvals = files.iter().filter(|it| is_approval(&it.path));
    let read = |it: &File| {
        let signature = RepoPath::from([it.path.as_bytes(), b".sig"].concat());
        Posted::read(it.path.clone(), &it.content, by_path.get(&signature).copied())
    };
    Ok(approvals.map(read).collect())
}

/// Neither a signature nor what keeps a folder in git.
fn is_approval(path: &RepoPath) -> bool {
    let name = path.file_name();
    !name.ends_with(b".sig") && !name.starts_with(b".")
}

fn lists(
    repo: &Repo,
    trusted: &Side,
    after: &Side,
    terms: &Approvals,
) -> Result<(Option<Signers>, Revoked, Flaws)> {
    let mut flaws = Flaws::default();
    let signers = match list(repo, trusted, &terms.signers, "", &mut flaws)? {
        None => None,
        Some(source) => {
            let (signers, wrong) = Signers::parse(&source);
            // A list that says nothing is none.
            let is_list = !signers.list.is_empty() || !wrong.is_empty();
            flaws.list.extend(wrong);
            is_list.then_some(signers)
        }
    };
    let mut revoked = Revoked::default();
    // The change may revoke a key, and cannot take that back.
    for (side, mark) in [(trusted, " (base)"), (after, "")] {
        if let Some(source) = list(repo, side, REVOKED, mark, &mut flaws)? {
            let (keys, wrong) = Revoked::parse(&source);
            revoked.extend(keys);
            flaws.list.extend(wrong);
        }
    }
    Ok((signers, revoked, flaws))
}

/// The text of a list; what is no text is a flaw.
fn list(
    repo: &Repo,
    side: &Side,
    path: &str,
    mark: &str,
    flaws: &mut Flaws,
) -> Result<Option<Source>> {
    let Some(entry) = repo.entry(side, path.as_bytes())? else { return Ok(None) };
    let Some(file) = read::files(repo, vec![entry], SQL_LIMIT)?.into_iter().next() else {
        return Ok(None);
    };
    let path = RepoPath::from(format!("{path}{mark}").as_str());
    match file.content {
        Content::Text(text) => {
            flaws.sources.insert(path.clone(), text.clone());
            Ok(Some(Source { path, text }))
        }
        Content::Unreadable(why) => {
            let message = format!("`{path}` {}", why.reason());
            let help = "write it as a plain file in UTF-8, a key a line".to_owned();
            flaws.list.push(Flaw { message, span: crate::source::Span::file(path), help });
            Ok(None)
        }
    }
}

/// The files that approvals are for.
fn approved(posted: &[Posted]) -> BTreeSet<RepoPath> {
    posted.iter().filter_map(|it| Some(it.letter.as_ref().ok()?.path.clone())).collect()
}

/// What a side has under these paths.
fn contents<'p>(
    repo: &Repo,
    side: &Side,
    paths: impl Iterator<Item = &'p RepoPath>,
) -> Result<BTreeMap<RepoPath, There>> {
    let mut contents = BTreeMap::new();
    for path in paths {
        if !contents.contains_key(path)
            && let Some(there) = sha256_of(repo, side, path)?
        {
            contents.insert(path.clone(), there);
        }
    }
    Ok(contents)
}

/// The hash of a file, nothing where there is none. What is no plain file, or too large to be judged, has no hash.
fn sha256_of(repo: &Repo, side: &Side, path: &RepoPath) -> Result<Option<There>> {
    let Some(entry) = repo.entry(side, path.as_bytes())? else { return Ok(None) };
    if !matches!(entry.mode, Mode::Regular | Mode::Executable) {
        return Ok(Some(There::Unreadable));
    }
    Ok(Some(match repo.read(&[entry.id], COMMAND_LIMIT)?.into_iter().next() {
        Some(Blob::Bytes(bytes)) => There::File { sha256: crate::source::sha256(&bytes) },
        Some(Blob::TooLarge(_)) | None => There::Unreadable,
    }))
}

/// Approvals that were written and not staged. What cannot be read there is no part of anything.
fn in_worktree(repo: &Repo, posted: &[Posted]) -> Vec<(RepoPath, Letter)> {
    let Ok(top) = repo.worktree() else { return Vec::new() };
    let Ok(folder) = std::fs::read_dir(top.join(FOLDER)) else { return Vec::new() };
    let mut found = Vec::new();
    for file in folder.flatten() {
        let path =
            RepoPath::from(format!("{FOLDER}/{}", file.file_name().to_string_lossy()).as_str());
        let small = file.metadata().is_ok_and(|it| it.len() <= LIMIT as u64);
        if !small || !is_approval(&path) || posted.iter().any(|it| it.file == path) {
            continue;
        }
        let text = std::fs::read_to_string(file.path()).unwrap_or_default();
        if let Ok(letter) = Letter::parse(&text) {
            found.push((path, letter));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}
