//! Changes to what the gate itself hangs on: the policy, the signers, the baseline, and what git and CI do with them.

mod attributes;
mod guard;
mod owners;
mod weakness;

use std::collections::BTreeSet;

use super::{Baseline, Policy, Problem, Weakening, baseline, ledger};
use crate::parse::command::guard::Helpers;
use crate::rules::Finding;
use crate::signature::Signers;
use crate::source::{File, FileChange, RepoPath, Source, Span};

pub use guard::is_watched as may_run;
pub use weakness::{Measure, Weakness, weaknesses};

/// Keys that sign no longer, in the format of `allowed_signers` or one key a line.
pub const REVOKED: &str = ".sprag/revoked_keys";
/// Keys that sign, where the policy names no other file.
pub const SIGNERS: &str = ".sprag/allowed_signers";
/// The version of sprag that a repository asks for.
pub const VERSION: &str = ".sprag/version";

/// The policy at one moment.
#[derive(Clone, Debug)]
pub enum PolicyState {
    /// There is no `policy.toml`.
    Absent,
    /// There is one that nobody can judge by.
    Broken(Vec<Problem>),
    Is(Box<Policy>),
}

impl PolicyState {
    /// What git has under `policy.toml`.
    #[must_use]
    pub fn of(file: Option<&File>) -> PolicyState {
        match file.map(|it| Policy::from_content(&it.path, &it.content)) {
            None => PolicyState::Absent,
            Some(Ok(policy)) => PolicyState::Is(Box::new(policy)),
            Some(Err(problems)) => PolicyState::Broken(problems),
        }
    }

    #[must_use]
    pub fn policy(&self) -> Option<&Policy> {
        match self {
            PolicyState::Is(policy) => Some(policy),
            PolicyState::Absent | PolicyState::Broken(_) => None,
        }
    }
}

/// What tampering is seen by.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The trusted policy.
    pub base: &'a PolicyState,
    pub proposed: &'a PolicyState,
    /// The files that changed. Those that `watches` says no to are passed over.
    pub changes: &'a [FileChange],
    /// The files there are after the change. Asked only where the base is broken, and may be empty otherwise.
    pub tree: &'a [RepoPath],
    pub known: &'a Known,
}

/// What the rest of the repository says, as far as what changed makes it matter.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Who may sign by the trusted list.
    pub signers: Signers,
    /// What an audit finds before the change. Nothing: there is no state before it.
    pub there: Option<Baseline>,
    /// Every `CODEOWNERS`, changed or not.
    pub owners: Vec<FileChange>,
    /// The migrations there are after the change.
    pub migrations: Vec<RepoPath>,
    /// What ran sprag for others before the change.
    pub helpers: Helpers,
}

impl Known {
    /// Where a `CODEOWNERS` may be.
    pub fn owners() -> impl Iterator<Item = &'static str> {
        owners::files()
    }
}

/// Whether a change of this file can be tampering.
#[must_use]
pub fn watches(path: &RepoPath, base: &PolicyState) -> bool {
    path.as_bytes() == super::PATH.as_bytes()
        || kept(base).any(|it| path.as_bytes().eq_ignore_ascii_case(it.as_bytes()))
        || path.file_name() == b".gitattributes"
        || owners::is_owners(path)
        || guard::is_watched(path)
}

/// One finding for each file that lets more pass than before.
#[must_use]
pub fn findings(facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = policy(facts).into_iter().collect();
    for change in facts.changes {
        findings.extend(file(facts, change));
    }
    findings.into_iter().map(|it| pinned(it, facts.changes)).collect()
}

/// Lists of keys that nobody could judge by after the change, or that are no text. Nobody can sign for those: after that
/// nobody could sign for anything.
#[must_use]
pub fn flaws(facts: &Facts<'_>) -> Vec<Finding> {
    let list = |it: &&FileChange| is_list(facts.base, &it.path);
    let found = facts.changes.iter().filter(list).filter_map(guard::flaws);
    found.map(|it| pinned(it, facts.changes)).collect()
}

