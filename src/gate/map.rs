//! What the deployments of a revision run.

use super::deployment::Deployment;
use super::{Stop, policy_at};
use crate::repo::{Repo, Side};
use crate::report::Sources;
use crate::rules::deploy::Map;

/// Maps what is run from everything that deploys, with the texts that the places in it point into.
pub fn deploy_graph(repo: &Repo, side: &Side) -> Result<(Map, Sources), Stop> {
    let policy = policy_at(repo, side)?;
    let deployment = Deployment::whole(repo, side)?;
    let mut sources = Sources::default();
    let map = deployment.map(&policy.deploy);
    deployment.show(&mut sources);
    Ok((map, sources))
}
