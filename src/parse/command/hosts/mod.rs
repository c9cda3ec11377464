//! The kinds of files that hold commands, one reader each.

mod crontab;
mod dockerfile;
mod fly;
mod fly_build;
mod ini;
mod just;
mod make;
mod package_json;
mod platform;
mod prisma;
mod procfile;

use super::{Kind, Reading};
use crate::source::Source;

/// Reads a file as one of that kind.
pub(super) fn read(source: &Source, kind: Kind) -> Reading {
    match kind {
        Kind::Dockerfile => dockerfile::read(source),
        Kind::Fly => fly::read(source),
        Kind::Makefile => make::read(source),
        Kind::PackageJson => package_json::read(source),
        Kind::Justfile => just::read(source),
        Kind::Procfile => procfile::read(source),
        Kind::Systemd => ini::systemd(source),
        Kind::Supervisor => ini::supervisor(source),
        Kind::Crontab => crontab::read(source),
        Kind::Prisma => prisma::read(source),
        Kind::Railway
        | Kind::Netlify
        | Kind::Nixpacks
        | Kind::Vercel
        | Kind::AppJson
        | Kind::Shopify => platform::read(source, kind),
        _ => Reading::default(),
    }
}
