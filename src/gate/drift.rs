//! Whether the migrations leave behind what the Prisma schemas describe.

use super::databases::Databases;
use super::policies::baseline;
use super::schema::Compared;
use super::{Judged, Outcome, past, policy_at, schema};
use crate::failure::Failure;
use crate::policy::Date;
use crate::repo::{Repo, Side};
use crate::report::Sources;
use crate::verdict::{Counts, Excuses, Verdict, judge};

/// Compares every Prisma schema of a revision with the migrations beside it.
pub fn drift(repo: &Repo, side: &Side, today: Date) -> Judged {
    let policy = policy_at(repo, side)?;
    let databases = Databases::new(past::of(repo, side, &policy)?);
    let all = schema::everywhere(repo, side, &databases, Compared::All)?;
    if all.schemas == 0 {
        let failure = Failure::new("no Prisma schema with a `datasource` was found");
        return Err(failure
            .help("commit `schema.prisma` first: what is compared is committed")
            .into());
    }
    let baseline = baseline(repo, side)?;
    let excuses = Excuses { policy: &policy, baseline: &baseline, today, inline: &[] };
    let judged = judge(all.found, &excuses);
    let counts = Counts { files: all.texts.len(), ..Counts::default() };
    let mut sources = Sources::default();
    sources.extend(all.texts);
    sources.extend(policy.sources().map(|it| (it.path.clone(), it.text.clone())));
    let verdict = Verdict { judged, counts, notices: all.notices, ..Verdict::default() };
    Ok(Outcome { verdict, sources, policy: policy.source.path.to_string() })
}
