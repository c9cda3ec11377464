//! The policy and the baseline that a side has, and which of two policies counts.

use std::cell::RefCell;

use super::read::{self, text_of};
use super::{Broken, SQL_LIMIT, Stop};
use crate::failure::Result;
use crate::policy::tampering::PolicyState;
use crate::policy::{self, Baseline, Policy};
use crate::repo::{Entry, Repo, Side, Wanted};
use crate::source::{RepoPath, Span};

thread_local! {
    /// Policies by what git has under their name. The sides of a change nearly always have the same one.
    static READ: RefCell<Vec<(Entry, PolicyState)>> = const { RefCell::new(Vec::new()) };
}

/// The policy that a side has.
pub(super) fn state_of(repo: &Repo, side: &Side) -> Result<PolicyState> {
    let Some(entry) = repo.entry(side, policy::PATH.as_bytes())? else {
        return without_file(repo, side);
    };
    let known = READ.with_borrow(|it| it.iter().find(|it| it.0 == entry).map(|it| it.1.clone()));
    if let Some(state) = known {
        return Ok(state);
    }
    let files = read::files(repo, vec![entry.clone()], SQL_LIMIT)?;
    let state = PolicyState::of(files.first());
    READ.with_borrow_mut(|it| {
        it.truncate(7);
        it.insert(0, (entry, state.clone()));
    });
    Ok(state)
}

/// No file: there is no policy, or a folder of that name, which is no policy either but looks like one.
fn without_file(repo: &Repo, side: &Side) -> Result<PolicyState> {
    struct Below;
    impl Wanted for Below {
        fn file(&self, path: &[u8]) -> bool {
            path.strip_prefix(policy::PATH.as_bytes()).is_some_and(|rest| rest.starts_with(b"/"))
        }

        fn directory(&self, path: &[u8]) -> bool {
            path == policy::PATH.as_bytes() || self.file(path)
        }
    }
    let below = repo.list(side, &Below)?;
    if !below.iter().any(|it| Wanted::file(&Below, it.path.as_bytes())) {
        return Ok(PolicyState::Absent);
    }
    let path = RepoPath::from(policy::PATH);
    let problem = policy::Problem {
        message: format!("`{path}` is a folder"),
        span: Span::file(path),
        help: Some("make it a file; `sprag init` writes one".to_owned()),
    };
    Ok(PolicyState::Broken(vec![problem]))
}

/// The baseline that a side has. One that cannot be read excuses nothing.
pub(super) fn baseline(repo: &Repo, side: &Side) -> Result<Baseline> {
    let source = read::source(repo, side, &policy::baseline::PATH.into())?;
    Ok(source.and_then(|it| Baseline::parse(&it).ok()).unwrap_or_default())
}

/// The stricter of what is trusted and what is proposed. Where neither can be read there is nothing to judge by.
pub(super) fn effective(
    trusted: &PolicyState,
    proposed: &PolicyState,
) -> std::result::Result<Policy, Vec<policy::Problem>> {
    use PolicyState::{Absent, Broken as Unusable, Is};
    match (trusted, proposed) {
        (Is(trusted), Is(proposed)) => Ok(Policy::stricter(trusted, proposed)),
        (Is(trusted), Absent) => Ok((**trusted).clone()),
        // What is wrong is shown in the text of the other.
        (Is(trusted), Unusable(_)) => Ok((**trusted).clone().set_aside()),
        (Absent | Unusable(_), Is(proposed)) => Ok(Policy::stricter(&Policy::built_in(), proposed)),
        (Absent | Unusable(_), Absent) => Ok(Policy::built_in()),
        (Absent | Unusable(_), Unusable(problems)) => Err(problems.clone()),
    }
}

/// Stops where the policy of `side` cannot be read.
pub(super) fn broken(repo: &Repo, side: &Side, problems: &[policy::Problem]) -> Stop {
    let text = repo
        .entry(side, policy::PATH.as_bytes())
        .and_then(|it| read::files(repo, it.into_iter().collect(), SQL_LIMIT));
    let texts = text.into_iter().flatten().filter_map(|it| text_of(&it));
    Stop::Policy(Broken { problems: problems.to_vec(), sources: texts.collect() })
}
