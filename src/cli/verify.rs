//! `sprag verify`: a database that is in use beside the migrations.

use std::time::{SystemTime, UNIX_EPOCH};

use super::arguments::{Database, Telling, Verify};
use super::output::Output;
use super::{PASSED, REFUSED, env, today};
use crate::failure::{Failure, Result};
use crate::gate::{self, Stop};
use crate::postgres::{Address, Live};
use crate::repo::{Caller, Repo, Side};
use crate::report::Action;

pub(super) fn run(it: &Verify, output: &Output) -> Result<u8> {
    let address = address(&it.database)?.ok_or_else(|| {
        Failure::new("no database is named")
            .help("name it with `--database-url-env NAME`, the variable that has its URL, or `--database-url URL`")
    })?;
    let repo = Repo::open(Caller::Command)?;
    let commit = repo.commit(&it.rev)?;
    let side = Side::Tree(commit.tree);
    let mut live = Live::connect(&address)?;
    let what = gate::Verify {
        repo: &repo,
        side: &side,
        database: it.folder.as_deref(),
        migrations: &it.migrations,
    };
    let looked = gate::verify(&what, &mut live, today());
    let (judged, tables, migrations) = match looked {
        Ok(it) => (Ok(it.outcome), it.tables, it.migrations),
        Err(Stop::Failure(failure)) => return Err(failure),
        Err(stop) => (Err(stop), Vec::new(), Vec::new()),
    };
    let action = Action::Verification { rev: it.rev.clone(), database: live.name, tables };
    match judged {
        Ok(outcome) if it.format == Some(Telling::Markdown) => {
            output.verification(&outcome, &action, &migrations, &time_of_day());
            Ok(if outcome.verdict.blocks() { REFUSED } else { PASSED })
        }
        judged => Ok(output.verdict(judged, &action, it.verbose)),
    }
}

/// Where the database is, if anybody says. A variable keeps a password out of the list of processes.
pub(super) fn address(it: &Database) -> Result<Option<Address>> {
    match (&it.database_url, &it.database_url_env) {
        (Some(url), _) => Address::read(url).map(Some),
        (None, Some(name)) => {
            let url = env(name).filter(|it| !it.trim().is_empty()).ok_or_else(|| {
                Failure::new(format!("the environment variable `{name}` is not set"))
                    .help("set it to the URL of the database: `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`")
            })?;
            Address::read(&url).map(Some)
        }
        (None, None) => Ok(None),
    }
}

fn time_of_day() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let minutes = since.as_secs() / 60;
    format!("{:02}:{:02} UTC", minutes / 60 % 24, minutes % 60)
}