/// Whether a file says who signs, or whose keys sign no longer.
#[must_use]
pub fn is_list(base: &PolicyState, path: &RepoPath) -> bool {
    let others = [super::PATH, VERSION, baseline::PATH, ledger::PATH];
    kept(base).any(|it| it.as_bytes() == path.as_bytes() && !others.contains(&it))
}

/// Whether there is a baseline that there was not, or that nobody could read.
#[must_use]
pub fn is_new_baseline(change: &FileChange) -> bool {
    let is = change.path.as_bytes() == baseline::PATH.as_bytes() && change.after.is_some();
    is && guard::written(change).is_none()
}

/// Whoever signs for a change of such a file signs for this content of it and no other.
fn pinned(finding: Finding, changes: &[FileChange]) -> Finding {
    let after =
        changes.iter().find(|it| it.path == finding.span.path).and_then(|it| it.after.as_ref());
    let content = after.map_or("no content", |it| it.id.0.as_str());
    let evidence = format!("{} {content}", finding.evidence);
    finding.evidence(&evidence)
}

/// What the reader must know though nothing is wrong.
#[must_use]
pub fn notices(facts: &Facts<'_>) -> Vec<String> {
    let mut notices = of_policy(facts);
    notices.extend(firsts(facts));
    notices
}

/// What is trusted as it comes, because there was none before.
#[must_use]
pub fn firsts(facts: &Facts<'_>) -> Vec<String> {
    let first = |change: &FileChange| {
        let path = &change.path;
        change.after.as_ref()?.content.text()?;
        let what = if path.as_bytes() == baseline::PATH.as_bytes() {
            change.before.is_none().then_some("it excuses what it lists, and may only shrink")
        } else if !is_list(facts.base, path) || !guard::is_first(change) {
            None
        } else if path.as_bytes() == REVOKED.as_bytes() {
            Some("no key is taken out of it without a signer's consent")
        } else {
            Some("those in it sign, and nobody else is added without their consent")
        };
        Some(format!("{path} is new; once this is merged, {}", what?))
    };
    facts.changes.iter().filter_map(first).collect()
}

fn of_policy(facts: &Facts<'_>) -> Vec<String> {
    match (facts.base, facts.proposed) {
        (PolicyState::Absent, PolicyState::Is(_)) => {
            vec![
                "policy.toml is new; once this is merged, a weaker one needs an owner's consent"
                    .to_owned(),
            ]
        }
        (PolicyState::Absent, PolicyState::Absent) => {
            vec![
                "there is no policy.toml, so the built-in policy was used; `sprag init` writes one"
                    .to_owned(),
            ]
        }
        (PolicyState::Broken(_), _) => {
            vec!["the policy.toml that this change starts from has errors, so the built-in policy was used".to_owned()]
        }
        _ => Vec::new(),
    }
}

/// The files that are known by their path.
fn kept(base: &PolicyState) -> impl Iterator<Item = &str> {
    let signers = base.policy().map(|it| it.approvals.signers.as_str());
    [super::PATH, SIGNERS, REVOKED, VERSION, baseline::PATH, ledger::PATH]
        .into_iter()
        .chain(signers)
}

fn file(facts: &Facts<'_>, change: &FileChange) -> Option<Finding> {
    let path = change.path.as_bytes();
    if kept(facts.base).any(|it| it.as_bytes() == path) {
        return if path == baseline::PATH.as_bytes() {
            guard::baseline(facts, change)
        } else if path == ledger::PATH.as_bytes() {
            guard::ledger(facts, change)
        } else if path == VERSION.as_bytes() {
            guard::version(change)
        } else if path == super::PATH.as_bytes() {
            None
        } else {
            guard::keys(facts, change, path == REVOKED.as_bytes())
        };
    }
    if let Some(known) = kept(facts.base).find(|it| path.eq_ignore_ascii_case(it.as_bytes())) {
        return twin(change, known);
    }
    if change.path.file_name() == b".gitattributes" {
        return attributes::finding(facts, change);
    }
    if owners::is_owners(&change.path) {
        return owners::finding(facts, change);
    }
    guard::runs(change, &facts.known.helpers)
}

