//! Whether the migrations leave behind what the Prisma schemas describe.

use super::change::baseline;
use super::{Judged, Outcome, past, policy_at, schema};
use crate::failure::Failure;
use crate::parse::prisma::Datamodel;
use crate::policy::{Date, Provider};
use crate::repo::{Repo, Side};
use crate::report::Sources;
use crate::rules::{self, SchemaChange};
use crate::verdict::{Counts, Excuses, Verdict, judge};

/// Compares every Prisma schema of a revision with the migrations beside it.
pub fn drift(repo: &Repo, side: &Side, today: Date) -> Judged {
    let policy = policy_at(repo, side)?;
    let (schemas, mut found) = schema::everywhere(repo, side)?;
    if schemas.is_empty() {
        let failure = Failure::new("no Prisma schema with a `datasource` was found");
        return Err(failure
            .help("commit `schema.prisma` first: what is compared is committed")
            .into());
    }
    let catalogs = past::of(repo, side, &policy)?.catalogs;
    let mut sources = Sources::default();
    let mut counts = Counts::default();
    let mut notices = Vec::new();
    for schema in &schemas {
        counts.files += schema.files.len();
        sources.extend(schema.files.iter().cloned());
        let datamodel = Datamodel::read(&schema.files);
        let ours = [Provider::Postgresql.name(), Provider::Cockroachdb.name()];
        let other = datamodel.provider.as_ref().filter(|it| !ours.contains(&it.name.as_str()));
        if let Some(other) = other {
            notices.push(format!("`{}` is for {} and was not compared", schema.main, other.name));
            continue;
        }
        let Some(catalog) = schema::catalog_of(&schema.main, &catalogs) else {
            notices.push(format!(
                "`{}` has no migrations that could be compared with it",
                schema.main
            ));
            continue;
        };
        // A schema that is broken would differ in all that was not read.
        if datamodel.broken.is_empty() {
            found.extend(rules::drift(&datamodel, catalog));
        } else {
            let before = Datamodel { broken: Vec::new(), ..datamodel.clone() };
            let change =
                SchemaChange { before: &before, after: &datamodel, catalog: Some(catalog) };
            found.extend(rules::schema(&change));
        }
    }
    let baseline = baseline(repo, side)?;
    let excuses = Excuses { policy: &policy, baseline: &baseline, today, inline: &[] };
    let judged = judge(found, &excuses);
    sources.extend(policy.sources().map(|it| (it.path.clone(), it.text.clone())));
    let verdict = Verdict { judged, counts, notices };
    Ok(Outcome { verdict, sources, policy: policy.source.path.to_string() })
}
