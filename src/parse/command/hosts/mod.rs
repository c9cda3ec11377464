//! The kinds of files that hold commands, one reader each.

mod agent;
mod ci;
mod compose;
mod crontab;
mod database;
mod dockerfile;
mod fly;
mod fly_build;
mod git_hooks;
mod gitlab;
mod ini;
mod just;
mod keys;
mod kubernetes;
mod make;
mod package_json;
mod package_yaml;
mod platform;
mod platforms;
mod prisma;
mod procfile;
pub(super) mod program;
mod rehearsal;
mod script;
mod steps;
mod taskfile;
mod values;
mod workflow;

use super::tree::Format;
use super::{Kind, Reading};
use crate::source::Source;

/// Reads a file as one of that kind.
pub(super) fn read(source: &Source, kind: Kind) -> Reading {
    match kind {
        Kind::Dockerfile => dockerfile::read(source),
        Kind::Fly => fly::read(source),
        Kind::Makefile => make::read(source),
        Kind::Justfile => just::read(source),
        Kind::Procfile => procfile::read(source),
        Kind::Systemd => ini::systemd(source),
        Kind::Supervisor => ini::supervisor(source),
        Kind::Crontab => crontab::read(source),
        Kind::Agent => agent::read(source),
        Kind::Prisma => prisma::read(source),
        Kind::Railway
        | Kind::Netlify
        | Kind::Nixpacks
        | Kind::Vercel
        | Kind::AppJson
        | Kind::Shopify => platform::read(source, kind),
        Kind::PackageJson if Format::of(source) == Format::Yaml => package_yaml::read(source),
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
        Kind::GitLab => gitlab::read(source),
        Kind::Compose => compose::read(source),
        Kind::Heroku => platforms::heroku(source),
        Kind::CloudBuild => platforms::cloud_build(source),
        Kind::Taskfile => taskfile::read(source),
        Kind::Lefthook => git_hooks::lefthook(source),
        Kind::PreCommit => git_hooks::pre_commit(source),
        Kind::Kubernetes => kubernetes::read(source),
        Kind::Shell => script::read(source),
        Kind::JavaScript | Kind::Python | Kind::Ruby | Kind::Jenkins => program::read(source, kind),
    }
}