fn twin(change: &FileChange, known: &str) -> Option<Finding> {
    change.after.as_ref()?;
    let path = &change.path;
    let message = format!("`{path}` and `{known}` are one file where letters match in either case");
    Some(tampered(path, Span::file(path.clone()), message).help(format!("remove `{path}`")))
}

fn policy(facts: &Facts<'_>) -> Option<Finding> {
    let path = RepoPath::from(super::PATH);
    match (facts.base, facts.proposed) {
        (PolicyState::Is(_), PolicyState::Absent) => {
            let message = "without `policy.toml` this repository is judged by the built-in policy";
            let finding = tampered(&path, Span::file(path.clone()), message);
            Some(
                finding.help("put it back: `git checkout HEAD -- policy.toml`").evidence("deleted"),
            )
        }
        (PolicyState::Is(_), PolicyState::Broken(problems)) => {
            let first = problems.first()?;
            let message =
                format!("after this nobody can judge by `policy.toml`: {}", first.message);
            let mut finding = tampered(&path, first.span.clone(), message);
            for it in &problems[1..] {
                finding = finding.label(it.span.clone(), it.message.clone());
            }
            if let Some(help) = &first.help {
                finding = finding.help(help.clone());
            }
            let all: Vec<&str> = problems.iter().map(|it| it.message.as_str()).collect();
            Some(finding.evidence(&all.join("; ")))
        }
        (PolicyState::Is(base), PolicyState::Is(proposed)) => {
            weakened(&path, &Policy::weakenings(base, proposed))
        }
        (PolicyState::Broken(_), PolicyState::Is(proposed)) => {
            weakened(&path, &repaired(proposed, facts.tree))
        }
        (PolicyState::Absent, _)
        | (PolicyState::Broken(_), PolicyState::Absent | PolicyState::Broken(_)) => None,
    }
}

/// Where nobody knows what the policy was, it must not be weaker than the built-in one. Globs are compared by the
/// files there are, because no repository has all the folders that the built-in policy knows.
fn repaired(proposed: &Policy, tree: &[RepoPath]) -> Vec<Weakening> {
    let mut built_in = Policy::built_in_with(&proposed.catalogue.with(None));
    let missed = tree
        .iter()
        .map(RepoPath::as_bytes)
        .find(|it| built_in.migrations.matches(it) && !proposed.migrations.matches(it));
    let missed = missed.map(|it| Weakening {
        text: format!("migrations: `{}` is not judged", RepoPath::from(it)),
        span: proposed.place("paths"),
    });
    built_in.migrations = proposed.migrations.clone();
    built_in.target.version = proposed.target.version;
    Policy::weakenings(&built_in, proposed).into_iter().chain(missed).collect()
}

fn weakened(path: &RepoPath, weakenings: &[Weakening]) -> Option<Finding> {
    let first = weakenings.first()?;
    let more = match weakenings.len() - 1 {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!("the policy lets more pass than before: {}{more}", first.text);
    let mut finding = tampered(path, first.span.clone(), message);
    for it in &weakenings[1..] {
        finding = finding.label(it.span.clone(), it.text.clone());
    }
    let texts: BTreeSet<&str> = weakenings.iter().map(|it| it.text.as_str()).collect();
    Some(signed(finding).evidence(&texts.into_iter().collect::<Vec<_>>().join("; ")))
}

fn tampered(path: &RepoPath, span: Span, message: impl Into<String>) -> Finding {
    Finding::new(path.to_string(), span, message)
}

/// Adds the way through.
fn signed(finding: Finding) -> Finding {
    finding.help("make it a change of its own, for an owner to merge past the gate")
}

/// The text of a file, nothing where there is none.
fn text(file: Option<&File>) -> Source {
    let text = file.and_then(|it| it.content.text().cloned()).unwrap_or_else(|| "".into());
    Source { path: file.map_or_else(|| "".into(), |it| it.path.clone()), text }
}

/// Lines with their places, without white space around them. A lone CR ends no line for git.
fn lines(source: &Source) -> impl Iterator<Item = (&str, Span)> {
    let start = source.text.as_ptr() as usize;
    source.text.split('\n').map(str::trim).map(move |line| {
        let at = line.as_ptr() as usize - start;
        (line, Span::new(source.path.clone(), at..at + line.len()))
    })
}
