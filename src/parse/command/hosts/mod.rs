//! The kinds of files that hold commands, one reader each.

mod fly;
mod package_json;
pub(super) mod program;
mod script;

use super::{Kind, Reading};
use crate::source::Source;

/// Reads a file as one of that kind.
pub(super) fn read(source: &Source, kind: Kind) -> Reading {
    match kind {
        Kind::Fly => fly::read(source),
        Kind::PackageJson => package_json::read(source),
        Kind::Shell => script::read(source),
        Kind::JavaScript | Kind::Python | Kind::Ruby | Kind::Jenkins => program::read(source, kind),
        _ => Reading::default(),
    }
}
