//! What is asked of the rest of a repository where the files changed that the gate hangs on.

use super::policies::state_of;
use super::watch::Migrations;
use super::{SQL_LIMIT, audit, guarded, read};
use crate::failure::Result;
use crate::policy::tampering::{self, Known, PolicyState, SIGNERS};
use crate::policy::{Baseline, Policy};
use crate::repo::{Delta, Repo, Side};
use crate::signature::Signers;
use crate::source::FileChange;

pub(super) struct Aside<'a> {
    pub(super) repo: &'a Repo,
    pub(super) before: &'a Side,
    pub(super) after: &'a Side,
    /// Whose signers count.
    pub(super) trusted: &'a Side,
}

impl Aside<'_> {
    /// Nothing is read that no change makes matter.
    pub(super) fn of(
        &self,
        changes: &[FileChange],
        (base, proposed): (&PolicyState, &PolicyState),
        policy: &Policy,
    ) -> Result<Known> {
        let any = |is: &dyn Fn(&FileChange) -> bool| changes.iter().any(is);
        let mut known = Known::default();
        if any(&|it| tampering::is_list(base, &it.path)) {
            known.signers = self.signers()?;
        }
        if any(&tampering::is_new_baseline) {
            known.there = self.there(base, proposed)?;
        }
        if any(&|it| Known::owners().any(|path| path.as_bytes() == it.path.as_bytes())) {
            known.owners = self.owners()?;
        }
        if any(&|it| it.path.file_name() == b".gitattributes") {
            let mut all = self.repo.list(self.after, &Migrations(&policy.migrations))?;
            all.retain(|it| policy.migrations.matches(it.path.as_bytes()));
            known.migrations = all.into_iter().map(|it| it.path).collect();
        }
        known.helpers = guarded::helpers(self.repo, self.before, changes)?;
        Ok(known)
    }

    fn signers(&self) -> Result<Signers> {
        let state = state_of(self.repo, self.trusted)?;
        let path = state.policy().map_or(SIGNERS, |it| it.approvals.signers.as_str());
        let list = read::source(self.repo, self.trusted, &path.into())?;
        Ok(list.map(|it| Signers::parse(&it).0).unwrap_or_default())
    }

    /// By each policy that `sprag baseline` may have been run under. A policy says what is looked at, and cannot make a
    /// finding of what is not there.
    fn there(&self, base: &PolicyState, proposed: &PolicyState) -> Result<Option<Baseline>> {
        if matches!(self.before, Side::Empty) {
            return Ok(None);
        }
        let mut baseline = Baseline::default();
        let built_in = Policy::built_in();
        let own = [base.policy().unwrap_or(&built_in)].into_iter().chain(proposed.policy());
        for policy in own {
            baseline.entries.extend(audit::entries(self.repo, self.before, policy)?);
        }
        Ok(Some(baseline))
    }

    fn owners(&self) -> Result<Vec<FileChange>> {
        let mut all: Vec<Delta> = Vec::new();
        for path in Known::owners() {
            let at = |side: &Side| -> Result<_> {
                Ok(self.repo.entry(side, path.as_bytes())?.map(|it| (it.mode, it.id)))
            };
            if all.iter().any(|it| it.path.as_bytes() == path.as_bytes()) {
                continue;
            }
            all.push(Delta { path: path.into(), before: at(self.before)?, after: at(self.after)? });
        }
        read::changes(self.repo, all, SQL_LIMIT)
    }
}
