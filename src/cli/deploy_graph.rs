//! `sprag deploy-graph`: what deployments run.

use super::PASSED;
use super::arguments::{DeployGraph, Picture};
use super::output::Output;
use crate::failure::Result;
use crate::gate::{self, Stop};
use crate::repo::{Caller, Repo, Side};
use crate::report::{Action, GraphFormat};

pub(super) fn run(it: &DeployGraph, output: &Output) -> Result<u8> {
    let repo = Repo::open(Caller::Command)?;
    let commit = repo.commit(&it.rev)?;
    let format = match it.format {
        Picture::Text => GraphFormat::Text,
        Picture::Mermaid => GraphFormat::Mermaid,
        Picture::Dot => GraphFormat::Dot,
    };
    match gate::deploy_graph(&repo, &Side::Tree(commit.tree)) {
        Ok((map, sources)) => {
            output.graph(&map, &sources, format);
            Ok(PASSED)
        }
        Err(Stop::Failure(failure)) => Err(failure),
        Err(stop @ Stop::Policy(_)) => {
            Ok(output.verdict(Err(stop), &Action::Audit { rev: it.rev.clone() }, false))
        }
    }
}
