//! The kinds of files that hold commands, one reader each.

mod ci;
mod database;
mod fly;
mod keys;
mod package_json;
mod rehearsal;
mod steps;
mod values;
mod workflow;

use super::{Kind, Reading};
use crate::source::Source;

/// Reads a file as one of that kind.
pub(super) fn read(source: &Source, kind: Kind) -> Reading {
    match kind {
        Kind::Fly => fly::read(source),
        Kind::PackageJson => package_json::read(source),
        Kind::Workflow => workflow::read(source),
        Kind::Action => workflow::action(source),
        Kind::CircleCi => ci::circle_ci(source),
        Kind::Bitbucket => ci::bitbucket(source),
        Kind::Azure => ci::azure(source),
        Kind::Pipeline => ci::pipeline(source),
        Kind::Amplify => ci::amplify(source),
        Kind::Render => ci::render(source),
        Kind::DigitalOcean => ci::digital_ocean(source),
        _ => Reading::default(),
    }
}
