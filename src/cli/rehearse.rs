//! `sprag rehearse`: what a change does to a server that is thrown away.

use std::time::Duration;

use super::arguments::Rehearse;
use super::check::asked;
use super::now;
use super::output::Output;
use super::progress::Progress;
use crate::failure::{Failure, Result};
use crate::gate::{self, ShadowServer};
use crate::postgres::{ShadowAddress, addresses};
use crate::repo::{Caller, Repo};
use crate::report::Action;

pub(super) fn run(it: &Rehearse, output: &Output) -> Result<u8> {
    let repo = Repo::open(Caller::Command)?;
    let (change, against) = asked(&repo, it.base.as_deref(), it.rev.as_deref())?;
    let near = repo.worktree().unwrap_or_default();
    let shadow = shadow(it)?;
    let progress = Progress::new("replaying the history");
    let how = gate::Rehearse {
        deadline: Duration::from_secs(it.deadline),
        progress: &|done, all| progress.tell(done, all),
        near: &near,
        wanted: it.engine.into(),
        shadow: shadow.as_ref(),
    };
    let judged = gate::rehearse(&change, &how, now());
    progress.end();
    Ok(output.verdict(judged, &Action::Rehearsal { against }, it.verbose))
}

/// The shadow server that is named, and the databases that the environment names besides.
fn shadow(it: &Rehearse) -> Result<Option<ShadowServer>> {
    let url = match (&it.shadow_url, &it.shadow_url_env) {
        (Some(url), _) => url.clone(),
        (None, Some(name)) => super::env(name).filter(|it| !it.is_empty()).ok_or_else(|| {
            Failure::new(format!("the environment has no `{name}` with the URL of a shadow server"))
        })?,
        (None, None) => return Ok(None),
    };
    let own = it.shadow_url_env.as_deref().unwrap_or_default();
    let known = std::env::vars_os().flat_map(|(name, value)| {
        let (name, value) =
            (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned());
        let other = name != own && !name.to_ascii_lowercase().contains("shadow");
        let found = if other { addresses(&value) } else { Vec::new() };
        found.into_iter().map(move |it| (name.clone(), it))
    });
    let (known, address) = (known.collect(), ShadowAddress::parse(&url)?);
    Ok(Some(ShadowServer { address, allow_hosted: it.allow_hosted_shadow, known }))
}
