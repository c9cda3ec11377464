//! What `.sprag` of a side keeps of migrations that are applied.

use super::{SQL_LIMIT, read};
use crate::failure::Result;
use crate::policy::{self, Ledger};
use crate::repo::{Repo, Side};
use crate::source::Source;

/// The ledger that a side has. One that cannot be read has nobody's word.
pub(super) fn applied(repo: &Repo, side: &Side) -> Result<Ledger> {
    let Some(entry) = repo.entry(side, policy::ledger::PATH.as_bytes())? else {
        return Ok(Ledger::default());
    };
    let files = read::files(repo, vec![entry], SQL_LIMIT)?;
    let text = files.into_iter().next().and_then(|it| it.content.text().cloned());
    let source = text.map(|text| Source::new(policy::ledger::PATH, text));
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
    let Some(entry) = repo.entry(side, path.as_bytes())? else { return Ok(None) };
    let files = read::files(repo, vec![entry], SQL_LIMIT)?;
    Ok(files.into_iter().next().and_then(|it| it.content.text().cloned()))
}
