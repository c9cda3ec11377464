//! What the deployments of a revision run.

use super::Stop;
use super::change::{broken, state_of};
use super::deployment::Deployment;
use crate::policy::Policy;
use crate::policy::tampering::PolicyState;
use crate::repo::{Repo, Side};
use crate::report::Sources;
use crate::rules::deploy::Map;

/// Maps what is run from everything that deploys, with the texts that the places in it point into.
pub fn deploy_graph(repo: &Repo, side: &Side) -> Result<(Map, Sources), Stop> {
    let policy = match state_of(repo, side)? {
        PolicyState::Is(policy) => *policy,
        PolicyState::Absent => Policy::built_in(),
        PolicyState::Broken(problems) => return Err(broken(repo, side, &problems)),
    };
    let deployment = Deployment::whole(repo, side)?;
    let mut sources = Sources::default();
    let map = deployment.map(&policy.deploy);
    for file in deployment.into_files() {
        if let Some(text) = file.content.text() {
            sources.insert(file.path.clone(), text.clone());
        }
    }
    Ok((map, sources))
}
