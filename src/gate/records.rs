//! What `.sprag` of a side keeps of migrations that are applied.

use super::read;
use crate::failure::Result;
use crate::policy::{self, Ledger};
use crate::repo::{Repo, Side};

/// The ledger that a side has. One that cannot be read has nobody's word.
pub(super) fn applied(repo: &Repo, side: &Side) -> Result<Ledger> {
    let source = read::source(repo, side, &policy::ledger::PATH.into())?;
    Ok(source.and_then(|it| Ledger::parse(&it).ok()).unwrap_or_default())
}

/// The text of a migration that a side has, where the policy calls it one.
pub fn migration(repo: &Repo, side: &Side, path: &str) -> Result<Option<std::sync::Arc<str>>> {
    let policy = match super::policy_at(repo, side) {
        Ok(policy) => policy,
        Err(super::Stop::Failure(failure)) => return Err(failure),
        Err(super::Stop::Policy(_)) => policy::Policy::built_in(),
    };
    if !policy.migrations.matches(path.as_bytes()) {
        return Ok(None);
    }
    Ok(read::source(repo, side, &path.into())?.map(|it| it.text))
}
